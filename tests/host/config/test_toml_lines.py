"""Lines: each key of a TOML file is found where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config.toml_lines import line_of, read_toml

TEXT = '''# a comment with [brackets]
top = 1

[table]  # a comment
plain = "= [not.a.table]"
dotted.inner = 2
inline = { first = 1, second = { third = 3 } }
text = """
[no.table]
fake = 1
"""
list = [
    "a",  # [no.table]
    "b",
]
after = true

[table."quoted.key".below]
"a b" = 1

[[many]]
name = "x"
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("top", 2),
        ("table", 4),
        ("table/plain", 5),
        ("table/dotted", 6),
        ("table/dotted/inner", 6),
        ("table/inline/second/third", 7),
        ("table/text", 8),
        ("table/fake", 4),
        ("table/list", 12),
        ("table/after", 16),
        ("table/quoted.key", 18),
        ("TABLE/quoted.key/below/a b", 19),
        ("many", 21),
        ("many/name", 22),
        ("nowhere", 0),
    ],
)
def test_a_key_is_found_on_its_line(tmp_path: Path, key: str, line: int) -> None:
    path = tmp_path / "x.toml"
    path.write_text(TEXT)
    read_toml(path)
    assert line_of(path, tuple(key.split("/"))) == line


def test_a_file_that_is_gone_has_no_lines(tmp_path: Path) -> None:
    assert line_of(tmp_path / "gone.toml", ("a",)) == 0
