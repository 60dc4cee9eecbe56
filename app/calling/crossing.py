"""What of a failure crosses a contract's boundary: the declared ones as they are, the rest without a word."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from ..ambient import DEADLINE_PASSED
from ..module.failure import DeadlineExceeded, Failure, Internal, Unavailable
from ..module.spec import MethodSpec
from ..telling.steps import CallBroke, Teller

INTERNAL_TEXT = "something broke; what, is told where it broke"
NEEDED_TEXT = "something that the answer needs cannot be reached"

PASSING = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""What no boundary may keep; every other exception, whatever it descends from, is an answer that broke."""

F = TypeVar("F", bound=Failure)


def crossed(error: BaseException, method: MethodSpec, module: str, tell: Teller) -> Failure | None:
    """The failure that the caller sees for what an implementation raised; None where the error itself must pass:
    the task is being cancelled or closed, or the interpreter is going down. What the contract does not declare is
    told."""
    if isinstance(error, Failure):
        cls = type(error)
        if cls in method.raises:
            return _told_if_broken(error, cls, method, module, tell)
        for ancestor in cls.__mro__:
            if ancestor in method.raises:
                return _told_if_broken(error, ancestor, method, module, tell)
        if isinstance(error, Unavailable):
            passed = Unavailable(NEEDED_TEXT)
            return marked(passed, NESTED) if is_marked(error, CALLED) else passed
        if isinstance(error, DeadlineExceeded):
            return DeadlineExceeded(DEADLINE_PASSED)
    elif isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        if task is None or task.cancelling():
            return None
    elif isinstance(error, PASSING):
        return None
    return broke(error, method, module, tell)


def broke(error: BaseException, method: MethodSpec, module: str, tell: Teller) -> Internal:
    """Tell what broke where it broke; the caller gets Internal and nothing else."""
    tell(CallBroke(module=module, contract=method.contract.__name__, method=method.name, error=error))
    return Internal(INTERNAL_TEXT)


def _told_if_broken(error: Failure, cls: type[Failure], method: MethodSpec, module: str, tell: Teller) -> Failure:
    try:
        failure = lifted(error, cls)
        str(failure)
        return marked(failure, NESTED) if is_marked(error, CALLED) else failure
    except Exception as wrong:  # a constructor that does not take the fields, a sentence that cannot be made of them
        return broke(wrong, method, module, tell)


def lifted(error: Failure, cls: type[F]) -> F:
    """A fresh instance of one of the failure's classes, with that class's fields or, of a bare kind, its text."""
    if not cls.__own__:
        return cls(error.text) if error.args else cls()
    return cls(*(getattr(error, name) for name in cls.__fields__))


CALLED = "_called"
"""Raised by a caller object: an implementation that lets it pass did not fail by itself."""
NESTED = "_nested"
"""Met in a call of the answerer's own, which has tried again already: its caller does not. Of an Unavailable, the only one
that is tried again, whether declared or not."""
UNPROCESSED = "_unprocessed"
"""Nothing was done: even a command may be tried again."""
SENT_ON = "_sent_on"
"""Said by a peer that is about to stop, of a call that it has not begun: no sign of trouble. Another try costs nobody
anything, and is not counted against anybody."""


def marked(failure: F, mark: str) -> F:
    """Note something about this one instance for whoever handles it next; no part of what crosses."""
    failure.__dict__[mark] = True
    return failure


def is_marked(failure: BaseException, mark: str) -> bool:
    return mark in failure.__dict__
