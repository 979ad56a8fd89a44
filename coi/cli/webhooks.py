"""`coi webhooks`: which programs are told of what happens, and what became of the messages."""

import click

from coi.cli.asking import WHY, as_user, prove
from coi.cli.opening import opened
from coi.services import webhook_list
from coi.services import webhooks as use_cases
from coi.services.event_kinds import EVERY
from coi.services.webhooks import NewWebhook, Replay, Secret

as_administrator = as_user("The administrator who does this.")
WEBHOOK = click.argument("webhook", metavar="ID")


@click.group()
def command() -> None:
    """Tell other programs of what happens; see what was delivered, and send it again."""


@command.command("list")
def list_() -> None:
    """List every webhook, with what waits and what is dead."""
    for one in webhook_list.every_webhook(opened()):
        click.echo(f"{one.id}  {one.host}  {one.state}: {one.waiting} waiting, {one.dead} dead")


@command.command()
def kinds() -> None:
    """List the kinds of events that can be asked for."""
    for kind in EVERY:
        click.echo(kind)


@command.command("open")
@click.argument("url")
@click.option("--name", required=True, help="What listens there.")
@click.option("--site", "sites", multiple=True, help="Only therapies in which it takes part.")
@click.option("--event", "events", multiple=True, help="Only this kind of event.")
@as_administrator
def open_(
    url: str, name: str, sites: tuple[str, ...], events: tuple[str, ...], username: str
) -> None:
    """Tell URL of what happens from now on; prints the secret, this once."""
    installation = opened()
    by = prove(installation, username)
    new, key = NewWebhook(url, name, sites, events), _key(installation.new_id())
    _tell(use_cases.open_webhook(installation, by, new, key=key))


@command.command()
@WEBHOOK
@WHY
@as_administrator
def rotate(webhook: str, why: str, username: str) -> None:
    """Give a webhook a new secret; for a day messages bear both signatures."""
    installation = opened()
    by, key = prove(installation, username), _key(installation.new_id())
    _tell(use_cases.rotate_secret(installation, by, webhook, key=key, why=why))


@command.command()
@WEBHOOK
@as_administrator
def test(webhook: str, username: str) -> None:
    """Send an event that tells of nothing."""
    installation = opened()
    by, key = prove(installation, username), _key(installation.new_id())
    use_cases.send_test(installation, by, webhook, key=key)
    click.echo("It waits to be sent.")


@command.command()
@WEBHOOK
@WHY
@as_administrator
def pause(webhook: str, why: str, username: str) -> None:
    """Send nothing for now; what happens meanwhile waits."""
    installation = opened()
    use_cases.pause(installation, prove(installation, username), webhook, why=why)
    click.echo("Paused.")


@command.command()
@WEBHOOK
@WHY
@as_administrator
def resume(webhook: str, why: str, username: str) -> None:
    """Send again what waits, and what happens from now on."""
    installation = opened()
    use_cases.resume(installation, prove(installation, username), webhook, why=why)
    click.echo("Resumed.")


@command.command()
@WEBHOOK
@WHY
@as_administrator
def remove(webhook: str, why: str, username: str) -> None:
    """Forget a webhook, and everything that was to be sent there."""
    installation = opened()
    use_cases.remove(installation, prove(installation, username), webhook, why=why)
    click.echo("Removed.")


@command.command()
@WEBHOOK
@click.option("--since", default="", metavar="TIME", help="All since this time, not the dead ones.")
@as_administrator
def replay(webhook: str, since: str, username: str) -> None:
    """Send again what is dead, or all that was recorded since a time."""
    installation = opened()
    by, key = prove(installation, username), _key(installation.new_id())
    number = use_cases.replay(installation, by, webhook, Replay(since=since), key=key)
    click.echo(f"Waiting again: {number}.")


def _key(identifier: str) -> str:
    return f"command-line-{identifier}"


def _tell(secret: Secret) -> None:
    """A secret, and that it is shown this once."""
    click.echo(f"Webhook {secret.webhook}")
    click.echo(f"Secret  {secret.text}")
    click.echo("It is shown this once. The receiver checks every message with it.")
