"""Who has a step under way in hand: one session, with one patient at a time (BD-12).

It is left and gone on with elsewhere, by the same person, or as the second of two. Each answer is a
small transaction that names the version it answers: a stale tab, or a second device, is told so and
loses nothing.
"""

from dataclasses import dataclass, replace

from coi.errors import CoiError, Refused
from coi.services import answering
from coi.services.devices import device_of
from coi.services.errand import NO_SESSION, Errand, Part, Why, errand_of, row_of, since
from coi.services.finding import found
from coi.services.installation import Installation
from coi.services.judging import why_of
from coi.services.other_devices import why_at_the_same
from coi.services.permissions import acts_at
from coi.services.screens import Scene
from coi.services.sessions import SignedIn
from coi.store import errands as store
from coi.store.transactions import Transaction
from workflows.guards.people import signing_role
from workflows.shift import stays_with_its_people


class Answered(CoiError):
    """The screen was answered already, here or elsewhere; nothing was changed."""

    code = "ANSWERED"

    def __init__(self) -> None:
        super().__init__(
            "This screen is answered already, here or on another device. Nothing was changed.",
            "Go on with the screen that is shown now.",
        )


class Elsewhere(CoiError):
    """Somebody has the step in hand in another session."""

    code = "ELSEWHERE"

    def __init__(self) -> None:
        super().__init__(
            "This step is not in hand here: it was put aside, or goes on elsewhere.",
            "Go on with it here, or leave it.",
        )


@dataclass(frozen=True, slots=True)
class InHand:
    """The step that is in hand now, and the therapies whose steps were put aside for it."""

    errand: Errand
    parked: tuple[str, ...] = ()
    was_begun: bool = False  # it was under way already, when somebody meant to begin it
    retold: bool = False  # what was typed now stands in place of what was answered before
    untaken: bool = False  # what was typed now is not what the step says, and was not taken


def take_up(installation: Installation, signed_in: SignedIn, identifier: str) -> InHand:
    """Go on with a step here: with one's own, or as the second; at the patient, begin it again.

    A colleague's step is handed over, and taken over with a signature: see `handing_over`.

    Raises:
        Unknown: there is no such step that this person may know of.
        Refused: they cannot go on with it, with the reason.
    """

    def work(tx: Transaction) -> InHand:
        scene = found(tx, installation, signed_in, identifier)
        if not scene.errand.is_open:
            return InHand(scene.errand)
        return taken_up(tx, installation, signed_in, scene)

    return installation.transact(work)


def taken_up(
    tx: Transaction, installation: Installation, signed_in: SignedIn, scene: Scene
) -> InHand:
    """In hand in this session, and nothing else beside it."""
    errand = scene.errand
    if errand.person == signed_in.person.id and errand.session == signed_in.session:
        return InHand(errand)
    if scene.is_signed_anew:
        given_back = answering.given_back(errand, (answering.why_too_old(scene),))
        if signed_in.person.id != given_back.person:
            return _given_back(tx, installation, (scene, given_back), signed_in)
        scene = replace(scene, errand=given_back)
    if reason := why_not(scene, signed_in) or _why_not_gone_on(scene, signed_in):
        raise Refused([reason])
    after = _handed_to(scene, signed_in, device_of(tx, signed_in.proven))
    if why := why_at_the_same(tx, scene, after):
        raise Refused([why_of(why)])
    parked = park_others(tx, installation, signed_in, after)
    keep(tx, installation, after)
    return InHand(replace(after, version=after.version + 1), parked)


def _given_back(
    tx: Transaction, installation: Installation, told: tuple[Scene, Errand], signed_in: SignedIn
) -> InHand:
    """Back with the first, before the second reads in vain what counts no longer.

    Raises:
        Refused: they could not have gone on with it either.
    """
    scene, after = told
    if reason := why_not(scene, signed_in):
        raise Refused([reason])
    keep(tx, installation, after)
    return InHand(replace(after, version=after.version + 1))


def _handed_to(scene: Scene, signed_in: SignedIn, device: str) -> Errand:
    """The step in the hands of whoever goes on with it."""
    errand, person = scene.errand, signed_in.person
    part = Part(person.username, person.id, signed_in.session).at(device)
    if scene.waits_for_the_second:
        return replace(
            errand, parts=(*errand.parts, part), person=person.id, session=part.session, reasons=()
        )
    if errand.part.person == person.id:
        own = errand.with_part(replace(errand.part, session=part.session).at(device))
        return replace(own, session=part.session)
    return answering.started_again(errand, part)


def _why_not_gone_on(scene: Scene, signed_in: SignedIn) -> Why | None:
    """A colleague's step is handed over, and what was handed over is its receiver's."""
    first_has_signed = scene.errand.parts[0].proof is not None
    if first_has_signed or stays_with_its_people(scene.form.action):
        return None
    if scene.errand.offer is not None:
        return _HANDED_OVER
    return None if scene.errand.person == signed_in.person.id else _NOT_HANDED_OVER


_HANDED_OVER = Why(
    "HANDED_OVER_ALREADY",
    "This step was handed over already",
    "Whoever it was handed to takes it over; anybody else says why",
)


_NOT_HANDED_OVER = Why(
    "NOT_HANDED_OVER",
    "A colleague has begun this step, and has not handed it over",
    "Have it handed over; where they cannot, take it over and say why",
)


def why_not(scene: Scene, signed_in: SignedIn) -> Why | None:
    """What keeps somebody from going on with a step, if anything."""
    return _not_another(scene, signed_in) or _not_entitled(scene, signed_in)


def _not_another(scene: Scene, signed_in: SignedIn) -> Why | None:
    """The second of two is another person, in another session, with another password (SEC-29)."""
    earlier = scene.errand.parts if scene.waits_for_the_second else scene.errand.parts[:-1]
    for part in earlier:
        if part.person == signed_in.person.id:
            sentence = "You made the first check yourself, with this account or with another"
            return Why("SAME_PERSON", sentence, "Another person checks independently")
        credential = part.proof.credential if part.proof else ""
        if signed_in.proven.credential == credential or part.session == signed_in.session:
            sentence = "The first check was made in this session"
            return Why("SAME_SESSION", sentence, "The second person signs in themselves")
    return None


def _not_entitled(scene: Scene, signed_in: SignedIn) -> Why | None:
    """They could not sign it at its end."""
    number = scene.number + scene.waits_for_the_second
    is_one = scene.form.is_blind or number > 0
    rules = scene.form.signatures[number : number + 1] if is_one else ()
    rules = rules or scene.form.signatures
    roles = {role for rule in rules for role in rule.roles}
    if any(signing_role(signed_in.person, rule, scene.unit) for rule in rules):
        return None
    if not rules and scene.unit.site in acts_at(signed_in.person):
        return None
    roles = roles or {who.role for who in scene.form.action.who}
    sentence = "Your roles do not sign this here"
    asked = ", ".join(sorted(roles)).replace("_", " ")
    return Why("SIGNER_NOT_ENTITLED", sentence, f"Ask somebody who is here as: {asked}")


def park_others(
    tx: Transaction, installation: Installation, signed_in: SignedIn, errand: Errand
) -> tuple[str, ...]:
    """Put aside what else this session has in hand: one patient at a time (BD-12)."""
    rows = store.in_session(tx, signed_in.session, since(installation.clock.now()))
    others = [row for row in rows if row.id != errand.id]
    for row in others:
        aside = replace(errand_of(installation.vault, row), session=NO_SESSION)
        keep(tx, installation, aside)
    return tuple(row.chain for row in others)


def keep(tx: Transaction, installation: Installation, errand: Errand) -> None:
    """Keep the step as it is now.

    Raises:
        Answered: somebody else was faster.
    """
    if not store.change(tx, row_of(installation.vault, errand, installation.clock.now())):
        raise Answered
