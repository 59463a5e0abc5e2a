"""Verb: the front door. Every verb is thin: it reads flags, calls a room, and prints what came back."""

import importlib
import os
import sys
from pathlib import Path
from typing import Any, Final

import click

from streams import __version__
from streams.native import described
from streams.settings import Settings, SettingsError, load_settings

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INTERRUPTED: Final = 130
EXIT_BROKEN_PIPE: Final = 141

# Each verb lives in a module that is loaded only when the verb is called: `tocsin analyze` must not wait for Faust.
_VERBS: Final = {
    "up": ("local", "Run everything in one go and print each alert."),
    "broker": ("local", "Run a local broker in the foreground."),
    "topics": ("kafka", "Show or make the topics that are missing or differ."),
    "worker": ("kafka", "Run one worker: triage or consolidate."),
    "produce": ("kafka", "Send article lines to the article topic."),
    "watch": ("watch", "Follow the alert topics."),
    "incidents": ("incidents", "List the incidents as they stand, or stood."),
    "history": ("incidents", "Tell the story of one incident."),
    "orders": ("orders", "Merge and split incidents, take it back, and list what was ordered."),
    "dead-letters": ("dead_letters", "List, show and replay what was refused."),
    "analyze": ("articles", "Read articles and print what each one says."),
    "explain": ("explain", "Show why an article alerts, or why not."),
    "replay": ("articles", "Run articles through the whole way, without Kafka."),
    "article": ("articles", "Make an article line of a plain text."),
    "families": ("explain", "Print precision and recall on the families of hard cases."),
    "console": ("console", "Serve the web page for the people on call."),
    "feed": ("feed", "Publish the articles of RSS, Atom and JSON feeds."),
    "notify": ("notify", "Tell receivers outside of Kafka of alerts."),
    "config": ("config", "Check or show the settings."),
}


class Verbs(click.Group):
    """A click group that imports the module of a verb when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, in the order of a newcomer's way."""
        del ctx
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command ``cmd_name``; None where there is none."""
        del ctx
        if cmd_name not in _VERBS:
            return None
        module = importlib.import_module(f"streams.cli.{_VERBS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs from the table, without importing anything."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(verb, summary) for verb, (_, summary) in _VERBS.items()])


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="tocsin", message=f"%(prog)s, version %(version)s ({described()})")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="TOML file with settings; TOCSIN_… variables go before it.",
)
@click.pass_context
def tocsin(ctx: click.Context, config_file: Path | None) -> None:
    """Tocsin reads news from Kafka and publishes one consolidated alert per terror, shooter or lockdown incident.

    Example: tocsin up --samples
    """
    ctx.obj = config_file


def settings_of(ctx: click.Context, **overrides: Any) -> Settings:
    """The settings of this call: flags over environment over file. Exits with 2 and every fault when there are any."""
    try:
        return load_settings(file=ctx.find_root().obj, **overrides)
    except SettingsError as error:
        lines = "\n".join(f"  - {fault}" for fault in error.faults)
        raise click.UsageError(f"{len(error.faults)} fault(s) in the configuration:\n{lines}") from None


def main() -> None:
    """Run the command line and exit as a shell user expects: 0 done, 1 failed, 2 misused, 130 Ctrl-C, 141 no reader."""
    code = 0
    try:
        # Not `tocsin.main`: that turns a broken pipe into an exit with 1 before we see it.
        with tocsin.make_context("tocsin", sys.argv[1:]) as context:
            tocsin.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BrokenPipeError:
        # `| head` went away. Point stdout elsewhere, or the interpreter complains again while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_BROKEN_PIPE
    sys.exit(code)
