"""Steps that are taken screen by screen are begun, or gone on with where they were begun before.

What was typed before stands in the screens of the step, and is looked at there once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from coi.errors import Refused
from coi.services import answering, screens
from coi.services.at_devices import why_elsewhere
from coi.services.device_tests import why_untested
from coi.services.devices import device_of
from coi.services.errand import Errand, Part, Why, errand_of, row_of, since
from coi.services.finding import scene_of
from coi.services.forms import BENCH
from coi.services.in_hand import InHand, keep, park_others, taken_up
from coi.services.installation import Installation
from coi.services.judging import foresee, why_of
from coi.services.looking import require_seen
from coi.services.screens import Scene
from coi.services.sessions import SignedIn
from coi.services.vault import fingerprint_of
from coi.store import errands as store
from coi.store.transactions import Transaction
from workflows.facts import Unit
from workflows.model import Action


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
        new = replace(new, errand=answering.typed_before(new))
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
    return taken_up(tx, installation, signed_in, scene)


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
    after = answering.retold(scene, other)
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
