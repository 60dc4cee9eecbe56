"""Refusals of processes that cannot know who is calling."""

from __future__ import annotations

from . import Refusal


class NoIdentityKey(Refusal, frozen=True, kw_only=True):
    """Modules issue or check tokens, and nobody has configured the key for them."""

    kind = "no-identity-key"
    modules: tuple[str, ...]
    environment: str

    def says(self) -> str:
        asking = ", ".join(f"`{module}`" for module in self.modules)
        return f"{asking} {'asks' if len(self.modules) == 1 else 'ask'} for Tokens, and `identity.key` is set nowhere"

    def fix(self) -> str:
        return (
            f"write `key = …` below [{self.environment}.identity] in config/.secrets.toml, or set PANGAEA_IDENTITY_KEY:"
            " at least 32 bytes, the same for every process of the deployment"
        )
