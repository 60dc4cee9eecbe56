"""What the recommendation module answers: what else somebody might like."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Contract, Message, query

ProductId = Annotated[str, Meta(examples=["OLJCESPC7Z"])]


class ListRecommendationsResponse(Message):
    """Ids of products."""

    product_ids: tuple[ProductId, ...] = ()


class Recommendations(Contract, service="hipstershop.RecommendationService"):
    """What else somebody might like."""

    @query(http="GET /api/recommendations?product_ids={product_ids}&user_id={user_id}")
    async def list_recommendations(
        self, user_id: str = "", product_ids: tuple[ProductId, ...] = ()
    ) -> ListRecommendationsResponse:
        """At most five products at random, none of them among those given.

        product_ids: what is known to be liked, such as what is in the cart
        """
        ...
