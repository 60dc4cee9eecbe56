"""Type checkers see what authors write: what fits is accepted, what does not is refused in words that help."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
EXPECTED = re.compile(r"# refused: (?P<words>.+)$")

Said = dict[str, dict[int, str]]


@cache
def said() -> Said:
    """File name -> line -> everything that basedpyright has against it, from one run over both folders."""
    checker = Path(sys.executable).parent / "basedpyright"
    folders = [HERE / "accepted", HERE / "refused"]
    done = subprocess.run([checker, "--outputjson", *folders], cwd=ROOT, capture_output=True, text=True, check=False)
    found: Said = defaultdict(lambda: defaultdict(str))
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] >= 3, done.stdout
    for one in report["generalDiagnostics"]:
        if one["severity"] == "error":
            file = Path(one["file"]).relative_to(HERE).as_posix()
            found[file][one["range"]["start"]["line"] + 1] += one["message"].replace("\xa0", " ") + "\n"
    return found


def files(folder: str) -> list[str]:
    return sorted(path.relative_to(HERE).as_posix() for path in (HERE / folder).glob("*.py"))


@pytest.mark.parametrize("file", files("accepted"))
def test_what_fits_is_accepted(file: str) -> None:
    assert said()[file] == {}


@pytest.mark.parametrize("file", files("refused"))
def test_what_does_not_fit_is_refused_where_it_stands(file: str) -> None:
    lines = enumerate((HERE / file).read_text().splitlines(), 1)
    expected = {number: found["words"] for number, line in lines if (found := EXPECTED.search(line))}
    assert set(said()[file]) == set(expected)
    for number, words in expected.items():
        assert words in said()[file][number]
