"""`coi act`: take an action of a therapy."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from coi.cli import words
from coi.cli.asking import as_user, prove, signer_of, somebody_is_there
from coi.cli.completing import Completion, Wish
from coi.cli.opening import opened
from coi.cli.telling import tell_receipt, tell_refusals
from coi.errors import Refused
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.directory import sites_and_units
from coi.services.installation import Installation
from coi.services.proofs import Proven
from coi.services.scanning import Code
from coi.services.step_files import hold_file
from coi.services.therapies import TherapyView, look
from workflows.facts import Mode
from workflows.model import SignatureRule
from workflows.on_paper import END_TRANSCRIPTION

DEVICE = "command line"


@click.command()
@click.argument("coi")
@click.argument("action")
@as_user("Who acts.")
@click.option("--unit", required=True, help="Where it is done.")
@click.option("--scan", "scanned", multiple=True, metavar="CODE", help="What was scanned.")
@click.option("--typed", multiple=True, metavar="CODE", help="A code typed by hand.")
@click.option("--with", "values", multiple=True, metavar="NAME=VALUE", help="What is recorded.")
@click.option("--new", "births", multiple=True, metavar="MACHINE[:NAME=VALUE,…]", help="Born here.")
@click.option("--on", "named", multiple=True, metavar="SUBJECT", help="What carries no label.")
@click.option("--to", "consignee", default="-", metavar="UNIT", help="To whom it goes.")
@click.option("--bench", default="-", callback=words.serial_of, help="Of hands-on work: where.")
@click.option("--sign", "signers", multiple=True, metavar="USER", help="Who signs, in order.")
@click.option("--stated", multiple=True, metavar="USER:FIELD=VALUE,…", help="As the patient says.")
@click.option("--happened-at", callback=words.moment, metavar="TIME", help="If not now.")
@click.option("--late", is_flag=True, help="It has happened; record it as it happened.")
@click.option("--seen", multiple=True, metavar="SUBJECT=TURN", help="How it stood when you looked.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:  # noqa: ANN401 - as click gives them
    """Take an ACTION of the therapy COI, or say every reason why not.

    In a terminal it asks for whatever the action needs and was not given. Passwords are never
    options: the actor's is asked for first, then each signer's, in the order of --sign.

    A value `now` stands for this moment wherever a time is recorded, and `@PATH` for the file that
    lies there wherever a file is.
    """
    installation = opened()
    wish = _wish(given)
    _require_compared(wish)
    actor = prove(installation, wish.username, "who acts")
    view = look(installation, wish.coi)
    rules = _complete(installation, view, wish, actor)
    signers = tuple(signer_of(installation, name, rule) for name, rule in _pairs(wish, rules))
    # Shown here and not by the last handler, since a refusal has several reasons.
    try:
        receipt = take_action(installation, _request(installation, wish), actor, signers)
    except Refused as refused:
        tell_refusals(_title(view, wish.action), refused.refusals)
        ctx.exit(1)
    else:
        tell_receipt(_title(view, wish.action), receipt, look(installation, wish.coi))


def _require_compared(wish: Wish) -> None:
    """Nobody signs here that every step was compared: none of them stands above the signatures.

    Raises:
        UsageError: it is the end of a transcription, which is signed on its page.
    """
    if wish.action == END_TRANSCRIPTION:
        raise click.UsageError(
            "A transcription is ended on the page of the therapy, “Transcription from paper”,"
            " where two compare every step with the paper and sign below."
        )


def _wish(given: dict[str, Any]) -> Wish:
    """The options, each in its parts."""
    return Wish(
        coi=words.coi_of(given["coi"]),
        action=given["action"],
        username=given["username"],
        unit=given["unit"],
        scanned=given["scanned"],
        typed=given["typed"],
        values=dict(map(words.pair, given["values"])),
        births=tuple(map(words.birth, given["births"])),
        named=given["named"],
        consignee=given["consignee"],
        bench=given["bench"],
        signers=given["signers"],
        stated=tuple(map(words.stated, given["stated"])),
        happened_at=given["happened_at"],
        late=given["late"],
        seen=dict(map(words.turn, given["seen"])),
    )


def _complete(
    installation: Installation, view: TherapyView, wish: Wish, actor: Proven
) -> tuple[SignatureRule, ...]:
    """Add what is missing, as far as somebody can be asked; returns the signatures it takes."""
    action = view.workflow.actions.get(wish.action)
    _sites, units = sites_and_units(installation)
    if action is None or wish.unit not in units:
        return ()  # the use case says so, and records it
    rules = action.signatures_for(units[wish.unit].site.country)
    completion = Completion(view.workflow, action, rules, installation.clock.now(), units)
    if somebody_is_there():
        completion.asked(wish)
    completion.written_out(wish)
    completion.with_files(wish, lambda path: _held(installation, actor, wish.coi, path))
    return rules


def _held(installation: Installation, actor: Proven, coi: str, path: str) -> str:
    """What a step is told of the file that lies there.

    Raises:
        UsageError: it cannot be read.
        DataRefused: it is of no kind that is kept.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}.") from error
    return hold_file(installation, actor, coi, content).text


def _pairs(wish: Wish, rules: tuple[SignatureRule, ...]) -> Iterable[tuple[str, SignatureRule]]:
    """Each signer with the signature that they are about to give, in the order of --sign.

    Raises:
        UsageError: there are more signers than signatures; nobody signs without a meaning.
    """
    if len(wish.signers) > len(rules):
        asked = ", ".join(f"“{rule.meaning}”" for rule in rules) or "none"
        raise click.UsageError(
            f"{len(wish.signers)} people would sign “{wish.action}” at {wish.unit}, which takes"
            f" these signatures: {asked}."
        )
    return zip(wish.signers, rules, strict=False)


def _request(installation: Installation, wish: Wish) -> TakeAction:
    """What the use case is asked for; each call of the command is a request of its own."""
    return TakeAction(
        coi=wish.coi,
        action=wish.action,
        unit=wish.unit,
        key=f"command-line-{installation.new_id()}",
        codes=(
            *(Code(raw, "scanned", DEVICE) for raw in wish.scanned),
            *(Code(raw, "typed", DEVICE) for raw in wish.typed),
        ),
        named=wish.named,
        births=wish.births,
        values=wish.values,
        consignee=wish.consignee,
        bench=wish.bench,
        stated=wish.stated,
        happened_at=wish.happened_at,
        mode=Mode.LATE if wish.late else Mode.ASK,
        seen=wish.seen,
    )


def _title(view: TherapyView, action: str) -> str:
    """The clinic's name of an action."""
    known = view.workflow.actions.get(action)
    return known.title if known else action
