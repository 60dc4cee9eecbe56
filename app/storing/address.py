"""Where a module's data lies, read from `database.url`: a PostgreSQL server, or a file of its own in a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ..config.origin import masked_url
from ..telling.refusals import Refused
from ..telling.refusals.storing import BadDatabaseUrl

_SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg")


@dataclass(frozen=True, slots=True)
class Address:
    """One database of one kind: modules with equal addresses share a pool."""

    kind: Literal["postgresql", "sqlite"]
    where: str
    """A libpq URL, or a file's path."""

    @property
    def shown(self) -> str:
        """For people and logs: without the password."""
        return masked_url(self.where)


def address_of(module: str, url: str, data_dir: Path, key: str = "database.url") -> Address:
    """Where the module's data lies. An empty URL is the data folder. Raises Refused(BadDatabaseUrl) that names the key.

    A SQLite URL names a folder, in which every module has its file; a name with a suffix, such as shop.db, gives
    every module a file beside it, such as shop-cart.db. `{module}` in it is replaced instead.
    """
    if not url:
        return Address("sqlite", str(data_dir / f"{name_in_database(module)}.db"))
    scheme, separator, rest = url.partition("://")
    if scheme in _SCHEMES and separator:
        where = f"postgresql://{rest}"
        try:
            _ = urlsplit(where).port
        except ValueError:
            raise bad_url(key, url, "whose port is no number up to 65535") from None
        return Address("postgresql", where)
    if scheme in ("sqlite", "sqlite+aiosqlite") and separator:
        if not rest.startswith("/"):
            raise bad_url(
                key, url, "and a path follows three slashes: sqlite:///data is relative, sqlite:////data absolute"
            )
        return Address("sqlite", _file(module, rest[1:], url, key))
    if not separator:
        raise bad_url(key, url, "which has no scheme")
    raise bad_url(key, url, f"and {scheme} is neither postgresql nor sqlite")


def name_in_database(module: str) -> str:
    """The name of the module's schema or file."""
    return re.sub(r"\W", "_", module)


def _file(module: str, path: str, url: str, key: str) -> str:
    name = name_in_database(module)
    if path in ("", ":memory:"):
        raise bad_url(key, url, "and what is kept in memory only is gone with the process")
    if "?" in path:
        raise bad_url(key, url, "and a path takes no parameters")
    if "{module}" in path:
        return path.replace("{module}", name)
    file = Path(path)
    if file.suffix and not file.is_dir():
        return str(file.with_name(f"{file.stem}-{name}{file.suffix}"))
    return str(file / f"{name}.db")


def bad_url(key: str, url: str, why: str) -> Refused:
    """The refusal of an address, shown without its password."""
    return Refused([BadDatabaseUrl(key=key, url=masked_url(url), why=why)])
