"""Pictures of the modules are complete, well-formed and tidy."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cli import main
from app.cli.graphing.drawing import Arrow, Box, Drawing, Group
from app.cli.graphing.layers import Bend, lay_out
from app.cli.graphing.svg import svg
from app.cli.graphing.text import dot, mermaid

ROOT = Path(__file__).parents[3]
SVG = "{http://www.w3.org/2000/svg}"

CART = Box("cart", "cart", "module", ("Carts",))
CATALOG = Box("catalog", "catalog", "module", ("Catalog", "CatalogAdmin"))
PAYMENT = Box("external payment", "payment", "external", ("Payments",))
EDGE = Box("the edge of edge", "HTTP · gRPC", "edge", ("everything",))
SHOP = Drawing(
    "shop",
    (
        Group("edge", "edge", (EDGE,), framed=True),
        Group("store", "store × 2", (CART, CATALOG), framed=True),
        Group("external payment", "", (PAYMENT,), framed=False),
    ),
    (
        Arrow("the edge of edge", "cart", forwards=True),
        Arrow("the edge of edge", "catalog", forwards=True),
        Arrow("cart", "catalog", ("Catalog",)),
        Arrow("cart", "external payment", ("Payments",)),
    ),
)


def test_mermaid_names_every_box_group_and_arrow() -> None:
    assert (
        mermaid(SHOP)
        == """\
flowchart LR
  subgraph p0["edge"]
    m0(["HTTP · gRPC<br>everything"])
  end
  subgraph p1["store × 2"]
    m1["cart<br>Carts"]
    m2["catalog<br>Catalog<br>CatalogAdmin"]
  end
  m3[/"payment<br>Payments"/]
  m0 -.-> m1
  m0 -.-> m2
  m1 -->|Catalog| m2
  m1 -->|Payments| m3
"""
    )


def test_dot_names_every_box_group_and_arrow() -> None:
    text = dot(SHOP)
    assert text.startswith('digraph "shop" {\n  rankdir=LR;\n')
    assert 'subgraph "cluster_store" {\n    label="store × 2";' in text
    assert '"catalog" [label="catalog\\nCatalog\\nCatalogAdmin"];' in text
    assert '"cart" -> "catalog" [label="Catalog"];' in text
    assert '"the edge of edge" -> "cart" [style=dashed];' in text
    assert text.count("{") == text.count("}")


def test_words_that_formats_would_stumble_over_are_escaped() -> None:
    odd = Drawing(
        'a"b', (Group("g", 'say "hi" <now> & then', (Box("x", 'x"y', "module", ("A<B>",)),), framed=True),), ()
    )
    assert "#quot;hi#quot;" in mermaid(odd)
    assert '\\"hi\\"' in dot(odd)
    assert ElementTree.fromstring(svg(odd)).findtext(f"{SVG}title") == 'a"b'


def test_svg_shows_every_text_and_every_arrow() -> None:
    root = ElementTree.fromstring(svg(SHOP))
    texts = {element.text for element in root.iter(f"{SVG}text")}
    assert {"cart", "Carts", "catalog", "CatalogAdmin", "payment", "HTTP · gRPC", "store × 2", "edge"} <= texts
    arrows = [path for path in root.iter(f"{SVG}path") if path.get("marker-end")]
    assert len(arrows) == len(SHOP.arrows)


def _rectangles(text: str, *kinds: str) -> list[tuple[float, float, float, float]]:
    return [
        (float(r.get("x", 0)), float(r.get("y", 0)), float(r.get("width", 0)), float(r.get("height", 0)))
        for r in ElementTree.fromstring(text).iter(f"{SVG}rect")
        if r.get("class") in kinds
    ]


def _apart(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> bool:
    return (
        one[0] + one[2] <= two[0] or two[0] + two[2] <= one[0] or one[1] + one[3] <= two[1] or two[1] + two[3] <= one[1]
    )


ANY = settings(deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
"""How fast the machine is, is no matter here."""

names = st.integers(min_value=1, max_value=12).map(lambda count: [f"module{n}" for n in range(count)])


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Any modules, needing each other any way round, in any processes."""
    modules = draw(names)
    pairs = st.tuples(st.sampled_from(modules), st.sampled_from(modules)).filter(lambda pair: pair[0] != pair[1])
    arrows = draw(st.lists(pairs, max_size=20, unique=True)) if len(modules) > 1 else []
    homes = {module: draw(st.integers(0, 4)) for module in modules}
    groups = tuple(
        Group(
            f"p{home}", f"p{home}", tuple(Box(m, m, "module", (m.title(),)) for m in modules if homes[m] == home), True
        )
        for home in sorted(set(homes.values()))
    )
    return Drawing("any", groups, tuple(Arrow(s, t, (t.title(),)) for s, t in arrows))


@ANY
@given(drawings())
def test_nothing_lies_upon_anything_else_and_all_lies_inside(drawing: Drawing) -> None:
    text = svg(drawing)
    root = ElementTree.fromstring(text)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for kind in ("module", "group"):
        rectangles = _rectangles(text, kind)
        assert all(_apart(one, two) for one, two in combinations(rectangles, 2))
        assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in rectangles)


@ANY
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_arrows_lead_to_the_right_through_every_layer_unless_they_close_a_cycle(arrows: list[tuple[int, int]]) -> None:
    layout = lay_out(dict.fromkeys(range(10), 20.0), arrows, 10.0)
    layer = {item: number for number, items in enumerate(layout.layers) for item in items}
    assert len(layer) == sum(map(len, layout.layers))
    for (source, target), way in layout.chains.items():
        assert (way[0], way[-1]) == (source, target)
        steps = {layer[two] - layer[one] for one, two in pairwise(way)}
        assert steps in ({1}, {-1})
        assert all(isinstance(item, Bend) for item in way[1:-1])


@ANY
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_items_of_a_layer_keep_their_distance(arrows: list[tuple[int, int]]) -> None:
    layout = lay_out(dict.fromkeys(range(10), 20.0), arrows, 10.0)
    for items in layout.layers:
        for one, two in pairwise(items):
            halves = sum(0.0 if isinstance(item, Bend) else 10.0 for item in (one, two))
            assert layout.middle[two] - layout.middle[one] >= halves + 10.0 - 1e-6


def test_a_chain_is_a_straight_line() -> None:
    layout = lay_out(dict.fromkeys("abc", 20.0), [("a", "b"), ("b", "c")], 10.0)
    assert layout.layers == (("a",), ("b",), ("c",))
    assert len({round(layout.middle[item], 6) for item in "abc"}) == 1


def test_crossings_that_can_be_avoided_are() -> None:
    layout = lay_out(dict.fromkeys("abxy", 20.0), [("a", "y"), ("b", "x")], 10.0)
    order = [
        layout.layers[0].index("a") < layout.layers[0].index("b"),
        layout.layers[1].index("y") < layout.layers[1].index("x"),
    ]
    assert order[0] == order[1]


@pytest.mark.parametrize("format", ["mermaid", "dot", "svg"])
@pytest.mark.parametrize("topology", [None, "monolith", "microservices", "mixed"])
def test_the_projects_own_modules_can_be_drawn(
    format: str, topology: str | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["graph", "--format", format, *(["--topology", topology] if topology else [])]) == 0
    said = capsys.readouterr().out
    for word in ("catalog", "Catalog", "currency", "Carts"):
        assert word in said


def test_the_output_files_name_says_the_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for suffix, beginning in ((".svg", "<svg"), (".dot", "digraph"), (".md", "flowchart")):
        file = tmp_path / f"modules{suffix}"
        assert main(["graph", "-o", str(file)]) == 0
        assert file.read_text().startswith(beginning)
