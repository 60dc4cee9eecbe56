"""The catalogue: what the shop sells, read from a file."""

from __future__ import annotations

from app import Module

from .contract import Catalog
from .features.get_product import GetProduct
from .features.list_products import ListProducts
from .features.search_products import SearchProducts
from .search import SearchIndex
from .settings import CatalogSettings
from .storage import read_shelf

module = Module(
    settings=CatalogSettings,
    provide=[read_shelf, SearchIndex],
    exports=[Catalog.by(ListProducts, GetProduct, SearchProducts)],
)
