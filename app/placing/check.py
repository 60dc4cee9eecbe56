"""The check over the whole deployment: every topology, every process, nothing started. All refusals come at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..module.contract import Contract
from ..module.declaration import Module
from ..module.message import home_of
from ..telling.drawing import near_misses
from ..telling.refusals import Refusal, Refused, Site
from ..telling.refusals.deployment import ContractAnsweredTwice, ContractAstray, UnknownContract
from .deployment import Deployment, Facts
from .discovery import Found, exported, exports, family
from .needs import needs
from .places import Places, service_of, unknown_variables
from .topology import Topologies

if TYPE_CHECKING:
    from ..config import Config


@dataclass(frozen=True, slots=True)
class Report:
    """What was proved."""

    modules: tuple[str, ...]
    contracts: tuple[type[Contract], ...]
    topologies: Mapping[str, Facts]


def check(topologies: Topologies, found: Found, config: Config, environ: Mapping[str, str] = os.environ) -> Report:
    """Prove every topology. Raises Refused with everything that is wrong in any of them."""
    refusals: list[Refusal] = []
    modules = _load(found, refusals)
    contracts = _contracts(found, modules, refusals)
    settings = {member.name: member.settings for module in modules.values() for member in family(module)}
    refusals += config.refusals(settings)
    refusals += _policies(config, contracts)
    refusals += unknown_variables(topologies, environ)
    facts = {
        name: Deployment(Places(topologies, name, found, config.data_dir), config, environ, modules, refusals).facts()
        for name in topologies
    }
    for name in topologies:
        refusals += _external_names(topologies, name, contracts)
    if refusals:
        raise Refused(dict.fromkeys(refusals))
    return Report(tuple(modules), tuple(contracts), facts)


def _load(found: Found, refusals: list[Refusal]) -> dict[str, Module]:
    modules: dict[str, Module] = {}
    for name in found.names:
        try:
            modules[name] = found.load(name)
        except Refused as refused:
            refusals += refused.refusals
    return modules


def _contracts(found: Found, modules: Mapping[str, Module], refusals: list[Refusal]) -> list[type[Contract]]:
    """All contracts there are: declared or exported. Refuses those that several modules answer, or the wrong one."""
    contracts: dict[type[Contract], None] = {}
    for package in found.packages:
        try:
            contracts |= dict.fromkeys(found.contracts(package))
        except Refused as refused:
            refusals += refused.refusals
    answered: dict[type[Contract], list[str]] = {}
    for name, module in modules.items():
        for contract in exported(module):
            contracts.setdefault(contract)
            answered.setdefault(contract, []).append(name)
        for need in needs(module):
            contracts.setdefault(need.contract)
    for contract, names in answered.items():
        home = home_of(contract.__module__)
        sites = tuple(_export_site(modules[name], contract) for name in names)
        if len(names) > 1:
            by = tuple(f"module `{name}`" for name in names)
            refusals.append(ContractAnsweredTwice(contract=contract.__name__, by=by, sites=sites))
        elif home != names[0] and home in modules:
            refusals.append(ContractAstray(contract=contract.__name__, home=home, by=names[0], sites=sites))
    return list(contracts)


def _export_site(module: Module, contract: type[Contract]) -> Site:
    return next((export.site for export in exports(module) if export.contract.__contract__ is contract), module.site)


def _names(contracts: list[type[Contract]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for contract in contracts for name in (contract.__name__, service_of(contract))))


def _policies(config: Config, contracts: list[type[Contract]]) -> list[Refusal]:
    """Policies of contracts that do not exist: a typo there would protect nothing."""
    known = _names(contracts)
    folded = {name.casefold() for name in known}
    return [
        UnknownContract(
            contract=name,
            where="a policy (calls.policies)",
            known=tuple(contract.__name__ for contract in contracts),
            near=near_misses(name, known),
            sites=(config.origin("calls", "policies", name).site(),),
        )
        for name in config.calls.policies
        if name.casefold() not in folded
    ]


def _external_names(topologies: Topologies, name: str, contracts: list[type[Contract]]) -> list[Refusal]:
    known = _names(contracts)
    refusals: list[Refusal] = []
    answered: dict[type[Contract], str] = {}
    for external, value in topologies[name].external.items():
        contract = next((c for c in contracts if value.contract in (c.__name__, service_of(c))), None)
        site = topologies.site(name, "external", external, "contract")
        if contract is None:
            refusals.append(
                UnknownContract(
                    contract=value.contract,
                    where=f"external `{external}` of topology `{name}`",
                    known=tuple(service_of(contract) for contract in contracts),
                    near=near_misses(value.contract, known),
                    sites=(site,),
                )
            )
        elif (other := answered.setdefault(contract, external)) != external:
            sites = (topologies.site(name, "external", other, "contract"), site)
            by = (f"external service `{other}`", f"external service `{external}`")
            refusals.append(ContractAnsweredTwice(topology=name, contract=contract.__name__, by=by, sites=sites))
    return refusals
