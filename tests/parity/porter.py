"""A module that hands out tokens and lets in whoever brings one; what it sees of them it asks Echo."""

from __future__ import annotations

from app import Contract, Message, Module, Principal, Tokens, acting, command, query

from .echo import Echo, Seen


class Token(Message):
    text: str


class Porter(Contract):
    """Knows who may come in."""

    @command(http="POST /porter/tokens/{subject}/{role}")
    async def issue(self, subject: str, role: str) -> Token: ...

    @query(http="GET /porter/admitted", requires="admin")
    async def admit(self) -> Seen: ...

    @query(http="GET /porter/vouched/{subject}")
    async def vouch(self, subject: str) -> Seen: ...


class PorterAnswer(Porter):
    """Asks Echo."""

    def __init__(self, echo: Echo, tokens: Tokens) -> None:
        self._echo, self._tokens = echo, tokens

    async def issue(self, subject: str, role: str) -> Token:
        return Token(self._tokens.issue(Principal(subject, frozenset({role})), 60))

    async def admit(self) -> Seen:
        return await self._echo.for_anyone_known()

    async def vouch(self, subject: str) -> Seen:
        with acting(Principal(subject)):
            return await self._echo.for_anyone_known()


porter = Module(name="porter", exports=[Porter.by(PorterAnswer)])
