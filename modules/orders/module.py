"""Orders: written down once by the checkout, read by whoever placed them."""

from __future__ import annotations

from app import Module

from .contract import OrderBook, Orders
from .features.get_order import GetOrder
from .features.list_my_orders import ListMyOrders
from .features.record import Record
from .history import OrderHistories
from .storage import OrderStore

module = Module(
    provide=[OrderStore, OrderHistories],
    exports=[Orders.by(GetOrder, ListMyOrders), OrderBook.by(Record)],
)
