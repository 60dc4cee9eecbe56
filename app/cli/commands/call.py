"""`pangaea call Catalog.get_product id=…`: one call from the command line."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from ..options import config_options, json_option, project, topology_option

if TYPE_CHECKING:
    from ...calling.lean.tls import Tls
    from ...module.failure import Failure
    from ...module.spec import ContractSpec, MethodSpec
    from ..contract_names import Answerer


@click.command("call", short_help="Call a contract's method.")
@click.argument("method", metavar="CONTRACT.METHOD")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("-a", "--address", metavar="ADDRESS", help="Where it is answered; by default the topology's gRPC edge.")
@click.option("-d", "--deadline", type=click.FloatRange(min=0, min_open=True), default=30.0, show_default=True,
              metavar="SECONDS", help="How long the answer may take.")  # fmt: skip
@click.option("--data", metavar="JSON", help="The request as JSON; @FILE reads a file, - reads stdin.")
@click.option("--foreign", is_flag=True, help="The address is that of a service that is not a Pangaea.")
@json_option
@topology_option
@config_options
def command(
    method: str,
    values: tuple[str, ...],
    address: str | None,
    deadline: float,
    data: str | None,
    foreign: bool,
    as_json: bool,
    topology: str,
    root: Path | None,
    environment: str | None,
    sets: tuple[str, ...],
) -> int:
    """Call a contract's method and print its answer as JSON; a stream item by item.

    Values are converted to what the method takes: `pangaea call Carts.add_item user_id=u1 item.product_id=66VCHSJNUP
    item.quantity=2`. A stream of requests is read from --data, one JSON object a line. With only a contract, its
    methods are listed.
    """
    from ...host.key import deployment_key
    from ...host.secure import peers_tls
    from ...module.failure import Failure
    from ..contract_names import Answerer, find_answerer, find_contract, find_method
    from ..values import request_of

    found = project(root, environment, sets)
    name, dot, last = method.rpartition(".")
    if not dot or method.lower() in _services(found, method):
        return _list(find_contract(found, method))
    spec = find_method(find_contract(found, name), last)
    text = _read(data)
    if spec.streams_in:
        requests = [request_of(spec, (), line) for line in (text or "").splitlines() if line.strip()]
        requests += [request_of(spec, values)] if values else []
    else:
        requests = [request_of(spec, values, text)]
    answerer = Answerer(address, foreign) if address else find_answerer(found, topology, _contract(spec))
    config = found.config()
    key = deployment_key(config) if answerer.transport == "lean" else None
    if config.deployment.key is not None:
        key = config.deployment.key.reveal().encode()
    tls = peers_tls(config) if answerer.transport == "lean" else None
    try:
        asyncio.run(_call(spec, requests, answerer, deadline, key, tls, as_json))
    except Failure as failure:
        return _failed(failure, answerer, as_json)
    return 0


def _services(found: Any, name: str) -> set[str]:
    """Whether a dotted name is a whole service rather than a contract and a method."""
    from ...placing.places import service_of
    from ...telling.refusals import Refused

    services: set[str] = set()
    for package in found.found.packages:
        try:
            services |= {service_of(contract).lower() for contract in found.found.contracts(package)}
        except Refused:
            continue
    return services


def _contract(method: MethodSpec) -> ContractSpec:
    from ...module.spec import spec_of

    return spec_of(method.contract)


def _read(data: str | None) -> str | None:
    if data == "-":
        return sys.stdin.read()
    if data is not None and data.startswith("@"):
        try:
            return Path(data[1:]).read_text("utf-8")
        except OSError as error:
            raise click.UsageError(f"{data[1:]} cannot be read: {error.strerror}") from None
    return data


def _list(spec: ContractSpec) -> int:
    from ..output import table
    from ..values import usage

    rows = [(usage(method), method.doc.partition("\n")[0]) for method in spec.methods.values()]
    table((spec.service, ""), rows)
    return 0


async def _call(
    method: MethodSpec,
    requests: list[Any],
    answerer: Answerer,
    deadline: float,
    key: bytes | None,
    tls: Tls | None,
    as_json: bool,
) -> None:
    from ...calling.connect import connect
    from ..values import arguments_of

    async with connect(
        method.contract,
        answerer.address,
        deadline=deadline,
        key=key,
        foreign=answerer.foreign,
        transport=answerer.transport,
        tls=tls,
    ) as client:
        function = getattr(client, method.name)
        if method.streams_in:  # noqa: SIM108  # two ways of calling, not two values
            answer = function(_each(requests))
        else:
            answer = function(**arguments_of(method, requests[0]))
        if method.streams_out:
            async for item in answer:
                _show(item, as_json)
        else:
            _show(await answer, as_json)


async def _each(requests: list[Any]) -> AsyncIterator[Any]:
    for request in requests:
        yield request


def _show(answer: Any, as_json: bool) -> None:
    import msgspec

    encoded = msgspec.json.encode(answer, enc_hook=str)
    if as_json:
        sys.stdout.write(encoded.decode() + "\n")
    elif answer is None:
        print("done", file=sys.stderr)
    elif sys.stdout.isatty():
        from ..output import console

        console().print_json(encoded.decode())
    else:
        sys.stdout.write(msgspec.json.format(encoded, indent=2).decode() + "\n")
    sys.stdout.flush()


def _failed(failure: Failure, answerer: Answerer, as_json: bool) -> int:
    from ...module.failure import Unavailable
    from ..output import put_json

    name = type(failure).__name__
    if as_json:
        fields = {field: getattr(failure, field) for field in failure.__fields__}
        put_json({"ok": False, "kind": failure.kind, "failure": name, "text": failure.text, "fields": fields})
    print(f"{failure.kind}: {failure.text or name}.".replace("..", "."), file=sys.stderr)
    if isinstance(failure, Unavailable):
        print(
            f"   fix: see that something answers at {answerer.address} (`pangaea run`, `pangaea up`), or name another "
            "place with --address.",
            file=sys.stderr,
        )
    return 1
