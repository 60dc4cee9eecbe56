"""What fits: whether a thing can be provided, an offer is what it claims to be, and what a decorator decorates."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from typing import Any, Protocol, Union, get_args, get_origin

from ..module.contract import Contract
from ..module.declaration import Decorate, Group, GroupByName, Invoke, Module, Supply
from .keys import Key, NamedKey, is_contract, named, show
from .shapes import Signature

_FINE = ("", "")


def unprovidable(constructor: Any) -> tuple[str, str]:
    """Why something is no constructor, and the cure; empty where it is one."""
    if type(constructor) is type and Contract not in constructor.__bases__:
        return _FINE  # the common case
    if isinstance(constructor, (Decorate, Invoke, Supply)):
        word = type(constructor).__name__.lower()
        return f"is a {word}(…)", f"put it into {word}=[…]"
    if isinstance(constructor, Module):
        return "is a module", "put it into modules=[…]"
    if not callable(constructor):
        return "cannot be called", "supply it, if it is a value"
    target: Any = get_origin(constructor) or constructor
    if not isinstance(target, type):
        return "", ""
    if issubclass(target, Contract) and (target is Contract or Contract in target.__bases__):
        return "is a contract", "export it with by(…); whoever needs it asks for it by type"
    if is_protocol(target):
        return "is a Protocol", "provide a class that has its methods, with provides="
    if missing := getattr(target, "__abstractmethods__", None):
        return f"is abstract ({', '.join(sorted(missing))} missing)", "provide a subclass that has them"
    return "", ""


def unofferable(made: Key) -> tuple[str, str] | None:
    """Why nothing of a type can be offered, and the cure: the container would take what a coroutine comes to for the
    value, and a group is made of its members."""
    found = class_of(made)
    if found is Group or found is GroupByName:
        return "which its members make up", "provide each member with group=; decorate the group to change it"
    if found is None or found is type(None) or not (found is Awaitable or _is_subclass(found, _AWAITED)):
        return None
    return "which is awaited for a value", "make it an async function, whose result is the value"


def lacks(result: Key, offered: Key) -> str:
    """Why what a constructor makes is not what it is offered as; empty where it may be."""
    arms = get_args(offered) if _is_union(offered) else (offered,)
    why = ""
    for arm in arms:
        why = _lacks(result, arm)
        if not why:
            return ""
    return why


def _lacks(result: Key, offered: Key) -> str:
    made, wanted = class_of(result), class_of(offered)
    if made is None or wanted is None:
        return ""
    if is_protocol(wanted):
        missing = sorted(name for name in methods_of(wanted) if not hasattr(made, name))
        return f"has no {', '.join(missing)}" if missing and not is_protocol(made) else ""
    if _is_subclass(made, wanted):
        given, asked = _inherited(result, wanted), get_args(_inner(offered))
        strange = any(_strangers(mine, theirs) for mine, theirs in zip(get_args(given), asked, strict=False))
        return f"is a {show(given)}" if strange else ""
    return "" if is_protocol(made) else "is none"


def class_of(key: Key) -> type[Any] | None:
    """The class behind a key: what a generic, a name or a NewType is made of. None where there is none."""
    while True:
        if isinstance(key, NamedKey):
            key = key.type
        elif hasattr(key, "__supertype__"):
            key = key.__supertype__
        else:
            break
    found: Any = get_origin(key) or key
    return found if isinstance(found, type) and found is not types.UnionType else None


def is_a(value: Any, key: Key) -> bool:
    """Whether a value is what its key says, as far as can be told from outside."""
    if _is_union(key):
        return any(is_a(value, arm) for arm in get_args(key))
    wanted = class_of(key)
    if wanted is None:
        return True
    if is_protocol(wanted):
        return all(hasattr(value, name) for name in methods_of(wanted))
    try:
        return isinstance(value, _WIDER.get(wanted, wanted))
    except TypeError:  # such as a TypedDict
        return True


def unfit(value: Any, key: Key) -> str:
    """Why a value cannot stand for a key in a test; empty where it can: it is one, or a fake with something of one."""
    if value is None:
        return "is None, which is nothing"
    return "" if is_a(value, key) else _unlike(type(value), value, key)


def unfit_class(made: Key, key: Key) -> str:
    """As `unfit`, of what a constructor says that it makes."""
    there = class_of(made)
    return "" if there is None or not lacks(made, key) else _unlike(there, there, key)


def _unlike(made: type[Any], it: Any, key: Key) -> str:
    wanted = class_of(key)
    if wanted is None:
        return ""
    name = f"is an {made.__name__}" if made.__name__[0] in "aeiouAEIOU" else f"is a {made.__name__}"
    if is_contract(key):
        return f"{name}, which does not answer the contract"
    public = [each for each in dir(wanted) if not each.startswith("_") or each == "__call__"]
    if public and wanted.__module__ != "builtins":
        return "" if any(hasattr(it, each) for each in public) else f"{name}, which has nothing of a {show(key)}"
    stranger = "builtins" in (made.__module__, wanted.__module__) and made is not object
    return name if stranger else ""


_AWAITED: Any = (asyncio.Future, Coroutine)
_WIDER: Mapping[Any, Any] = {float: (float, int), complex: (complex, float, int), Group: Sequence, GroupByName: Mapping}
"""What goes for what, as type checkers have it; a group may be any sequence or mapping."""


def _is_union(key: Key) -> bool:
    origin = get_origin(key)
    return origin is Union or origin is types.UnionType


def _inherited(result: Key, wanted: type[Any]) -> Any:
    """As what a class inherits a generic one, such as `Repo[User]`; None where it does not say."""
    pending: list[Any] = [_inner(result)]
    while pending:
        at = pending.pop()
        if get_origin(at) is wanted:
            return at
        pending += getattr(get_origin(at) or at, "__orig_bases__", ())
    return None


def _strangers(one: Any, other: Any) -> bool:
    return (
        isinstance(one, type) and isinstance(other, type) and not (_is_subclass(one, other) or _is_subclass(other, one))
    )


def decorated_key(signature: Signature, name: str) -> Key:
    """What a decorator decorates: what it returns, or the one parameter of which its result is a subclass. A `name`
    also goes to its unnamed parameter of that type."""
    result = signature.result
    wraps = [need.key for need in signature.needs if _inner(need.key) == _inner(result)]
    if not wraps:
        wraps = [need.key for need in signature.needs if _wider(need.key, result)]
    key = wraps[0] if len(set(wraps)) == 1 else result
    if name:
        plain = _inner(key)
        key = named(plain, name)
        for need in signature.needs:
            if need.key == plain:
                need.key = key
    return key


def _inner(key: Key) -> Key:
    return key.type if isinstance(key, NamedKey) else key


def _wider(key: Key, result: Key) -> bool:
    wide: Any = _inner(key)
    made: Any = get_origin(_inner(result)) or _inner(result)
    if not isinstance(wide, type) or not isinstance(made, type) or wide is made:
        return False
    return _is_subclass(made, wide)


def _is_subclass(made: type, wanted: Any) -> bool:
    try:
        return issubclass(made, _WIDER.get(wanted, wanted))
    except TypeError:  # Protocols with data members cannot be asked
        return wanted in made.__mro__


def methods_of(protocol: type) -> set[str]:
    """The methods that a Protocol asks for."""
    return {
        name
        for base in protocol.__mro__
        if is_protocol(base)
        for name in vars(base)
        if not name.startswith("_") and callable(getattr(protocol, name, None))
    }


def is_protocol(thing: Any) -> bool:
    """Whether a class is a Protocol itself, rather than one that inherits it."""
    return getattr(thing, "_is_protocol", False) and Protocol in thing.__bases__
