"""Messages and where they belong."""

from __future__ import annotations

import msgspec
import pytest

from app import Message, Secret, Settings
from app.module.message import home_of, wire_name


class Point(Message):
    x: int
    from_: str = msgspec.field(name="from", default="")


class Named(Message, proto="geo.Named"):
    name: str


def test_a_message_is_immutable_and_compares_by_value() -> None:
    point = Point(x=1)
    with pytest.raises(AttributeError):
        point.x = 2  # pyright: ignore[reportAttributeAccessIssue]
    assert point == Point(x=1)
    assert hash(point) == hash(Point(x=1))


def test_a_message_keeps_its_protobuf_name_and_its_subclass_does_not() -> None:
    class Other(Named):
        pass

    assert Named.__proto__ == "geo.Named"
    assert Other.__proto__ == ""


def test_a_trailing_underscore_is_for_python_only() -> None:
    assert wire_name("from_") == "from"
    assert wire_name("_private_") == "_private_"


@pytest.mark.parametrize(
    ("python_module", "home"),
    [
        ("modules.catalog.contract", "catalog"),
        ("modules.catalog.features.get_product", "catalog"),
        ("modules.adder", "adder"),
        ("shop.catalog.contract", "catalog"),
        ("adder", "adder"),
        ("tests.parity.sample", "sample"),
    ],
)
def test_the_home_of_a_python_module_is_its_package_under_modules(python_module: str, home: str) -> None:
    assert home_of(python_module) == home


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "hunter2"
    assert secret == Secret("hunter2")
    assert len({secret, Secret("hunter2")}) == 1


def test_settings_are_frozen_keyword_only_and_closed() -> None:
    class Section(Settings):
        size: int = 3

    with pytest.raises(TypeError):
        Section(4)  # pyright: ignore[reportCallIssue]
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert({"colour": 1}, Section)
