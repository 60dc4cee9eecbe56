"""Refusals of the graph: what constructors ask for, and what nobody, or more than one, offers."""

from __future__ import annotations

from . import Refusal


class BadDeclaration(Refusal, frozen=True, kw_only=True):
    """An entry of a Module is not what its list is for."""

    kind = "bad-declaration"
    module: str
    field: str
    entry: str
    why: str
    cure: str

    def says(self) -> str:
        return f"{self.entry} in {self.field}= of module {self.module} {self.why}"

    def fix(self) -> str:
        return self.cure


class UnreadableConstructor(Refusal, frozen=True, kw_only=True):
    """A constructor's parameter (or, without one, its whole signature) cannot be read."""

    kind = "unreadable-annotation"
    module: str
    constructor: str
    parameter: str
    why: str
    cure: str

    def says(self) -> str:
        if self.parameter:
            return f"the parameter {self.parameter!r} of {self.constructor} {self.why}"
        return f"{self.constructor} {self.why}"

    def fix(self) -> str:
        return self.cure


class BadResult(Refusal, frozen=True, kw_only=True):
    """What a constructor says that it makes cannot be offered."""

    kind = "bad-result"
    module: str
    constructor: str
    why: str
    cure: str

    def says(self) -> str:
        return f"{self.constructor} {self.why}"

    def fix(self) -> str:
        return self.cure


class MissingProvider(Refusal, frozen=True, kw_only=True):
    """Somebody asks for what nobody offers (to them)."""

    kind = "missing-provider"
    module: str
    consumer: str
    parameter: str
    wanted: str
    why: str
    cure: str

    def says(self) -> str:
        asks = f"{self.consumer} needs {self.wanted}" if self.consumer else f"{self.wanted} is asked for"
        return f"{asks}{f' (its parameter {self.parameter!r})' if self.parameter else ''}, {self.why}"

    def fix(self) -> str:
        return self.cure


class AmbiguousProvider(Refusal, frozen=True, kw_only=True):
    """Several offers would fit and none is meant more than the others; they are listed as near misses."""

    kind = "ambiguous-provider"
    module: str
    consumer: str
    parameter: str
    wanted: str
    candidates: tuple[str, ...]
    cure: str

    def says(self) -> str:
        fitting = " and ".join(self.candidates)
        where = f" (its parameter {self.parameter!r})" if self.parameter else ""
        return f"{self.consumer} needs {self.wanted}{where}, and {fitting} would all fit"

    def fix(self) -> str:
        return self.cure


class DuplicateProvider(Refusal, frozen=True, kw_only=True):
    """Two offers of one key stand where both would be seen."""

    kind = "duplicate-provider"
    module: str
    wanted: str
    offers: tuple[str, ...]

    def says(self) -> str:
        return f"{self.wanted} is offered {len(self.offers)} times: by {' and by '.join(self.offers)}"

    def fix(self) -> str:
        return 'keep one, make the others private=True in their modules, or tell them apart with name="…"'


class DependencyCycle(Refusal, frozen=True, kw_only=True):
    """Constructors need one another, so that none can be first; `path` returns to where it began."""

    kind = "cycle"
    module: str
    members: tuple[str, ...]

    def says(self) -> str:
        if len(self.members) == 1:
            return f"{self.members[0]} needs itself"
        return f"{', '.join(self.members[:-1])} and {self.members[-1]} need one another"

    def fix(self) -> str:
        return "let one of them be handed what it needs later, in a start hook, or split out what both need"


class DecoratesNothing(Refusal, frozen=True, kw_only=True):
    """A decorator wraps what its module does not see."""

    kind = "decorates-nothing"
    module: str
    decorator: str
    wanted: str
    why: str = ""

    def says(self) -> str:
        return f"{self.decorator} decorates {self.wanted}, {self.why or f'which module {self.module} does not see'}"

    def fix(self) -> str:
        return "decorate what is offered here or above; the type that is returned says what is decorated"


class DecoratedTwice(Refusal, frozen=True, kw_only=True):
    """A module decorates one key more than once: their order would be a guess."""

    kind = "decorated-twice"
    module: str
    wanted: str
    decorators: tuple[str, ...]

    def says(self) -> str:
        return f"module {self.module} decorates {self.wanted} twice: by {' and by '.join(self.decorators)}"

    def fix(self) -> str:
        return "call one from the other, or move one to a child module"


class UndeclaredSettings(Refusal, frozen=True, kw_only=True):
    """A constructor asks for settings that its module does not declare."""

    kind = "undeclared-settings"
    module: str
    consumer: str
    parameter: str
    wanted: str
    declared: str
    """The settings that the module does declare; empty for none."""

    def says(self) -> str:
        has = f"whose settings are {self.declared}" if self.declared else "which declares no settings"
        return f"{self.consumer} needs {self.wanted} (its parameter {self.parameter!r}) in module {self.module}, {has}"

    def fix(self) -> str:
        if self.declared:
            return f"ask for {self.declared}; another module's settings are its own"
        return f"write Module(settings={self.wanted})"


class ModuleTwice(Refusal, frozen=True, kw_only=True):
    """One module stands at two places, or two bear one name."""

    kind = "module-twice"
    module: str
    why: str
    cure: str

    def says(self) -> str:
        return f"module {self.module} {self.why}"

    def fix(self) -> str:
        return self.cure


class AnsweredTwice(Refusal, frozen=True, kw_only=True):
    """A contract is exported more than once in one process."""

    kind = "answered-twice"
    contract: str
    modules: tuple[str, ...]

    def says(self) -> str:
        return f"the contract {self.contract} is exported {len(self.modules)} times: by {', '.join(self.modules)}"

    def fix(self) -> str:
        return "export it once, with every slice in one `by(…)`"


class BadReplacement(Refusal, frozen=True, kw_only=True):
    """A replacement stands for nothing, or does not fit what it stands for."""

    kind = "bad-replacement"
    wanted: str
    why: str
    cure: str = ""

    def says(self) -> str:
        return f"the replacement of {self.wanted} {self.why}"

    def fix(self) -> str:
        return self.cure
