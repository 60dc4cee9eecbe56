"""What can be known of a process before anything is built: its contracts, who answers them, its graph, its routes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ..calling.answers import answered_by
from ..calling.metadata import bad_metadata
from ..identity.tokens import Tokens
from ..module.spec import ContractSpec, spec_of
from ..placing.discovery import exports
from ..storing.database import Database
from ..storing.folder import DataFolder
from ..telling.logger import Logger
from ..telling.refusals import Refusal, Refused
from ..telling.refusals.identity import NoIdentityKey
from ..wiring.evidence import sites_of
from ..wiring.graph import Graph, Offers, Replacement, read

if TYPE_CHECKING:
    from ..calling.schema.schema import Schema
    from ..module.contract import Contract
    from ..module.declaration import Module

T = TypeVar("T")

ASKED_FOR = (Logger, Database, Tokens, DataFolder)
"""What hosts make for the module of whoever asks."""


def prove(
    modules: Sequence[Module],
    offers: Offers,
    schema: Schema,
    replace: Mapping[Any, Replacement],
    routed: Iterable[type[Contract]],
    keyless: str = "",
) -> Graph:
    """The checked graph of a process. Raises Refused with everything that is wrong, whichever room sees it.

    routed: the contracts whose REST routes the process serves together. keyless: the environment, where it has no key
    for tokens.
    """
    refusals: dict[Refusal, None] = dict.fromkeys(bad_metadata())

    def attempt(what: Callable[[], T]) -> T | None:
        try:
            return what()
        except Refused as refused:
            refusals.update(dict.fromkeys(refused.refusals))
            return None

    specs: list[ContractSpec] = []
    for export in (export for module in modules for export in exports(module)):
        spec = attempt(lambda export=export: spec_of(export.contract))
        if spec is not None:
            specs.append(spec)
            refusals |= dict.fromkeys(answered_by(spec, export.implementations))
    attempt(lambda: schema.add_all(specs))
    refusals |= dict.fromkeys(_clashing(routed))
    graph = attempt(lambda: read(modules, offers, replace=replace))
    if keyless and graph is not None:
        refusals |= dict.fromkeys(_asking_for_tokens(graph, keyless))
    if refusals or graph is None:
        raise Refused(refusals)
    return graph


def with_graph(refused: Refused, modules: Sequence[Module]) -> Refused:
    """What stands in the way of a plan, and what is wrong with the graph of its modules besides: all at once."""
    try:
        read(modules, Offers(per_module=dict.fromkeys(ASKED_FOR, str), known=lambda contract: True))
    except Refused as more:
        return Refused(dict.fromkeys([*refused.refusals, *more.refusals]))
    return refused


def _asking_for_tokens(graph: Graph, environment: str) -> list[Refusal]:
    asking = [node for node, needed in graph.edges() if needed.key is Tokens and needed.replaced is None]
    if not asking:
        return []
    modules = tuple(sorted({node.module for node in asking}))
    sites = tuple(dict.fromkeys(site for node in asking for site in sites_of(node)))
    return [NoIdentityKey(modules=modules, environment=environment, sites=sites)]


def _clashing(contracts: Iterable[type[Contract]]) -> list[Refusal]:
    specs: list[ContractSpec] = []
    for contract in contracts:
        try:
            specs.append(spec_of(contract))
        except Refused:
            continue  # refused where it is exported
    if not any(method.route for spec in specs for method in spec.methods.values()):
        return []
    from ..serving.routing import check_routes  # without Litestar

    return list(check_routes(specs))
