"""What the ads module answers: a line that leads to a product."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Contract, InvalidArgument, Message, query


class Ad(Message):
    """A line and where it leads."""

    redirect_url: Annotated[str, Meta(examples=["/product/6E92ZMYYFZ"])]
    text: Annotated[str, Meta(examples=["Mug: buy two, get the third free"])]


class AdResponse(Message):
    """At least one ad, always."""

    ads: tuple[Ad, ...] = ()


class InvalidContext(InvalidArgument, says="{field} {why}"):
    """These are no categories to find ads for."""

    field: str
    why: str


class Ads(Contract, service="hipstershop.AdService"):
    """What is on offer."""

    @query(http="GET /api/ads?context_keys={context_keys}", request="AdRequest", raises=(InvalidContext,))
    async def get_ads(self, context_keys: tuple[Annotated[str, Meta(examples=["kitchen"])], ...] = ()) -> AdResponse:
        """The ads of these categories in their order; two at random where there are none.

        context_keys: at most 200 categories, exactly as the catalogue spells them
        """
        ...
