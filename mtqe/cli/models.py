"""mtqe models: which models are known, and bringing them here."""

from __future__ import annotations

import sys

import click


@click.group("models", short_help="List, fetch and check models.", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> int:
    """List the models that are known, tell more of one, fetch it, check its files.

    A model is named as in the list, as on the Hugging Face hub ('owner/name', with '@revision'
    behind it for another than the newest), or by the path of its folder. Without a network,
    everything but fetch works.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_models)
    return 0


@command.command("list", short_help="List the known models.")
def list_models() -> int:
    """List the known models: where they are, what they judge by, range, memory, licence."""
    from mtqe.models.hub_show import overview

    click.echo(overview())
    return 0


@command.command("show", short_help="Tell all of a model.")
@click.argument("name")
def show(name: str) -> int:
    """Tell all that is known of the model NAME."""
    from mtqe.models.hub_show import description

    click.echo(description(name))
    return 0


@command.command("fetch", short_help="Fetch models from the hub.")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def fetch(names: tuple[str, ...]) -> int:
    """Fetch each model NAME from the hub, with what it needs.

    What is here is not fetched again, and what broke off goes on. Every file is compared with the hub's
    checksum. HF_TOKEN, HF_ENDPOINT and HF_HOME hold for it as for other programs.
    """
    from mtqe.models.hub_fetch import fetch_model

    for name in names:
        click.echo(str(fetch_model(name, progress=sys.stderr.isatty())))
    return 0


@command.command("verify", short_help="Check a model's files.")
@click.argument("name", metavar="NAME_OR_PATH")
def verify(name: str) -> int:
    """Check every file of a model on this machine; exit with 1 if one is not well.

    Files are compared with their checksums where the hub's cache keeps them, and opened as they are
    for use, without running code. The digest is the one in signatures.
    """
    from mtqe.models.hub_show import verification

    text, well = verification(name)
    click.echo(text)
    return 0 if well else 1
