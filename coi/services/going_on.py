"""One screen after the other: what was scanned, heard or typed is kept, and the next is shown."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from coi.clock import rfc3339
from coi.errors import Refused, Unknown
from coi.services import answering
from coi.services.errand import DISCARDED, Errand, Verdict, Why, since
from coi.services.finding import found
from coi.services.in_hand import Answered, Elsewhere, keep, why_not
from coi.services.installation import Installation
from coi.services.judging import Judged, Judgement, fits, judge, why_of_another
from coi.services.opening import is_inside_asked, why_left
from coi.services.permissions import Permission, acts_at, sites_with
from coi.services.proofs import Proven, acting
from coi.services.scanning import Code
from coi.services.screens import INSIDE, Scene
from coi.services.sessions import SignedIn
from coi.services.spending import spend_grants
from coi.services.stopping import Hand, stop
from coi.store import errands as store
from coi.store.people import printed_names
from coi.store.transactions import Transaction

Change = Callable[[Scene], Errand]


@dataclass(frozen=True, slots=True)
class Answer:
    """To which screen of which step somebody answers: each answer makes another version."""

    errand: str
    version: int


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A step that can be gone on with, as lists show it."""

    id: str
    coi: str
    action: str
    title: str
    unit: str
    by: str  # the printed name of whoever began it
    opened_at: str
    waits: bool  # for the second, who checks independently
    is_mine: bool
    is_handed: bool = False  # to whoever looks, and not taken over yet
    is_given: bool = False  # handed to a colleague, who has not taken it over yet


def step(installation: Installation, signed_in: SignedIn, answer: Answer, change: Change) -> Errand:
    """Change a step by the answer to its present screen.

    Whoever says that nothing more is in a package, of which the record says otherwise, is stopped,
    and it stands on record.

    Raises:
        Unknown: there is no such step that this person may know of.
        Answered: the screen is not the present one any more.
        Elsewhere: the step is not in hand in this session.
    """

    def work(tx: Transaction) -> Errand:
        scene = in_hand(tx, installation, signed_in, answer)
        after = change(scene)
        if is_inside_asked(scene) and INSIDE in after.part.done and (why := why_left(scene)):
            return stop(Hand(tx, installation, signed_in, scene), None, (why,))
        keep(tx, installation, after)
        return after

    return installation.transact(work)


def in_hand(
    tx: Transaction, installation: Installation, signed_in: SignedIn, answer: Answer
) -> Scene:
    """The step that is answered, as it stands; in this person's hand, at this screen."""
    scene = found(tx, installation, signed_in, answer.errand)
    errand = scene.errand
    if not errand.is_open or errand.version != answer.version:
        raise Answered
    if errand.session != signed_in.session or errand.person != signed_in.person.id:
        raise Elsewhere
    return scene


def require_in_hand(installation: Installation, signed_in: SignedIn, answer: Answer) -> Scene:
    """The step that is answered, as it stands, before anything of the answer is looked at.

    Raises:
        Unknown, Answered, Elsewhere: as `step` says.
    """
    return installation.read(lambda tx: in_hand(tx, installation, signed_in, answer))


def scan(
    installation: Installation,
    signed_in: SignedIn,
    answer: Answer,
    code: Code,
    confirmer: Proven | None = None,
) -> Judged:
    """Judge a scan at once; what is right, or cannot be read, is kept with the step.

    What is wrong ends it, and stands on record before anybody is told (BD-03). The grant of whoever
    confirmed typed characters is used up by it: they have read them now, and for this screen.

    Raises:
        GrantUsed, GrantExpired: the confirmer's grant cannot be used any more.
    """

    def work(tx: Transaction) -> Judged:
        scene = in_hand(tx, installation, signed_in, answer)
        if not scene.present.is_scan:
            raise Answered
        if confirmer is not None:
            acting(tx, confirmer)
            spend_grants(tx, rfc3339(scene.now))
        judged = judge(tx, installation, scene, code)
        if judged.judgement is Judgement.WRONG:
            stop(Hand(tx, installation, signed_in, scene), code, judged.reasons)
        after = _after(scene, judged)
        if after is not None:
            keep(tx, installation, after)
        return judged

    return installation.transact(work)


def stop_before(
    installation: Installation, signed_in: SignedIn, answer: Answer, codes: Sequence[Code]
) -> bool:
    """Whether a code that was scanned before is another's, whatever is asked: it ends the step.

    Raises:
        Unknown, Answered, Elsewhere: as `step` says.
    """

    def work(tx: Transaction) -> bool:
        scene = in_hand(tx, installation, signed_in, answer)
        for code in codes:
            if wrong := why_of_another(tx, installation, scene, code):
                stop(Hand(tx, installation, signed_in, scene), code, wrong)
                return True
        return False

    return installation.transact(work)


def fitting(
    installation: Installation, signed_in: SignedIn, answer: Answer, codes: Sequence[Code]
) -> Code | None:
    """The first of these codes that the present screen asks for; None where there is none.

    Raises:
        Unknown, Answered, Elsewhere: as `step` says.
    """

    def look(tx: Transaction) -> Code | None:
        scene = in_hand(tx, installation, signed_in, answer)
        return next((code for code in codes if fits(tx, installation, scene, code)), None)

    return installation.read(look)


def _after(scene: Scene, judged: Judged) -> Errand | None:
    """The step with what was read; None where the scan changes nothing."""
    if judged.judgement is Judgement.UNREAD:
        return answering.unread(scene)
    if judged.judgement is Judgement.UNCONFIRMED:
        return answering.unconfirmed(scene)
    if judged.read is None or judged.judgement is not Judgement.RIGHT:
        return None
    after = answering.read(scene, judged.read)
    return replace(after, seen={**judged.turns, **after.seen})


def discard(installation: Installation, signed_in: SignedIn, answer: Answer) -> None:
    """End a step of which nothing shall come; nothing has happened.

    Raises:
        Answered: the screen is not the present one any more.
        Refused: it is not theirs, and they could not go on with it either.
    """

    def work(tx: Transaction) -> None:
        scene = found(tx, installation, signed_in, answer.errand)
        if not scene.errand.is_open or scene.errand.version != answer.version:
            raise Answered
        if reason := _why_not_discard(scene, signed_in):
            raise Refused([reason])
        keep(tx, installation, scene.errand.ended(Verdict(DISCARDED), scene.now))

    installation.transact(work)


def _why_not_discard(scene: Scene, signed_in: SignedIn) -> Why | None:
    """What keeps somebody from ending a step, if anything: a signed part is not theirs to drop."""
    if any(part.person == signed_in.person.id for part in scene.errand.parts):
        return None
    return _FIRST_HAS_SIGNED if scene.errand.parts[0].proof else why_not(scene, signed_in)


_FIRST_HAS_SIGNED = Why(
    "FIRST_HAS_SIGNED",
    "The first of two has signed this step already",
    "Who signed discards it, or who has it in hand; or make the second check",
)


def may_confirm(installation: Installation, scene: Scene, other: Proven) -> bool:
    """Somebody else who acts at this site: they can read typed characters a second time."""
    person = installation.read(lambda tx: acting(tx, other)).person
    # Neither of the two who check: the second would see what the first has read (BD-06).
    checking = {part.person for part in scene.errand.parts}
    return person.id not in checking and scene.unit.site in acts_at(person)


# -- lists -----------------------------------------------------------------------------------------


def of_therapy(installation: Installation, signed_in: SignedIn, coi: str) -> tuple[UnderWay, ...]:
    """What is under way in a therapy, as far as this person may know of it."""

    def work(tx: Transaction) -> tuple[UnderWay, ...]:
        rows = store.of_therapy(tx, coi, since(installation.clock.now()))
        return tuple(_listed(tx, installation, signed_in, rows))

    return installation.read(work)


def mine(installation: Installation, signed_in: SignedIn) -> tuple[UnderWay, ...]:
    """What this person has begun, and what waits for them as the second to check."""
    return installation.read(lambda tx: mine_in(tx, installation, signed_in))


def mine_in(
    tx: Transaction, installation: Installation, signed_in: SignedIn
) -> tuple[UnderWay, ...]:
    """The same, where more is looked at beside it."""
    rows = store.under_way(tx, since(installation.clock.now()))
    every = _listed(tx, installation, signed_in, rows)
    return tuple(one for one in every if one.is_mine or one.waits or one.is_handed)


def _listed(
    tx: Transaction, installation: Installation, signed_in: SignedIn, rows: list[store.ErrandRow]
) -> Iterator[UnderWay]:
    """The steps that this person may know of, with the words for a list."""
    # First by what needs no look at the therapy: most of what is under way is at other sites.
    near = [row for row in rows if _is_near(tx, installation, signed_in, row)]
    names = printed_names(tx, (row.person for row in near))
    for row in near:
        try:
            scene = found(tx, installation, signed_in, row.id)
        except Unknown:
            continue
        is_mine = row.person == signed_in.person.id
        offer = scene.errand.offer
        waits = scene.waits_for_the_second and why_not(scene, signed_in) is None
        yield UnderWay(
            id=row.id,
            coi=row.chain,
            action=row.action,
            title=scene.form.action.title,
            unit=row.unit,
            by=names.get(row.person, "(erased)"),
            opened_at=row.opened_at,
            waits=waits,
            is_mine=is_mine,
            is_handed=offer is not None and offer.to == signed_in.person.id,
            is_given=offer is not None and is_mine,
        )


def _is_near(
    tx: Transaction, installation: Installation, signed_in: SignedIn, row: store.ErrandRow
) -> bool:
    """It is where this person may see therapies, or their own."""
    unit = installation.unit(tx, row.unit)
    sites = sites_with(signed_in.person, Permission.SEE_THERAPIES)
    return row.person == signed_in.person.id or (unit is not None and unit.site in sites)
