"""Steps that are taken screen by screen: begun, gone on with, left, gone on with elsewhere.

Each answer is a small transaction that names the version it answers: a stale tab, or a second
device, is told so and loses nothing. One session has one patient in hand at a time (BD-12). A step
that this person may not know of answers exactly like one that does not exist (SEC-07).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from coi.errors import CoiError, Refused, Unknown
from coi.services import screens
from coi.services.at_devices import why_elsewhere
from coi.services.attempt import stand
from coi.services.device_tests import why_untested
from coi.services.devices import device_of
from coi.services.equipment_offers import with_equipment
from coi.services.errand import NO_SESSION, Errand, Part, Why, errand_of, row_of, since
from coi.services.forms import BENCH, form_of, with_benches
from coi.services.installation import Installation
from coi.services.judging import foresee, why_of
from coi.services.looking import require_seen
from coi.services.other_devices import why_at_the_same
from coi.services.people import site_chain
from coi.services.permissions import Permission, acts_at, sites_with
from coi.services.screens import Scene, counts_of
from coi.services.sessions import SignedIn
from coi.services.vault import fingerprint_of
from coi.store import errands as store
from coi.store import facts as read
from coi.store.benches import benches
from coi.store.labels import newest_labels
from coi.store.transactions import Transaction
from workflows.facts import Subject, Unit
from workflows.guards.bench import HANDS_ON
from workflows.guards.people import signing_role
from workflows.model import Action, Workflow
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
class Beginning:
    """Which step is begun, and where; `key` makes a repetition harmless.

    What was typed before it was begun stands in its screens, where it is looked at once more.
    """

    coi: str
    action: str
    unit: str
    key: str
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ground:
    """How a therapy stands, as far as a form asks."""

    workflow: Workflow
    subjects: Mapping[str, Subject]


@dataclass(frozen=True, slots=True)
class InHand:
    """The step that is in hand now, and the therapies whose steps were put aside for it."""

    errand: Errand
    parked: tuple[str, ...] = ()
    was_begun: bool = False  # it was under way already, when somebody meant to begin it
    retold: bool = False  # what was typed now stands in place of what was answered before
    untaken: bool = False  # what was typed now is not what the step says, and was not taken


# -- begun -----------------------------------------------------------------------------------------


def begin(installation: Installation, signed_in: SignedIn, wanted: Beginning) -> InHand:
    """Take a step in hand; one that is under way already is gone on with.

    What was typed now stands there in place of what was answered before, and is looked at again;
    where it is not for this person to answer, it is told that it was not taken.

    Raises:
        Unknown: there is no such step, unit, or therapy that this person may see.
        Refused: the step would be refused whatever is told.
    """

    def work(tx: Transaction) -> InHand:
        sites = require_seen(tx, signed_in.person, wanted.coi)
        store.forget(tx, since(installation.clock.now()))
        device = device_of(tx, signed_in.proven)
        new = scene_of(tx, installation, _new(installation, signed_in, wanted, device), sites)
        new = replace(new, errand=screens.typed_before(new))
        known = store.errand(tx, new.errand.id) or _under_way_already(tx, installation, new)
        if known is not None:
            errand = errand_of(installation.vault, known)
            scene = scene_of(tx, installation, errand, sites)
            before = _in_hand(tx, installation, signed_in, scene)
            return _with_typed(tx, installation, signed_in, (before, new, wanted.typed))
        elsewhere = _elsewhere(tx, installation, signed_in, new)
        if reasons := (*elsewhere, *foresee(tx, installation, new)):
            raise Refused(reasons)
        parked = park_others(tx, installation, signed_in, new.errand)
        store.keep(tx, row_of(installation.vault, new.errand, new.now))
        return InHand(new.errand, parked)

    return installation.transact(work)


def _elsewhere(
    tx: Transaction, installation: Installation, signed_in: SignedIn, scene: Scene
) -> tuple[Why, ...]:
    """Why it cannot be begun at this device, before anything is scanned in vain."""
    device, verb = device_of(tx, signed_in.proven), scene.form.action.verb
    elsewhere = why_elsewhere(tx, device, scene.unit, verb)
    untested = why_untested(tx, installation, device, verb)
    return tuple(why_of(why) for why in (elsewhere, untested) if why)


def _new(installation: Installation, signed_in: SignedIn, wanted: Beginning, device: str) -> Errand:
    """A step of which nothing is answered; the same request gives the same one."""
    told = f"errand {signed_in.session} {wanted.coi} {wanted.action} {wanted.key}"
    person = signed_in.person
    return Errand(
        id=fingerprint_of(installation.vault, told)[:32],
        coi=wanted.coi,
        action=wanted.action,
        unit=wanted.unit,
        person=person.id,
        session=signed_in.session,
        opened_at=installation.clock.now(),
        answers={BENCH: signed_in.bench, **wanted.typed},
        parts=(Part(person.username, person.id, signed_in.session).at(device),),
    )


def _under_way_already(
    tx: Transaction, installation: Installation, scene: Scene
) -> store.ErrandRow | None:
    """The same step, where the same person has not finished it, or where it can be meant once."""
    new = scene.errand
    has_things = any(one.asks is screens.Asks.THINGS for one in scene.screens)
    for row in store.of_therapy(tx, new.coi, since(scene.now)):
        if (row.action, row.unit) != (new.action, new.unit):
            continue
        found = errand_of(installation.vault, row)
        unfinished = found.person == new.person and found.part.proof is None
        if unfinished or not has_things:
            return row
    return None


def _in_hand(
    tx: Transaction, installation: Installation, signed_in: SignedIn, scene: Scene
) -> InHand:
    """Gone on with by whoever has it; anybody else is asked first."""
    errand = scene.errand
    if not errand.is_open or errand.person != signed_in.person.id or scene.waits_for_the_second:
        return InHand(errand)
    return _taken_up(tx, installation, signed_in, scene)


def _with_typed(
    tx: Transaction,
    installation: Installation,
    signed_in: SignedIn,
    told: tuple[InHand, Scene, Mapping[str, str]],
) -> InHand:
    """The step that was under way, with what was typed in a form that was opened since."""
    before, new, names = told
    errand, fresh = before.errand, new.errand
    typed = {name: text for name, text in fresh.answers.items() if name in names}
    other = {name: text for name, text in typed.items() if errand.answers.get(name) != text}
    before = replace(before, was_begun=True)
    if not other:
        return before
    holder = (errand.person, errand.session)
    is_theirs = holder == (signed_in.person.id, signed_in.session) and errand.is_open
    if not is_theirs or len(errand.parts) > 1 or errand.part.proof is not None:
        return replace(before, untaken=True)
    scene = scene_of(tx, installation, errand, new.sites)
    after = screens.retold(scene, other)
    keep(tx, installation, after)
    return replace(before, errand=replace(after, version=after.version + 1), retold=True)


def fitting_units(installation: Installation, signed_in: SignedIn, action: Action) -> list[str]:
    """The units at which this person may take the action, where they work now first."""

    def fits(tx: Transaction) -> list[str]:
        held = sorted(signed_in.person.roles)
        found = {at: installation.unit(tx, at) for _role, at in held}
        fitting = {at for role, at in held if _may_act(action, role, found[at])}
        return sorted(fitting, key=lambda at: (at != signed_in.unit, at))

    return installation.read(fits)


def _may_act(action: Action, role: str, unit: Unit | None) -> bool:
    return unit is not None and any(
        who.role in {role, "*"} and who.site_kind in {"*", unit.site_kind} for who in action.who
    )


# -- found -----------------------------------------------------------------------------------------


def find(installation: Installation, signed_in: SignedIn, identifier: str) -> Scene:
    """A step under way, or ended a short while ago, as it stands now.

    Raises:
        Unknown: there is none, or none that this person may know of.
    """
    return installation.read(lambda tx: found(tx, installation, signed_in, identifier))


def found(
    tx: Transaction, installation: Installation, signed_in: SignedIn, identifier: str
) -> Scene:
    """The same, inside a transaction."""
    row = store.errand(tx, identifier)
    # A step that is taken screen by screen is taken by people; a program knows of none.
    if row is None or signed_in.service or row.opened_at <= since(installation.clock.now()):
        raise Unknown("step", identifier)
    try:
        taking_part = require_seen(tx, signed_in.person, row.chain)
    except Unknown:
        raise Unknown("step", identifier) from None
    errand = errand_of(installation.vault, row)
    scene = scene_of(tx, installation, errand, taking_part)
    is_theirs = any(part.person == signed_in.person.id for part in errand.parts)
    sites = sites_with(signed_in.person, Permission.SEE_THERAPIES)
    if not is_theirs and scene.unit.site not in sites:
        raise Unknown("step", identifier)
    return scene


def scene_of(
    tx: Transaction, installation: Installation, errand: Errand, sites: frozenset[str]
) -> Scene:
    """A step beside how things stand; `sites` are those that take part in the therapy.

    Raises:
        Unknown: there is no such therapy, action or unit.
    """
    standing = stand(tx, installation, errand.coi)
    action = standing.workflow.actions.get(errand.action)
    unit = installation.unit(tx, errand.unit)
    if action is None:
        raise Unknown("action", errand.action)
    if unit is None:
        raise Unknown("unit", errand.unit)
    subjects = read.subjects(tx, errand.coi)
    ground = Ground(standing.workflow, subjects)
    now = installation.clock.now()
    form = form_of(ground, action, unit.country, counts_of(errand.answers))
    form = with_equipment(tx, form, unit.id, now)
    if action.verb in HANDS_ON:
        form = with_benches(form, errand.coi, benches(tx, unit.id, site_chain(unit.site)))
    # Where something is opened, what is still expected is told by its label.
    labels = newest_labels(tx, errand.coi) if form.opens else {}
    serials = {subject: serial for subject, (serial, _seq) in labels.items()}
    return Scene(
        errand, standing.therapy, standing.workflow, subjects, unit, form, sites, now, serials
    )


# -- in hand ---------------------------------------------------------------------------------------


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
        return _taken_up(tx, installation, signed_in, scene)

    return installation.transact(work)


def _taken_up(
    tx: Transaction, installation: Installation, signed_in: SignedIn, scene: Scene
) -> InHand:
    """In hand in this session, and nothing else beside it."""
    errand = scene.errand
    if errand.person == signed_in.person.id and errand.session == signed_in.session:
        return InHand(errand)
    if scene.is_signed_anew:
        given_back = screens.given_back(errand, (screens.why_too_old(scene),))
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
    return screens.started_again(errand, part)


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
