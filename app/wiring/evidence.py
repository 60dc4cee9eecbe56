"""Evidence for refusals: where constructors are written, the path that leads to them, and what may have been meant."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, get_origin

from ..module.spec import site_of
from ..telling.drawing import near_misses
from ..telling.refusals import Refusal, Site
from ..telling.refusals.wiring import BadResult, UnreadableConstructor
from .fitting import is_protocol, lacks, methods_of
from .keys import Key, NamedKey, plain, show
from .nodes import Decoration, Kind, Node

_WRITTEN = (Kind.CONSTRUCTOR, Kind.DECORATOR, Kind.INVOKE, Kind.CONTROLLER)


def label(thing: Any) -> str:
    """How people know a constructor."""
    if type(thing) is type:
        return plain(thing.__qualname__)
    target = get_origin(thing) or thing
    if target is not thing:
        return show(thing)
    target = getattr(target, "func", target)  # a partial
    name = getattr(target, "__qualname__", None)
    return plain(name) if name else repr(thing)


def sites_of(node: Node | Decoration) -> tuple[Site, ...]:
    """The module's line, then the constructor's own."""
    thing = node.constructor if isinstance(node, Decoration) else node.payload
    if isinstance(node, Node) and node.kind not in _WRITTEN:
        return (node.site,) if node.site.file else ()
    own = constructor_site(thing)
    return tuple(site for site in (node.site, own) if site.file)


def constructor_site(thing: Any) -> Site:
    """Where a constructor is written."""
    target = getattr(get_origin(thing) or thing, "func", get_origin(thing) or thing)
    if not isinstance(target, type) and not hasattr(target, "__qualname__"):
        target = type(target)
    site = site_of(target)
    return Site(site.file, site.line, plain(site.what))


def fault_refusals(node: Node, told: bool) -> list[Refusal]:
    """What cannot be read of a node. `told`: what it makes is said elsewhere, so it need not say so itself."""
    assert node.signature is not None
    found: list[Refusal] = []
    sites = sites_of(node)
    for fault in node.signature.faults:
        if fault.parameter or fault.why.startswith("has no signature"):
            found.append(UnreadableConstructor(module=node.module, constructor=node.label, parameter=fault.parameter,
                why=fault.why, cure=fault.cure, near=fault.near, sites=sites))  # fmt: skip
        elif not (told and fault.why.startswith("does not say")):
            found.append(BadResult(module=node.module, constructor=node.label, why=fault.why, cure=fault.cure,
                sites=sites))  # fmt: skip
    return found


def spoken(node: Node) -> str:
    """A node as a step of a path."""
    return f"{node.label} (module {node.module})" if node.module else node.label


class Paths:
    """The way to each node: from what is run (invokes, exports, controllers) where it leads there, else from the
    outermost consumer. Made only when something is refused."""

    def __init__(self, nodes: Sequence[Node], roots: Iterable[Node]) -> None:
        self._above: dict[Node, Node] = {}
        self._users: dict[Node, Node] = {}
        seen = set(roots)
        pending = deque(seen)
        while pending:
            node = pending.popleft()
            for _, needed in node.needs:
                if needed not in seen:
                    seen.add(needed)
                    self._above[needed] = node
                    pending.append(needed)
        self._seen = seen
        for node in nodes:
            for _, needed in node.needs:
                self._users.setdefault(needed, node)

    def to(self, node: Node, last: str = "") -> tuple[str, ...]:
        """The steps from the outermost down to a node, and `last` below it."""
        steps = {node: None}
        above = self._above if node in self._seen else self._users
        while (up := above.get(next(reversed(steps)))) is not None and up not in steps:
            steps[up] = None
        drawn = shorten([spoken(step) for step in reversed(steps)])
        return (*drawn, last) if last else drawn


def shorten(steps: Sequence[str], most: int = 12) -> tuple[str, ...]:
    """A long way without its middle."""
    if len(steps) <= most:
        return tuple(steps)
    kept = most // 2 - 1
    return (*steps[:kept], f"… {len(steps) - 2 * kept} more …", *steps[-kept:])


def candidates(wanted: Key, known: Iterable[Key]) -> list[Key]:
    """Offers that would fit if they were asked for: subclasses, and the same type under (another) name."""
    inner: Any = wanted.type if isinstance(wanted, NamedKey) else wanted
    found: list[Key] = []
    for key in known:
        if key == wanted:
            continue
        other: Any = key.type if isinstance(key, NamedKey) else key
        if other == inner or (isinstance(other, type) and isinstance(inner, type) and fits(other, inner)):
            found.append(key)
    return found


def fits(made: type, wanted: type) -> bool:
    """Whether a class could be offered as another one; a Protocol without methods fits nothing."""
    if wanted in made.__mro__:
        return True
    return is_protocol(wanted) and bool(methods_of(wanted)) and not lacks(made, wanted)


def near(wanted: Key, known: Iterable[Key]) -> tuple[str, ...]:
    """What may have been meant: what would fit, else what reads alike."""
    known = list(known)
    fitting = [show(key) for key in candidates(wanted, known)]
    if fitting:
        return tuple(fitting[:3])
    name = show(wanted)
    return tuple(other for other in near_misses(name, [show(key) for key in known]) if other != name)
