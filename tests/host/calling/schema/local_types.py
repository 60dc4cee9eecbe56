"""A contract made inside a function, whose annotations are evaluated there."""

from app import Contract, Message, command


class Known(Message):
    id: str


class Early(Contract, service="local.Early"):
    @command()
    async def put(self, known: Known) -> None: ...


def make_late() -> tuple[type[Message], type[Contract]]:
    class Late(Message):
        known: Known

    class Lately(Contract, service="late.Lately"):
        @command()
        async def put(self, late: Late) -> Late: ...

    return Late, Lately
