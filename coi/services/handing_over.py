"""A step under way is handed over at a shift change, and taken over; each signs for it (SEC-30).

Both are entries of the therapy. Whoever goes on finds what was answered, with who gave it, and
scans again: who signs has scanned. Where nobody handed it over, because they went home ill, it is
taken over with a reason, and shown first to whoever reviews the trail. What is done at the patient
is begun again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem, Refused
from coi.services import answering
from coi.services.asked import too_long
from coi.services.attempt import facts_for, stand
from coi.services.devices import device_of
from coi.services.entries import Occasion, commit_text, write_draft
from coi.services.errand import NO_SESSION, Errand, Offer, Part, Why
from coi.services.finding import found
from coi.services.going_on import Answer
from coi.services.in_hand import Answered, InHand, keep, park_others
from coi.services.installation import Installation
from coi.services.judging import why_of
from coi.services.proofs import JustProven, acting, person_of, signature_of
from coi.services.screens import Scene
from coi.services.sessions import SignedIn
from coi.services.stopping import Hand
from coi.store import errands as store
from coi.store import facts
from coi.store.people import KnownPerson, everybody, printed_names
from coi.store.transactions import Transaction
from workflows.colleagues import why_not_handed_to
from workflows.draft import Draft
from workflows.facts import Facts, Person, Request
from workflows.guards.people import signing_role
from workflows.model import Workflow
from workflows.shift import (
    HAND_OVER,
    HANDED_OVER,
    KIND,
    NOT_HANDED_OVER,
    TAKE_OVER,
    TAKEN_OVER,
    stays_with_its_people,
)


@dataclass(frozen=True, slots=True)
class Handing:
    """To whom a step is handed over, by user name, and what of it is done and remains."""

    to: str
    done: str
    remains: str

    def __post_init__(self) -> None:
        told = {"to": self.to, "done": self.done, "remains": self.remains}
        missing = [Problem("is missing", column=one) for one in told if not told[one].strip()]
        if problems := [*missing, *too_long(told.values())]:
            raise DataRefused(problems)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to whom a step can be handed."""

    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A step that was handed over, as its page shows it."""

    by: str  # printed names
    to: str
    at: str
    so_far: str
    still_open: str
    is_mine: bool  # it is handed to whoever looks


# -- handed over -----------------------------------------------------------------------------------


def hand_over(
    installation: Installation,
    signed_in: SignedIn,
    answer: Answer,
    told: Handing,
    by: JustProven,
) -> None:
    """Hand a step under way to a colleague, signed; nobody has it in hand until they take it over.

    Raises:
        Unknown: there is no such step that this person may know of.
        Answered: it has gone on since it was shown.
        Refused: it cannot be handed over, or not to them, with every reason.
        CannotSign: what a signature takes is not on record.
        SignedOut: the account was closed, or the password changed since the proof.
    """

    def work(tx: Transaction) -> None:
        scene = _behind_locks(tx, installation, signed_in, answer)
        if reason := why_no_handing(scene, signed_in):
            raise Refused([reason])
        _require_answer(scene, answer)
        known = _signer(tx, signed_in, by)
        to = _receiver(tx, installation, scene, told.to)
        offer = Offer(
            known.person.id, to.id, rfc3339(scene.now), told.done.strip(), told.remains.strip()
        )
        keep(tx, installation, _offered(scene.errand, offer))
        document = {"to": to.id, "answers": str(len(scene.errand.answers))}
        notes = {"done": offer.done, "remains": offer.remains}
        draft = Draft("act", HAND_OVER, "-", document=document)
        _write(Hand(tx, installation, signed_in, scene), known, draft, notes)

    installation.transact(work)


def why_no_handing(scene: Scene, signed_in: SignedIn) -> Why | None:
    """What keeps a person from handing a step over, whoever is to have it."""
    errand = scene.errand
    if not errand.is_open:
        return _ENDED
    if stays_with_its_people(scene.form.action):
        return _AT_THE_PATIENT
    if errand.parts[0].proof:
        return _SIGNED
    if errand.person != signed_in.person.id:
        return _NOT_YOURS
    return _TWICE if errand.offer else None


def colleagues(
    installation: Installation, signed_in: SignedIn, scene: Scene
) -> tuple[Colleague, ...]:
    """Everybody at this unit who could go on with a step, by name."""

    def every(tx: Transaction) -> Iterator[Colleague]:
        ground = _ground(tx, installation, scene)
        for known in everybody(tx):
            person, at = known.person, {unit for _role, unit in known.person.roles}
            if person.id == signed_in.person.id or scene.unit.id not in at:
                continue
            if not _against(ground, scene, person):
                yield Colleague(person.username, known.name)

    found = installation.read(lambda tx: tuple(every(tx)))
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.username)))


def offered(installation: Installation, signed_in: SignedIn, scene: Scene) -> Offered | None:
    """Who handed a step to whom, and what they said of it; None where nobody did."""
    offer = scene.errand.offer
    if offer is None:
        return None
    names = installation.read(lambda tx: printed_names(tx, [offer.by, offer.to]))
    by, to = (names.get(one, "(erased)") for one in (offer.by, offer.to))
    is_mine = offer.to == signed_in.person.id
    return Offered(by, to, offer.at, offer.done, offer.remains, is_mine)


def hands_before(installation: Installation, scene: Scene) -> Mapping[str, str]:
    """The printed name of everybody who had a step in hand before; nothing is read where nobody."""
    hands = scene.errand.hands
    if not hands:
        return {}
    names = installation.read(lambda tx: printed_names(tx, hands))
    return {one: names.get(one, "(erased)") for one in hands}


def _offered(errand: Errand, offer: Offer) -> Errand:
    """In nobody's hand until it is taken over."""
    part = replace(errand.part, session=NO_SESSION)
    return replace(errand.with_part(part), session=NO_SESSION, offer=offer)


def _receiver(tx: Transaction, installation: Installation, scene: Scene, username: str) -> Person:
    """The colleague who is to go on with it.

    Raises:
        Unknown: there is no such account.
        Refused: they cannot, with every reason.
    """
    person = person_of(tx, username).person
    if person.id == scene.errand.person:
        raise Refused([_TO_ONESELF])
    if reasons := _against(_ground(tx, installation, scene), scene, person):
        raise Refused(reasons)
    return person


# -- taken over ------------------------------------------------------------------------------------


def take_over(
    installation: Installation,
    signed_in: SignedIn,
    answer: Answer,
    by: JustProven,
    because: str = "",
) -> InHand:
    """Go on with a colleague's step, signed; what they answered stays theirs.

    Raises:
        Unknown: there is no such step that this person may know of.
        Answered: it has gone on since it was shown.
        Refused: they cannot go on with it, or it was handed to nobody or to another, and no reason
            is told.
        CannotSign: what a signature takes is not on record.
        SignedOut: the account was closed, or the password changed since the proof.
    """
    if problems := list(too_long([because])):
        raise DataRefused(problems)

    def work(tx: Transaction) -> InHand:
        scene = _behind_locks(tx, installation, signed_in, answer)
        if reason := why_no_taking(scene, signed_in):
            raise Refused([reason])
        _require_answer(scene, answer)
        known = _signer(tx, signed_in, by)
        if reasons := _against(_ground(tx, installation, scene), scene, known.person):
            raise Refused(reasons)
        is_handed = _is_handed(scene.errand, known.person)
        if not is_handed and not because.strip():
            raise Refused([_NO_REASON])
        after = answering.taken_over(scene, Part(by.username, known.person.id, signed_in.session))
        parked = park_others(tx, installation, signed_in, after)
        keep(tx, installation, after)
        document = {"from": scene.errand.person, "handed": "yes" if is_handed else "no"}
        notices = () if is_handed else (NOT_HANDED_OVER,)
        notes = {} if is_handed else {"because": because.strip()}
        draft = Draft("act", TAKE_OVER, "-", document=document, notices=notices)
        _write(Hand(tx, installation, signed_in, scene), known, draft, notes)
        return InHand(replace(after, version=after.version + 1), parked)

    return installation.transact(work)


def why_no_taking(scene: Scene, signed_in: SignedIn) -> Why | None:
    """What keeps a person from taking a step over, whatever they say."""
    errand = scene.errand
    if not errand.is_open:
        return _ENDED
    if stays_with_its_people(scene.form.action):
        return _AT_THE_PATIENT
    if errand.parts[0].proof:
        return _SIGNED
    # Whoever has handed it over takes it back with a reason, as anybody else would.
    if errand.person == signed_in.person.id and errand.offer is None:
        return _OWN
    return None


def _is_handed(errand: Errand, person: Person) -> bool:
    return errand.offer is not None and errand.offer.to == person.id


# -- both ------------------------------------------------------------------------------------------


def _behind_locks(
    tx: Transaction, installation: Installation, signed_in: SignedIn, answer: Answer
) -> Scene:
    """The step, which nobody else changes meanwhile; first its therapy is locked, and then it."""
    coi = found(tx, installation, signed_in, answer.errand).errand.coi
    facts.lock(tx, coi)
    store.hold(tx, answer.errand)
    return found(tx, installation, signed_in, answer.errand)


def _require_answer(scene: Scene, answer: Answer) -> None:
    """It stands as it was seen.

    Raises:
        Answered: it has gone on since, in another tab or elsewhere.
    """
    if scene.errand.version != answer.version:
        raise Answered


def _signer(tx: Transaction, signed_in: SignedIn, by: JustProven) -> KnownPerson:
    """Whoever is signed in, who signs just now.

    Raises:
        Refused: somebody else typed name and password.
    """
    if by.person != signed_in.person.id:
        raise Refused([_ANOTHERS])
    return acting(tx, by)


_Ground = tuple[Workflow, Facts]


def _ground(tx: Transaction, installation: Installation, scene: Scene) -> _Ground:
    """What the rules about people are told, read once for however many of them."""
    standing = stand(tx, installation, scene.errand.coi)
    return standing.workflow, facts_for(tx, standing, scene.form.action, scene.now)


def _against(ground: _Ground, scene: Scene, person: Person) -> Sequence[Why]:
    """Why this person cannot go on with the step; nothing where they can."""
    workflow, known = ground
    asked = Request(scene.errand.coi, scene.errand.action, person, scene.unit)
    return [why_of(one) for one in why_not_handed_to(workflow, asked, known, person)]


def _write(hand: Hand, by: KnownPerson, draft: Draft, notes: Mapping[str, str]) -> None:
    """The entry of the therapy, with the one signature, and what was said kept apart."""
    tx, installation, scene = hand.tx, hand.installation, hand.scene
    errand, role = scene.errand, _role(by.person, scene)
    meaning = HANDED_OVER if draft.action == HAND_OVER else TAKEN_OVER
    standing = stand(tx, installation, errand.coi)
    told = {"kind": KIND, "step": errand.action, **draft.document}
    write_draft(
        tx,
        installation,
        standing.workflow,
        (errand.coi, standing.head),
        replace(draft, role=role, document=told),
        occasion=Occasion(
            by.person.id,
            errand.unit,
            scene.now,
            device=device_of(tx, hand.signed_in.proven),
            signatures=(signature_of(by, role, meaning, scene.now),),
        ),
        notes={name: commit_text(tx, installation, text) for name, text in notes.items()},
    )


def _role(person: Person, scene: Scene) -> str:
    """The role in which they sign: the one that signs the step, or takes it; '-' without one."""
    for rule in scene.form.signatures:
        if role := signing_role(person, rule, scene.unit):
            return role
    held = {role for role, unit in person.roles if unit == scene.unit.id}
    theirs = [who.role for who in scene.form.action.who if who.role in held]
    return theirs[0] if theirs else min(held, default="-")


_ENDED = Why("STEP_ENDED", "This step has ended already", "Look at the therapy")
_AT_THE_PATIENT = Why(
    "NEVER_HANDED_OVER",
    "What is done at the patient is never handed over",
    "Discard it, and begin it again: who signs has checked all of it",
)
_SIGNED = Why(
    "FIRST_HAS_SIGNED",
    "The first of two has signed this step already",
    "Whoever is to sign second goes on with it; or who signed discards it",
)
_NOT_YOURS = Why(
    "NOT_IN_YOUR_HANDS", "A colleague has this step in hand", "Whoever has it in hand hands it over"
)
_TWICE = Why(
    "HANDED_OVER_ALREADY",
    "This step was handed over already",
    "Whoever it was handed to takes it over; anybody else says why",
)
_TO_ONESELF = Why("SAME_PERSON", "This step is in your hands already", "Choose a colleague")
_OWN = Why("SAME_PERSON", "This step is your own", "Go on with it: there is nothing to take over")
_NO_REASON = Why(
    "REASON_MISSING",
    "Nobody has handed this step to you",
    "Have it handed over, or say why you take it over without that",
)
_ANOTHERS = Why(
    "SIGNER_IS_ANOTHER",
    "Somebody else has typed name and password than who is signed in here",
    "Whoever hands over or takes over signs in themselves",
)
