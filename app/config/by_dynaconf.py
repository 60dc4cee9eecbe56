"""What dynaconf does for us: it evaluates casts, and reads lists and tables given as text.

Laying the layers over each other is ours: dynaconf joins lists, changes the case of keys, and keeps no origin for each
value of a table. So is reading files, which refusals need the lines of: dynaconf would read them again to the same
values. And so is reading variables: its loader guesses a type before the expected one is known (`0042`, `1e3`
and `true` are no texts to it) and knows no single underscore between the parts of a key.
Nothing that is set for other programs that use dynaconf (`ENV_FOR_DYNACONF`, a `.env` file) is looked at.

Import this where there is something to read: dynaconf's import takes as long as Litestar's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dynaconf.base import Settings
from dynaconf.utils.parse_conf import MetaValue, parse_conf_data


def _settings() -> Settings:
    """Settings that no loader fills and no variable changes."""
    return Settings(
        dynaconf_skip_loaders=True,
        dynaconf_skip_validators=True,
        ENVIRONMENTS_FOR_DYNACONF=True,
        ENV_FOR_DYNACONF="default",
        FORCE_ENV_FOR_DYNACONF=None,
        DEFAULT_ENV_FOR_DYNACONF="default",
        ENVVAR_PREFIX_FOR_DYNACONF="default",
        ENVVAR_FOR_DYNACONF=None,
        AUTO_CAST_FOR_DYNACONF=True,
        LOWERCASE_READ_FOR_DYNACONF=True,
        MERGE_ENABLED_FOR_DYNACONF=False,
        DOTTED_LOOKUP_FOR_DYNACONF=True,  # `@format {this.http.port}`
        NESTED_SEPARATOR_FOR_DYNACONF=False,
        INDEX_SEPARATOR_FOR_DYNACONF=None,
        VALIDATE_ON_UPDATE_FOR_DYNACONF=False,
        SYSENV_FALLBACK_FOR_DYNACONF=False,
    )


class Evaluation:
    """Casts (`@int 5`, `@format {this.http.host}`) evaluated over the values of all layers."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._settings = _settings()
        self.values: dict[str, Any] = {}
        """All values, evaluated; empty where a cast fails: `one` tells which."""
        try:
            self._settings.update(dict(values))
            self.values = dict(self._lowered())
        except Exception:  # whatever a cast raises, `one` raises again
            self.values = {}

    def one(self, text: Any, value: Any = None) -> Any:
        """What a value is, or is found to be alone where it is not among `values`. Raises ValueError for merge markers,
        and whatever a cast raises."""
        if value is None:
            value = parse_conf_data(text, box_settings=self._settings)
            value = value(self._settings) if callable(value) else value
        if isinstance(value, MetaValue):
            raise ValueError("tables are merged key by key and lists are replaced, without being asked")
        return value

    def _lowered(self) -> Iterator[tuple[str, Any]]:
        for key, value in self._settings.as_dict().items():
            yield key.lower(), value


def read_text(text: str) -> Any:
    """What a text means as TOML or as one of the casts (`@json [1, 2]`); the text itself where it is neither."""
    try:
        return parse_conf_data(text, tomlfy=True, box_settings={"AUTO_CAST_FOR_DYNACONF": True})
    except Exception:  # a cast that fails leaves a text, which is then refused as what it is
        return text
