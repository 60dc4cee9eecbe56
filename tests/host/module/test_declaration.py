"""Modules, declared: inert values that know where they stand."""

from __future__ import annotations

from app import Group, GroupByName, Module, provide, supply


def test_a_module_knows_its_name_and_its_place() -> None:
    module = Module()
    assert module.name == "test_declaration"
    assert module.site.file == __file__
    assert module.source == __name__


def test_a_module_may_be_named() -> None:
    assert Module(name="other").name == "other"


def test_the_words_of_a_declaration_know_their_place() -> None:
    word = provide(dict, provides=dict)
    assert word.site.file == __file__
    assert "provide(dict)" in word.site.what
    assert supply(3, provides=(int, object)).provides == (int, object)


def test_groups_are_read_only_collections() -> None:
    assert list(Group([1, 2])) == [1, 2]
    assert GroupByName({"a": 1})["a"] == 1
