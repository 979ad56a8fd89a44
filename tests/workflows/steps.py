"""How a walk goes on: the usual way, somewhere else, or with something spoilt."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random

from tests import builders, cast
from tests.performer import NotPossible, a_request, next_unit, told_late
from tests.workflows.walk import Walk
from workflows.facts import NewSubject, Request, Signing

ON_THE_WAY = [
    *("order", "record_consent", "approve", "confirm_slot", "admit_patient", "plan_collection"),
    *("collect", "release_custody", "accept_custody", "freeze_material", "complete_collection"),
    *("pack", "release_shipment", "accept_shipment", "unpack", "accept_material", "start_lot"),
    *("activate", "transduce", "expand", "harvest", "formulate", "take_samples", "fill"),
    *("finish_sample", "record_result", "freeze_product", "release_lot_provisionally"),
    *("release_lot", "confirm_release", "accept_product", "start_lymphodepletion", "thaw"),
    *("check_at_bedside", "infuse", "infuse_part", "complete_infusion", "destroy", "close"),
    *("lift", "lift_therapy", "lift_quality_stop", "close_exception", "close_critical_exception"),
    *("record_capa", "record_investigation"),
]
"""The usual way from the order to the end, in the order in which one would tell it."""

_SELDOM = {"cancel": 0.05, "hold_therapy": 0.1, "open_exception": 0.3, "destroy": 0.3}
_SELDOM |= dict.fromkeys(("report_lost", "report_shipment_lost", "fail_lot"), 0.3)


def onward(walk: Walk, coi: str, random: Random) -> Request | None:
    """The furthest step of the usual way that is possible now, and would be allowed."""
    told = walk.everything(coi)
    done = {deed.action for deed in told.history or ()}
    for action in reversed(ON_THE_WAY):
        if action in _ONCE & done or random.random() < _LEFT_OUT.get(action, 0):
            continue
        if _leads_back(walk, coi, action):
            continue
        try:
            request = a_request(told, action, random.choice)
        except NotPossible:
            continue
        if walk.allows(request):
            return request
    return None


_ONCE = {"record_consent", "admit_patient", "take_samples", "plan_collection", "infuse_part"}
_LEFT_OUT = {"release_lot_provisionally": 0.6, "infuse_part": 0.7, "lift": 0.5}
_LEFT_OUT |= dict.fromkeys(("lift_therapy", "lift_quality_stop"), 0.5)


def _leads_back(walk: Walk, coi: str, action: str) -> bool:
    """The step would only bring a thing away from where it should be."""
    chain = walk.chains[coi]
    if action in {"unpack", "release_shipment"}:
        packed = [s for s in chain.subjects.values() if s.position.state == "packed"]
        arrived = [s for s in packed if next_unit(walk.everything(coi), s) is None]
        return bool(arrived) is (action == "release_shipment")
    if action == "record_result":
        return {v.field for v in chain.values} >= builders.PASSING.keys()
    if action in _SAYS:
        said = {value.subject for value in chain.values if value.field == _SAYS[action]}
        return all(s.id in said for s in chain.subjects.values() if s.machine == "exception")
    states = {(s.machine, s.position.state) for s in chain.subjects.values()}
    return action in _ONLY_WITH and not states & _ONLY_WITH[action]


_SAYS = {"record_investigation": "root_cause", "record_capa": "capa"}
_ONLY_WITH = {
    "pack": {("material", "frozen"), ("product", "released")},
    "release_custody": {("material", "collected"), ("product", "thawed"), ("sample", "taken")},
    "destroy": {("therapy", "infused")},
}


def anywhere(walk: Walk, coi: str, random: Random) -> Request:
    """Any step that is possible now; ends that cannot be left come seldom."""
    actions = [
        action for action in walk.workflow.actions if random.random() < _SELDOM.get(action, 1)
    ]
    random.shuffle(actions)
    for action in actions:
        try:
            return a_request(walk.everything(coi), action, random.choice)
        except NotPossible:
            continue
    return anything(walk, coi, random)


# -- what can be wrong with a request --------------------------------------------------------------

Spoil = Callable[[Walk, Request, Random], Request]


def _somebody_else(walk: Walk, request: Request, random: Random) -> Request:
    del walk
    return replace(request, actor=random.choice(cast.PEOPLE))


def _elsewhere(walk: Walk, request: Request, random: Random) -> Request:
    del walk
    return replace(request, unit=random.choice(list(cast.UNITS.values())))


def _a_scan_less(walk: Walk, request: Request, random: Random) -> Request:
    del walk
    left = [scan for scan in request.scans if random.random() < 0.5]
    return replace(request, scans=tuple(left))


def _a_strange_bag(walk: Walk, request: Request, random: Random) -> Request:
    labels = [(name, coi) for coi, chain in walk.chains.items() for name in sorted(chain.labels)]
    if not labels:
        return request
    extra = builders.a_scan(builders.a_label(*random.choice(labels)))
    kept = request.scans if random.random() < 0.5 else request.scans[:-1]
    return replace(request, scans=(*kept, extra))


def _an_unknown_code(walk: Walk, request: Request, random: Random) -> Request:
    del walk, random
    return replace(request, scans=(*request.scans, builders.a_scan(None, raw="??")))


def _a_wrong_wristband(walk: Walk, request: Request, random: Random) -> Request:
    patient = random.choice(sorted(walk.bands))
    serial = random.choice(walk.bands[patient])
    current = serial == walk.bands[patient][-1]
    band = replace(builders.a_wristband(patient), serial=serial, current=current)
    others = [s for s in request.scans if not isinstance(s.means, type(band))]
    return replace(request, scans=(*others, builders.a_scan(band)))


def _one_signs_for_both(walk: Walk, request: Request, random: Random) -> Request:
    del walk, random
    person = request.signings[0].person if request.signings else request.actor
    return replace(request, signings=tuple(replace(s, person=person) for s in request.signings))


def _a_signature_less(walk: Walk, request: Request, random: Random) -> Request:
    del walk, random
    return replace(request, signings=request.signings[:-1])


def _another_consignee(walk: Walk, request: Request, random: Random) -> Request:
    del walk
    return replace(request, consignee=random.choice([*cast.UNITS, "-", "nowhere"]))


def _a_value_less(walk: Walk, request: Request, random: Random) -> Request:
    del walk
    left = {name: text for name, text in request.values.items() if random.random() < 0.7}
    return replace(request, values=left)


def _a_wild_value(walk: Walk, request: Request, random: Random) -> Request:
    del walk
    if not request.values:
        return replace(request, values={"surprise": "1"})
    name = random.choice(sorted(request.values))
    text = random.choice(["", "-1", "1e9", "NaN", "٣", "0001-01-01T00:00+14:00", "no", "growth"])
    return replace(request, values={**request.values, name: text})


def _no_identity_check(walk: Walk, request: Request, random: Random) -> Request:
    del walk, random
    return replace(request, identity_checks=request.identity_checks[:1])


def _more_births(walk: Walk, request: Request, random: Random) -> Request:
    machines = sorted(walk.workflow.machines)
    born = [rule.machine for rule in walk.workflow.actions[request.action].moves]
    extra = NewSubject(random.choice([*machines, *born]))
    return replace(request, births=(*request.births, extra, extra))


def _other_names(walk: Walk, request: Request, random: Random) -> Request:
    names = [*sorted(walk.chains[request.coi].subjects), "COI-B/1.1"]
    return replace(request, named=(*request.named, random.choice(names)))


def _told_late(walk: Walk, request: Request, random: Random) -> Request:
    minutes = random.choice([0, 1, 60, 600, -1])
    return told_late(request, walk.now - timedelta(minutes=minutes))


def _typed(walk: Walk, request: Request, random: Random) -> Request:
    del walk, random
    return replace(request, scans=tuple(replace(s, how="typed") for s in request.scans))


SPOILS: Mapping[str, Spoil] = {
    spoil.__name__.strip("_"): spoil
    for spoil in (
        *(_somebody_else, _elsewhere, _a_scan_less, _a_strange_bag, _an_unknown_code),
        *(_a_wrong_wristband, _one_signs_for_both, _a_signature_less, _another_consignee),
        *(_a_value_less, _a_wild_value, _no_identity_check, _more_births, _other_names),
        *(_told_late, _typed),
    )
}


def spoilt(walk: Walk, request: Request, spoil: str, random: Random) -> Request:
    """The request with one thing wrong, or two."""
    changed = SPOILS[spoil](walk, request, random)
    if random.random() < 0.2:
        changed = SPOILS[random.choice(sorted(SPOILS))](walk, changed, random)
    return changed


def anything(walk: Walk, coi: str, random: Random) -> Request:
    """Any action by anybody anywhere, with any scans and names; most often nonsense."""
    action = walk.workflow.actions[random.choice(sorted(walk.workflow.actions))]
    codes = [
        builders.a_label(name, each)
        for each in walk.chains
        for name in sorted(walk.chains[each].labels)
    ]
    codes += [builders.a_wristband(patient) for patient in walk.bands]
    names = sorted(walk.chains[coi].subjects)
    person = random.choice(cast.PEOPLE)
    signers = random.sample(cast.PEOPLE, len(action.signatures))
    return Request(
        coi=coi,
        action=action.name,
        actor=person,
        unit=cast.UNITS[random.choice(sorted(person.roles))[1]],
        scans=tuple(builders.a_scan(c) for c in random.sample(codes, min(2, len(codes)))),
        named=tuple(random.sample(names, min(1, len(names)))),
        values={field.name: random.choice(["1", "yes", "x", ""]) for field in action.fields},
        consignee=random.choice([*cast.UNITS, "-"]),
        signings=tuple(map(Signing, signers, (rule.meaning for rule in action.signatures))),
    )
