"""JavaScript and a process of the shop, as it is started in production: over a unix socket, over TCP, and over TLS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.calling.lean.tls import Tls, TlsFiles

from ..e2e.shop import PATIENCE, Ports, start
from ..host.calling.lean.test_tls import Authority
from ..host.calling.placing import KEY
from .node import Failed, Node, at, javascript_answers, python_answers, python_calls

SECRET = "a key of the deployment, ünlike others"


def shown(files: TlsFiles) -> dict[str, str]:
    """What Node shows and whom it believes."""
    read = (files.certificate, files.private_key, files.authority)
    return dict(zip(("cert", "key", "ca"), (file.read_text() for file in read), strict=True))


@asynccontextmanager
async def currency(folder: Path, address: str) -> AsyncGenerator[None]:
    """The shop's process that converts amounts, where its peers find it."""
    words = ["run", "--topology", "microservices", "--process", "currency"]
    shop = start(folder, words, PANGAEA_ADDRESS_CURRENCY=address, PANGAEA_DEPLOYMENT_KEY=SECRET)
    try:
        yield
    finally:
        shop.process.terminate()
        try:
            await asyncio.to_thread(shop.process.wait, PATIENCE)
        finally:
            if shop.process.poll() is None:
                shop.process.kill()
                shop.process.wait()


async def connected(node: Node, address: str, **given: Any) -> Any:
    """Connect once it answers."""
    while True:
        try:
            return await node.ask("connect", on="shop", at=at(address), key=SECRET, **given)
        except Failed as failed:
            assert failed.code in (None, 14)  # not there, or not ready yet
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("over", ["unix", "tcp"])
async def test_javascript_calls_a_process_of_the_shop(node: Node, tmp_path: Path, over: str) -> None:
    ports = Ports(1)
    address = f"unix:{tmp_path}/currency" if over == "unix" else f"127.0.0.1:{ports.numbers[0]}"
    async with currency(tmp_path, address):
        told = await connected(node, address)
        assert told["services"][0][0] == "hipstershop.CurrencyService"
        codes = await node.ask("call", on="shop", method="hipstershop.CurrencyService/GetSupportedCurrencies")
        assert "EUR" in codes["currency_codes"]
        euros = {"currency_code": "EUR", "units": 10, "nanos": 0}
        request = {"from": euros, "to_code": "EUR"}
        assert await node.ask("call", on="shop", method="hipstershop.CurrencyService/Convert", request=request) == euros
        with pytest.raises(Failed) as failed:
            request["to_code"] = "XYZ"
            await node.ask("call", on="shop", method="hipstershop.CurrencyService/Convert", request=request)
        assert (failed.value.code, failed.value.declared) == (3, "hipstershop.UnknownCurrency")
        assert failed.value.fields == {"currency_code": "XYZ"}


async def test_both_show_a_certificate_of_the_deployments_authority(node: Node, tmp_path: Path) -> None:
    ours, others = Authority(tmp_path / "ours"), Authority(tmp_path / "others")
    here, there = ours.issue("here"), ours.issue("there")
    async with python_answers(tls=Tls(here)) as server:
        await node.ask("connect", on="py", at=at(server), key=KEY.decode(), tls=shown(there))
        given = {"raw": {"$bytes": "eHh4" * 100_000}}
        got = await node.ask("call", on="py", method="echo.Echo/Everything", request=given)
        assert got["raw"] == given["raw"]
        strange = {**shown(others.issue("strange")), "ca": shown(there)["ca"]}
        with pytest.raises(Failed) as failed:
            await node.ask("connect", on="other", at=at(server), key=KEY.decode(), tls=strange)
        assert failed.value.code is None
    address = await javascript_answers(node, tls=shown(there))
    async with python_calls(address, tls=Tls(here)) as echo:
        assert (await echo.see()).log == ()
