"""A PostgreSQL server that stops answering in the middle: starting and stopping do not wait for it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from app.config.sections import Database as Section
from app.storing.pools import Pools
from app.telling.refusals import Refused


async def test_a_server_that_hangs_while_it_is_asked_is_refused_in_time(postgres_url: str) -> None:
    with hanging(postgres_url, b"to_regclass") as url:
        pools = Pools(Section(url=url), Path("unused"), within=0.2)
        pools.database("cart")
        with pytest.raises(Refused, match="it does not answer"):
            async with asyncio.timeout(10):
                await pools.open()


async def test_closing_does_not_wait_for_a_server_that_hangs(postgres_url: str) -> None:
    with hanging(postgres_url, b"41 + 1") as url:
        pools = Pools(Section(url=url), Path("unused"))
        database = pools.database("cart")
        await pools.open()
        async with asyncio.timeout(10):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await database.fetch(text("SELECT 41 + 1"))
            await pools.close()


@contextmanager
def hanging(url: str, word: bytes) -> Generator[str]:
    """A way to a PostgreSQL server that passes nothing on any more once the word has come by."""
    folder, name = url.rpartition("host=")[2], url.partition("@/")[2].partition("?")[0]
    stuck, threads = threading.Event(), list[threading.Thread]()
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def pass_on(source: socket.socket, target: socket.socket) -> None:
            with suppress(OSError):
                while data := source.recv(65536):
                    if word in data:
                        stuck.set()
                    if not stuck.is_set():
                        target.sendall(data)

        def accept() -> None:
            while True:
                client, _ = listening.accept()
                if done or stuck.is_set():
                    client.close()
                    if done:
                        return
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(f"{folder}/.s.PGSQL.5432")
                for one, other in ((client, server), (server, client)):
                    stack.enter_context(one)
                    threads.append(threading.Thread(target=pass_on, args=(one, other)))
                    threads[-1].start()
                    stack.callback(lambda end=one: _shut(end))

        done = False
        threads.append(threading.Thread(target=accept))
        threads[0].start()
        port = listening.getsockname()[1]
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/{name}?sslmode=disable"
        finally:
            done = True
            socket.create_connection(("127.0.0.1", port)).close()
            threads[0].join()
    for thread in threads:
        thread.join()


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
