"""What a process keeps for its neighbours is closed to everybody else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app import DataFolder, Module
from app.host.folders import closed_folder, kept_key
from app.telling.refusals import Refused
from app.testing import TestHost


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = kept_key(tmp_path / "data" / "deployment.key")
    assert len(key) >= 32
    assert kept_key(tmp_path / "data" / "deployment.key") == key
    assert mode(tmp_path / "data" / "deployment.key") == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["deployment.key"]


def test_a_key_that_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(Refused, match="data cannot be used: file exists"):
        kept_key(tmp_path / "data" / "deployment.key")


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_sockets_lie_where_only_their_owner_can_go(tmp_path: Path, umask: int) -> None:
    folder, before = tmp_path / "run" / "mixed", os.umask(umask)
    try:
        closed_folder(folder)
        folder.chmod(0o755)
        closed_folder(folder)
    finally:
        os.umask(before)
    assert mode(folder) == 0o700


def test_a_folder_that_somebody_else_has_laid_out_is_a_trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(Refused, match="it belongs to somebody else"):
        closed_folder(tmp_path / "run")


def test_a_link_to_elsewhere_is_a_trap(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="it belongs to somebody else"):
        closed_folder(tmp_path / "run")


async def test_a_module_that_asks_is_told_where_files_are_kept(tmp_path: Path) -> None:
    told: list[DataFolder] = []

    def ask(data: DataFolder) -> None:
        told.append(data)

    async with TestHost(Module(name="files", invoke=[ask]), settings={"data.dir": str(tmp_path / "kept")}):
        assert told[0].path == tmp_path / "kept"
        assert not told[0].path.exists()
