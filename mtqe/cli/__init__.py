"""Command line: one module per command, found by importing this folder; no behaviour of its own."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import click

from mtqe.errors import MtqeError

_USERS_MISTAKE = 2
_INTERRUPTED = 130
# What a shell reports for a program that wrote into a closed pipe.
_BROKEN_PIPE = 141


class _Commands(click.Group):
    """Every module of this folder that is asked for, imported when it is."""

    def list_commands(self, context: click.Context) -> list[str]:
        files = Path(__file__).parent.glob("[a-z]*.py")
        return sorted(file.stem for file in files if file.stem != "options")

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        command: click.Command = import_module(f"mtqe.cli.{name}").command
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("mtqe"), prog_name="mtqe")
def cli() -> None:
    """Judge translations: fluency, adequacy, what is untranslated, whose names are garbled."""


def main() -> None:
    """Run the command line; exit 0 done, 1 a gate was not met, 2 the user's mistake."""
    try:
        sys.exit(cli.main(sys.argv[1:] or ["--help"], "mtqe", standalone_mode=False) or 0)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        _fail(error.format_message() + (f" See {context.command_path} --help." if context else ""))
    except MtqeError as error:
        _fail(str(error))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        _drop_output()
        sys.exit(_BROKEN_PIPE)


def _fail(message: str) -> None:
    print(f"mtqe: {message}", file=sys.stderr)  # noqa: T201
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()
    sys.exit(_USERS_MISTAKE)


def _drop_output() -> None:
    """What can't be written goes nowhere: Python would complain once more when it closes the stream."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
