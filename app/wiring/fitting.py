"""What fits: whether a thing can be provided, an offer is what it claims to be, and what a decorator decorates."""

from __future__ import annotations

from typing import Any, Protocol, get_origin

from ..module.contract import Contract
from ..module.declaration import Decorate, Invoke, Module, Supply
from .keys import Key, NamedKey, named
from .signatures import Signature

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


def lacks(result: Key, offered: Key) -> str:
    """Why what a constructor makes is not what it is offered as; empty where it may be."""
    made: Any = get_origin(result) or result
    wanted: Any = get_origin(offered) or offered
    if not isinstance(made, type) or not isinstance(wanted, type):
        return ""
    if is_protocol(wanted):
        missing = sorted(name for name in methods_of(wanted) if not hasattr(made, name))
        return f"has no {', '.join(missing)}" if missing and not is_protocol(made) else ""
    return "" if _is_subclass(made, wanted) or is_protocol(made) else "is none"


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


def _is_subclass(made: type, wanted: type) -> bool:
    try:
        return issubclass(made, wanted)
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
