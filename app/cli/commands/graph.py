"""`pangaea graph`: the modules as a picture."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from ..options import config_options, project


@click.command("graph", short_help="Draw the modules and what runs where.")
@click.option(
    "-f",
    "--format",
    type=click.Choice(("mermaid", "dot", "svg")),
    help="By default what the output file's name says, else mermaid.",
)
@click.option(
    "-t", "--topology", metavar="NAME", help="Show the processes of a plan; without it, the modules by themselves."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
@config_options
def command(
    format: str | None,
    topology: str | None,
    output: Path | None,
    root: Path | None,
    environment: str | None,
    sets: tuple[str, ...],
) -> int:
    """Draw modules, contracts and who needs whom; with --topology, what runs where."""
    from ..graphing.drawing import read_drawing
    from ..graphing.svg import svg
    from ..graphing.text import dot, mermaid

    formats = {"mermaid": mermaid, "dot": dot, "svg": svg}
    by_name = {".svg": "svg", ".dot": "dot", ".gv": "dot"}.get(output.suffix, "mermaid") if output else "mermaid"
    drawn = formats[format or by_name](read_drawing(project(root, environment, sets), topology))
    if output is None:
        click.echo(drawn, nl=False)
    else:
        output.write_text(drawn, "utf-8")
    return 0
