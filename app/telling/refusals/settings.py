"""Refusals of the configuration: what stands in files, variables and options. None ever shows a secret."""

from __future__ import annotations

from . import Refusal


class BadToml(Refusal, frozen=True, kw_only=True):
    """A file cannot be read as TOML."""

    kind = "bad-toml"
    why: str

    def says(self) -> str:
        return (
            f"{_file(self)} is not TOML: {self.why}" if not self.why.startswith("is ") else f"{_file(self)} {self.why}"
        )

    def fix(self) -> str:
        return "correct the line; the format is described at toml.io"


class UnknownEnvironment(Refusal, frozen=True, kw_only=True):
    """The environment asked for has no table, and is none of the usual ones."""

    kind = "unknown-environment"
    environment: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"there is no environment `{self.environment}`"

    def fix(self) -> str:
        return f"set PANGAEA_ENV to one of {_list(self.known)}, or add [{self.environment}] to config/settings.toml"


class OutsideEnvironment(Refusal, frozen=True, kw_only=True):
    """A section or a key stands at the top of a settings file, where only environments stand."""

    kind = "outside-environment"
    key: str

    def says(self) -> str:
        return f"`{self.key}` stands outside of every environment"

    def fix(self) -> str:
        return f"write it as default.{self.key}, or below the environment that it is for"


class UnknownKey(Refusal, frozen=True, kw_only=True):
    """A key that no section knows."""

    kind = "unknown-key"
    key: str
    known: tuple[str, ...]
    """The keys that could stand there."""

    def says(self) -> str:
        return f"unknown key `{self.key}`"

    def fix(self) -> str:
        return f"known there: {_list(self.known)}" if self.known else "nothing can be set there"


class UnknownModuleSection(Refusal, frozen=True, kw_only=True):
    """A section is meant for a module that does not exist."""

    kind = "unknown-module-section"
    module: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"`modules.{self.module}` configures a module that does not exist"

    def fix(self) -> str:
        return f"the modules: {_list(self.known)}" if self.known else "there are no modules"


class NoSettings(Refusal, frozen=True, kw_only=True):
    """A module is configured that takes no settings."""

    kind = "no-settings"
    module: str

    def says(self) -> str:
        return f"`modules.{self.module}` is configured, and the module `{self.module}` takes no settings"

    def fix(self) -> str:
        return f"remove the section, or declare Module(settings=…) in {self.module}"


class WrongValue(Refusal, frozen=True, kw_only=True):
    """A value is not what its key expects. `got` is the value, or only its type where it is a secret."""

    kind = "wrong-value"
    key: str
    expected: str
    got: str

    def says(self) -> str:
        return f"`{self.key}` expects {self.expected}, and got {self.got}"

    def fix(self) -> str:
        return ""


class BadCast(Refusal, frozen=True, kw_only=True):
    """One of dynaconf's casts (`@int`, `@format`, …) cannot be evaluated."""

    kind = "bad-cast"
    key: str
    cast: str
    why: str = ""

    def says(self) -> str:
        return f"`{self.key}` has a cast {self.cast} that cannot be evaluated" + (f": {self.why}" if self.why else "")

    def fix(self) -> str:
        return "write the value itself, or correct what follows the cast"


class MissingValue(Refusal, frozen=True, kw_only=True):
    """A key without a default is set nowhere."""

    kind = "missing-value"
    key: str
    expected: str
    variable: str
    table: str
    """Where it may be written in the settings file."""
    secret: bool = False

    def says(self) -> str:
        return f"`{self.key}` is set nowhere; it expects {self.expected}"

    def fix(self) -> str:
        file = "config/.secrets.toml" if self.secret else "config/settings.toml"
        name = self.key.rpartition(".")[2]
        return f"write `{name} = …` below [{self.table}] in {file}, or set {self.variable}"


class BadSection(Refusal, frozen=True, kw_only=True):
    """A section's own check, in its `__post_init__`, refuses the values together."""

    kind = "bad-section"
    section: str
    why: str

    def says(self) -> str:
        return f"the values of `{self.section}` do not fit together: {self.why}"


class BadSettingsClass(Refusal, frozen=True, kw_only=True):
    """A Settings class holds a type that configuration cannot fill."""

    kind = "bad-settings-class"
    settings: str
    why: str

    def says(self) -> str:
        return f"{self.settings} cannot be filled from configuration: {self.why}"

    def fix(self) -> str:
        return "use bool, int, float, str, Secret[...], enums, dates, durations, paths, lists, tables and Settings"


class UnknownVariable(Refusal, frozen=True, kw_only=True):
    """An environment variable with our prefix names nothing."""

    kind = "unknown-variable"
    variable: str

    def says(self) -> str:
        return f"the variable {self.variable} sets nothing that is known"

    def fix(self) -> str:
        return "" if self.near else "unset it; `pangaea config show` lists every key"


class AmbiguousVariable(Refusal, frozen=True, kw_only=True):
    """An environment variable could mean several keys."""

    kind = "ambiguous-variable"
    variable: str
    keys: tuple[str, ...]
    variables: tuple[str, ...]
    """One for each key, unmistakable."""

    def says(self) -> str:
        return f"the variable {self.variable} could mean {_list(self.keys)}"

    def fix(self) -> str:
        return f"separate the parts by two underscores: {_list(self.variables)}"


class BadOption(Refusal, frozen=True, kw_only=True):
    """What follows `--set` is no assignment."""

    kind = "bad-option"
    option: str

    def says(self) -> str:
        return f"`--set {self.option}` is no assignment"

    def fix(self) -> str:
        return "write --set section.key=value, such as --set http.port=8081"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _file(refusal: Refusal) -> str:
    return refusal.sites[0].file.replace("\\", "/").rpartition("/")[2] if refusal.sites else "the file"
