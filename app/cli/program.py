"""The program behind the command line: its commands, imported when they are asked for, and how its errors are told."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import rich_click as click
from click.exceptions import Exit

from ..module.failure import Failure
from ..telling.drawing import near_misses
from ..telling.refusals import Refused
from . import FAILED, INTERRUPTED, OK, REFUSED
from .output import show_refused

COMMANDS = {
    "run": "run",
    "up": "up",
    "dev": "dev",
    "check": "check",
    "graph": "graph",
    "contracts": "contracts",
    "call": "call",
    "db": "db",
    "config": "config",
    "new": "new",
    "split": "split",
}
"""Command -> its file in app/cli/commands."""

EPILOG = "Exit codes: 0 all went well · 1 something failed · 2 refused, or used wrongly · 130 interrupted."


class Program(click.RichGroup):
    """Imports a command's file when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(f".commands.{COMMANDS[cmd_name]}", __package__).command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(unknown("command", args[0], list(COMMANDS)))
        return super().resolve_command(ctx, args)


def unknown(kind: str, name: str, known: Sequence[str]) -> str:
    """`there is no command `chek`; did you mean `check`?`"""
    near = near_misses(name, known)
    return f"there is no {kind} `{name}`; " + (
        f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(known)}"
    )


@click.group(cls=Program, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pangaea", message="pangaea %(version)s")
def program() -> None:
    """One codebase, one process or many, by configuration."""


def run_program(arguments: list[str]) -> int:
    """Run a command; returns its exit code."""
    try:
        result = program.main(arguments, prog_name="pangaea", standalone_mode=False)
        return result if isinstance(result, int) else OK
    except Refused as refused:
        show_refused(refused, as_json="--json" in arguments)
        return REFUSED
    except Exit as left:
        return left.exit_code
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as wrong:
        return _misused(wrong)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Failure as failure:
        print(f"{failure.kind}: {failure.text or type(failure).__name__}", file=sys.stderr)
        return FAILED
    except OSError as error:
        if not error.filename or not error.strerror:
            return _broke(error)
        print(f"{error.filename}: {error.strerror.lower()}.", file=sys.stderr)
        return FAILED
    except Exception as error:
        return _broke(error)


def _misused(wrong: click.ClickException) -> int:
    text = wrong.format_message()
    print(text if text.endswith((".", "?")) else f"{text}.", file=sys.stderr)
    context = getattr(wrong, "ctx", None)
    if context is not None:
        print(f"   help: {context.command_path} --help", file=sys.stderr)
    return wrong.exit_code


def _broke(error: Exception) -> int:
    """What nobody foresaw: a sentence; the traceback for whoever asks."""
    if os.environ.get("PANGAEA_TRACEBACK"):
        raise error
    said = str(error).strip().splitlines()
    print(f"{type(error).__name__}: {said[0]}" if said else type(error).__name__, file=sys.stderr)
    print("   this was not foreseen; PANGAEA_TRACEBACK=1 shows where it happened.", file=sys.stderr)
    return FAILED
