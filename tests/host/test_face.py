"""The one face that module authors import."""

from __future__ import annotations

import subprocess
import sys

import pytest

import app


def test_every_name_of_the_face_can_be_had() -> None:
    for name in dir(app):
        assert getattr(app, name) is not None


def test_a_name_it_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Modul"):
        _ = app.Modul


def test_importing_it_loads_nothing_else() -> None:
    code = "import sys, app; print([m for m in sys.modules if m.startswith('app.')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
