"""Every refusal has its smallest wrong program: `<room>/<case>.py` with `wrong()`, which must be refused in the words
of its `EXPECTED`. A file's own path is written there as its name alone; `wrong` may be async, and may take a `tmp_path`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.telling.drawing import draw
from app.telling.refusals import Refused

HERE = Path(__file__).parent
CASES = sorted(path for path in HERE.glob("*/*.py") if not path.name.startswith("_"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_wrong_program_is_refused_in_these_words(case: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(HERE.parent.parent)
    program = _load(case)
    with pytest.raises(Refused) as caught:
        _run(program, tmp_path)
    assert _said(caught.value, case, tmp_path) == textwrap.dedent(program.EXPECTED).strip()


def _load(case: Path) -> ModuleType:
    name = f"refusals_{case.parent.name}_{case.stem}"
    spec = importlib.util.spec_from_file_location(name, case)
    assert spec is not None
    assert spec.loader is not None
    program = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


def _run(program: ModuleType, tmp_path: Path) -> None:
    given = {"tmp_path": tmp_path} if inspect.signature(program.wrong).parameters else {}
    result = program.wrong(**given)
    if inspect.iscoroutine(result):
        asyncio.run(result)


def _said(refused: Refused, case: Path, tmp_path: Path) -> str:
    said = draw(refused.refusals)
    for path in (str(case), str(case.relative_to(HERE.parent.parent))):
        said = said.replace(path, case.name)
    return said.replace(f"{tmp_path}/", "").strip()
