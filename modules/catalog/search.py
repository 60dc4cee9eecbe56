"""The query side of product search: which products hold which pieces of text, worked out once."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from .contract import InvalidQuery, Product
from .domain import Shelf

LONGEST_QUERY = 200
"""Characters; nobody types more, and no name is longer."""
GRAM = 3
"""Characters of the longest pieces that are looked up. Longer texts are searched for by their rarest piece."""


class SearchIndex:
    """Finds products by text, in the shelf's order, without reading them all.

    The places on the shelf of all products that hold a piece of one to three characters, in name or description and in
    any case, are listed under that piece. Beside the shelf it takes about 1 KB for each 100 characters of a product.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._products = shelf.products
        self._texts = [(product.name.casefold(), product.description.casefold()) for product in self._products]
        self._places: dict[str, array[int]] = {}
        for place, texts in enumerate(self._texts):
            for gram in {gram for text in texts for gram in _grams(text)}:
                places = self._places.get(gram)
                if places is None:
                    places = self._places[gram] = array("I")
                places.append(place)

    def find(self, query: str) -> tuple[Product, ...]:
        """Products whose name or description contains the text, in any case; blanks count, and no text finds all.

        Raises InvalidQuery for a text that is too long.
        """
        if len(query) > LONGEST_QUERY:
            raise InvalidQuery("query", f"must be at most {LONGEST_QUERY} characters, and has {len(query)}")
        wanted = query.casefold()
        if not wanted:
            return self._products
        found = self._holding(wanted)
        if len(wanted) > GRAM:  # who holds the pieces may hold them in other places than one after the other
            texts = self._texts
            found = [place for place in found if wanted in texts[place][0] or wanted in texts[place][1]]
        return tuple([self._products[place] for place in found])

    def _holding(self, wanted: str) -> Sequence[int]:
        """Where products stand that hold the text, or its rarest piece where it is longer than a piece; in order."""
        size = min(GRAM, len(wanted))
        rarest: Sequence[int] | None = None
        for start in range(len(wanted) - size + 1):
            places = self._places.get(wanted[start : start + size])
            if places is None:
                return ()
            if rarest is None or len(places) < len(rarest):
                rarest = places
        return rarest or ()


def _grams(text: str) -> set[str]:
    return {text[start : start + size] for size in range(1, GRAM + 1) for start in range(len(text) - size + 1)}
