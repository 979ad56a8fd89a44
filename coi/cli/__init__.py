"""The `coi` command: a table of sub-commands, each imported only when it runs.

A sub-command is the value `command` of its module. What can be explained is one sentence, a code
and the next step on standard error, with exit status 1; wrong usage has exit status 2.
"""

import gc
import importlib
from collections.abc import Mapping
from importlib.util import find_spec

import click

from coi.errors import CoiError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("coi.cli.init", "Set up an instance: folder, database, first user."),
    "users": ("coi.cli.users", "Add people, and say what each may do."),
    "programs": ("coi.cli.programs", "Let programs act under names and tokens of their own."),
    "sites": ("coi.cli.sites", "Register sites and their units."),
    "bench": ("coi.cli.bench", "Register benches; sign the changeover between two therapies."),
    "equipment": ("coi.cli.equipment", "Register equipment; enter the end of its calibration."),
    "approve": ("coi.cli.approve", "Approve label templates, qualify shippers."),
    "keys": ("coi.cli.keys", "Give out, put back and try the key of the identity vault."),
    "erase": ("coi.cli.erase", "Erase who a patient is, once the law no longer keeps it."),
    "clock": ("coi.cli.clock", "Record that a clock which went back was checked."),
    "import": ("coi.cli.import_", "Take in orders, sites and people from a table."),
    "scan": ("coi.cli.scan", "Say what a scanned code means."),
    "act": ("coi.cli.act", "Take an action of a therapy."),
    "therapy": ("coi.cli.therapy", "Show therapies: what stands where, and what may happen next."),
    "review": ("coi.cli.review", "Sign that the audit trail of a therapy was reviewed."),
    "incident": ("coi.cli.incident", "Report that two therapies were taken for each other."),
    "stop-ship": ("coi.cli.stop_ship", "Stop every therapy that a lot, a unit or a site is about."),
    "label": ("coi.cli.label", "Print labels and wristbands."),
    "report": ("coi.cli.report", "Write the documents of a therapy."),
    "record": ("coi.cli.record", "Write the whole record of one therapy into a file."),
    "export": ("coi.cli.export", "Write a list into a file for a spreadsheet."),
    "serve": ("coi.cli.serve", "Serve the pages."),
    "webhooks": ("coi.cli.webhooks", "Tell other programs of what happens."),
    "deliver": ("coi.cli.deliver", "Send what waits for webhooks."),
    "printers": ("coi.cli.printers", "List printers, ask one how it is, print a test."),
    "print": ("coi.cli.print_", "Send the labels that wait for printers."),
    "checkpoint": ("coi.cli.checkpoint", "Take entries into the tree, and sign how large it is."),
    "prove": ("coi.cli.prove", "Prove that a therapy's entries stand in what was signed."),
    "verify": ("coi.cli.verify", "Prove that the record is whole and unchanged."),
    "backup": ("coi.cli.backup", "Copy the record while the pages are served."),
    "restore": ("coi.cli.restore", "Make an instance from a backup, in a fresh place."),
    "restored": ("coi.cli.restored", "Sign that a record which is older than it was goes on."),
    "archive": ("coi.cli.archive", "Try whether archived records can be read; sign for that."),
    "drill": ("coi.cli.drill", "Try a backup: restore it aside, prove it, record the result."),
    "doctor": ("coi.cli.doctor", "Look whether the installation is as it should be."),
    "qualify": ("coi.cli.qualify", "Show that it is as released, and that its rules hold."),
    "upgrade": ("coi.cli.upgrade", "Bring the tables of a record to this version."),
    "workflow": ("coi.cli.workflow", "List, check, show and draw workflow definitions."),
    "demo": ("coi.cli.demo", "Fill an instance with invented therapies, to try things."),
}

_SELDOM = (20_000, 10, 10)
"""How seldom garbage is looked for, in commands and in the server.

To look for it after each 700 new objects takes a fifth of the time of a start, which makes none.
"""

gc.set_threshold(*_SELDOM)


class LazyGroup(click.Group):
    """A group that knows its sub-commands by a table, and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The sub-commands that this installation has, in the order of the table."""
        del ctx
        return [name for name, (module, _help) in COMMANDS.items() if find_spec(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The sub-command, imported now; None when there is none of this name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _help = COMMANDS[cmd_name]
        command: click.Command = importlib.import_module(module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of sub-commands from the table, importing none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        """Run a sub-command; say what went wrong in words, and leave the trace to --debug."""
        try:
            return super().invoke(ctx)
        # These are no faults: click tells wrong usage itself, and `head` closes the pipe.
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except CoiError as error:
            click.echo(f"{error.sentence}\n{error.next_step} [{error.code}]", err=True)
        # The message of an error that nobody foresaw may quote what was typed, such as a name.
        except Exception as error:
            if ctx.params["debug"]:
                raise
            click.echo(f"Unexpected error: {type(error).__name__}.", err=True)
            click.echo("Run it again as `coi --debug …` and report what it prints.", err=True)
        return ctx.exit(1)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the full trace of an unexpected error.")
def main(*, debug: bool) -> None:
    """Chain of identity and chain of custody for autologous cell therapy."""
    del debug  # `LazyGroup.invoke` reads it from the context.
