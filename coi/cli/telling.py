"""Tell a person what was recorded, or every reason why nothing was."""

from collections.abc import Iterable

import click

from coi.errors import Reason
from coi.services.accounts import SECRET_LASTS
from coi.services.receipts import Receipt
from coi.services.seen import ASK_QA, ReadOnly
from coi.services.therapies import TherapyView
from workflows.facts import Subject


def tell_refusals(title: str, refusals: Iterable[Reason], *, recorded: bool = True) -> None:
    """Each refusal on lines of its own: code, sentence, next step."""
    click.echo(f"REFUSED: “{title}”", err=True)
    for refusal in refusals:
        click.echo(f"  {refusal.code}: {_ended(refusal.sentence)}", err=True)
        click.echo(f"    → {_ended(refusal.next_step)}", err=True)
    click.echo("The attempt is on record." if recorded else "Nothing was saved.", err=True)


def tell_receipt(title: str, receipt: Receipt, view: TherapyView) -> None:
    """What was recorded, what came into being, which labels were issued, what to notice."""
    click.echo(f"Recorded: “{title}”, entry {receipt.seq} of {receipt.coi} ({receipt.hash[:16]}…)")
    for subject in receipt.born:
        machine = view.workflow.machines[view.subjects[subject].machine]
        click.echo(f"  new        {subject}  {machine.title.lower()}")
    for serial, subject in receipt.labels:
        click.echo(f"  label      {serial}  for {subject}")
    if receipt.wristband:
        click.echo(f"  wristband  {receipt.wristband}")
    for notice in receipt.notices:
        click.echo(f"  notice     {notice}")


def tell_secret(username: str, secret: str) -> None:
    """A one-time secret, and what it is good for."""
    click.echo(f"One-time secret of {username}: {secret}")
    # Only its hash is kept: nobody can show it a second time.
    click.echo(f"It is shown this once, and good for {SECRET_LASTS.days} days and one thing:")
    click.echo(
        f"to choose a password, on the pages or with `coi users set-password --as {username}`."
    )


def tell_standstill(why: str) -> None:
    """Say that the record is only read, and why, where it is."""
    if why:
        click.echo(f"This record is read and not written: {why}.", err=True)
        click.echo(f"{ASK_QA} [{ReadOnly.code}]", err=True)


def _ended(sentence: str) -> str:
    """The sentence with a full stop."""
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."


def holder_of(view: TherapyView, subject: Subject) -> str:
    """Who has it: a unit, or the patient; '' when nobody can have it any more."""
    position = subject.position
    if position.holder == view.therapy.patient:
        return "the patient"
    is_gone = view.workflow.machines[subject.machine].states[position.state].final
    return "" if is_gone or position.holder == "-" else position.holder
