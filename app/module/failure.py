"""Failures: business errors that cross every boundary with their class and their fields.

The kinds are gRPC's canonical codes (google.rpc.Code), each with the HTTP status of RFC 9457 problems beside it.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, dataclass_transform, get_type_hints


class Failure(Exception):
    """Base of all failures. Subclass a kind, not this.

    `class NoSuchProduct(NotFound, says="no product with ID {id}"): id: str` is raised as `NoSuchProduct(id="X")` or
    `NoSuchProduct("X")`. A kind itself takes its text: `NotFound("no such thing")`. `status=402` is another HTTP status
    than the kind's.
    """

    code: ClassVar[int] = 2
    """gRPC status code."""
    status: ClassVar[int] = 500
    """HTTP status."""
    kind: ClassVar[str] = "UNKNOWN"
    """Canonical name, as gRPC spells it."""
    __proto__: ClassVar[str] = ""
    __says__: ClassVar[str] = ""
    __fields__: ClassVar[tuple[str, ...]] = ()
    __own__: ClassVar[bool] = False
    """Whether this is a declared failure rather than a bare kind."""

    def __init_subclass__(
        cls, *, says: str = "", proto: str = "", status: int = 0, kind: tuple[str, int, int] | None = None
    ) -> None:
        super().__init_subclass__()
        if kind is not None:
            cls.kind, cls.code, cls.status = kind
            return
        cls.__own__ = True
        cls.__proto__ = proto
        cls.__says__ = says or cls.__says__
        cls.status = status or cls.status
        own = [name for name, note in cls.__dict__.get("__annotations__", {}).items() if "ClassVar" not in str(note)]
        cls.__fields__ = (*cls.__fields__, *(name for name in own if name not in cls.__fields__))

    def __init__(self, *args: Any, **fields: Any) -> None:
        names = self.__fields__
        if not self.__own__:
            if len(args) > 1 or fields:
                raise TypeError(f"{type(self).__name__} takes its text and nothing else")
            super().__init__(*args)
            return
        if len(args) > len(names):
            raise TypeError(f"{type(self).__name__} takes {len(names)} fields ({', '.join(names)}), got {len(args)}")
        given = dict(zip(names, args, strict=False))
        for name, value in fields.items():
            if name not in names or name in given:
                raise TypeError(f"{type(self).__name__} has no field {name!r} left to set; its fields: {names}")
            given[name] = value
        for name in names:
            if name not in given:
                if not hasattr(type(self), name):
                    raise TypeError(f"{type(self).__name__} misses its field {name!r}")
                given[name] = getattr(type(self), name)
            setattr(self, name, given[name])
        super().__init__(*(given[name] for name in names))

    @property
    def text(self) -> str:
        """The sentence for whoever called."""
        if not self.__own__:
            return str(self.args[0]) if self.args else ""
        if not self.__says__:
            return _spaced(type(self).__name__)
        return self.__says__.format(**{name: getattr(self, name) for name in self.__fields__})

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.args == self.args

    __hash__ = Exception.__hash__

    def again(self) -> Self:
        """A fresh instance with the same fields and neither traceback nor cause: what crosses a boundary."""
        return type(self)(*self.args)

    @classmethod
    def field_types(cls) -> dict[str, Any]:
        """Field name -> annotated type, in declared order. Raises NameError when an annotation cannot be read."""
        hints = get_type_hints(cls, include_extras=True)
        return {name: hints[name] for name in cls.__fields__}


def _spaced(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


@dataclass_transform()  # its subclasses are built from their fields
class Cancelled(Failure, kind=("CANCELLED", 1, 499)):
    """The caller went away."""


@dataclass_transform()  # its subclasses are built from their fields
class Unknown(Failure, kind=("UNKNOWN", 2, 500)):
    """A foreign peer failed and did not say how."""


@dataclass_transform()  # its subclasses are built from their fields
class InvalidArgument(Failure, kind=("INVALID_ARGUMENT", 3, 400)):
    """The request is wrong whatever the state of the system."""


@dataclass_transform()  # its subclasses are built from their fields
class DeadlineExceeded(Failure, kind=("DEADLINE_EXCEEDED", 4, 504)):
    """Time ran out; the work may or may not have happened."""


@dataclass_transform()  # its subclasses are built from their fields
class NotFound(Failure, kind=("NOT_FOUND", 5, 404)):
    """What was asked for does not exist."""


@dataclass_transform()  # its subclasses are built from their fields
class AlreadyExists(Failure, kind=("ALREADY_EXISTS", 6, 409)):
    """What was to be made exists."""


@dataclass_transform()  # its subclasses are built from their fields
class PermissionDenied(Failure, kind=("PERMISSION_DENIED", 7, 403)):
    """The caller is known and may not."""


@dataclass_transform()  # its subclasses are built from their fields
class ResourceExhausted(Failure, kind=("RESOURCE_EXHAUSTED", 8, 429)):
    """A quota or a limit is used up."""


@dataclass_transform()  # its subclasses are built from their fields
class FailedPrecondition(Failure, kind=("FAILED_PRECONDITION", 9, 400)):
    """The system is not in the state that this needs; retrying will not help until somebody changes it."""


@dataclass_transform()  # its subclasses are built from their fields
class Aborted(Failure, kind=("ABORTED", 10, 409)):
    """A conflict with something concurrent; retry the whole sequence."""


@dataclass_transform()  # its subclasses are built from their fields
class OutOfRange(Failure, kind=("OUT_OF_RANGE", 11, 400)):
    """Past the end."""


@dataclass_transform()  # its subclasses are built from their fields
class Unimplemented(Failure, kind=("UNIMPLEMENTED", 12, 501)):
    """Nobody answers this method here."""


@dataclass_transform()  # its subclasses are built from their fields
class Internal(Failure, kind=("INTERNAL", 13, 500)):
    """Something broke; what, is told where it broke and nowhere else."""


@dataclass_transform()  # its subclasses are built from their fields
class Unavailable(Failure, kind=("UNAVAILABLE", 14, 503)):
    """Whoever should answer cannot be reached right now."""


@dataclass_transform()  # its subclasses are built from their fields
class DataLoss(Failure, kind=("DATA_LOSS", 15, 500)):
    """Data is gone or corrupt."""


@dataclass_transform()  # its subclasses are built from their fields
class Unauthenticated(Failure, kind=("UNAUTHENTICATED", 16, 401)):
    """Nobody vouches for the caller."""


KINDS: tuple[type[Failure], ...] = (
    Cancelled, Unknown, InvalidArgument, DeadlineExceeded, NotFound, AlreadyExists, PermissionDenied,
    ResourceExhausted, FailedPrecondition, Aborted, OutOfRange, Unimplemented, Internal, Unavailable, DataLoss,
    Unauthenticated,
)  # fmt: skip
"""The canonical kinds in the order of their codes, 1 to 16."""


def kind_of(code: int) -> type[Failure]:
    """The kind for a gRPC status code; codes that gRPC does not know are Unknown."""
    return KINDS[code - 1] if 1 <= code <= len(KINDS) else Unknown


def canonical(failure: type[Failure]) -> type[Failure]:
    """The canonical kind that a failure class descends from."""
    return KINDS[failure.code - 1]
