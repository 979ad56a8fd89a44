"""What a bag label says that was recorded, and what of it has changed since the label was issued.

A label cannot change: what was printed before a correction, or before a test of the patient for
infection was reported, shows what is old until the bag is labelled anew. `coi.services.labelling`
draws these values, and no other ones that can be corrected.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows.case import Case
from workflows.facts import Link, Subject, Value
from workflows.model import Action, Kind, MoveRule, Pick, Relation, Workflow
from workflows.stating import infection, is_donor_test
from workflows.versions import Earlier, version_at

BAG_LABEL = "bag-label"
"""The template that tells of a container, where its definition chooses no other one."""
DONATION = "donation_number"
NOT_KNOWN = "NOT KNOWN"
"""What a correction says of a donation number that is wrong while nobody knows the true one."""
EXPIRY = "expires_at"
BATCH = "batch_number"
ISBT_PRODUCT = "isbt_product"
NEEDS: Mapping[str, tuple[str, ...]] = {
    "bag-label-100x100": (EXPIRY,),
    "bag-label-gs1": ("gtin", EXPIRY, BATCH),
    "bag-label-isbt": (DONATION, EXPIRY),
    "bag-label-isbt-2d": (DONATION, ISBT_PRODUCT, EXPIRY),
}
"""What a label by these templates cannot be printed without: numbers of the definition, fields."""
CHOICES = frozenset(
    {
        *(*NEEDS, "bag-label", "bag-label-51x25", "collection-label", "in-process-label"),
        *("shipper-label", "tie-tag", "tube-label"),
    }
)
"""The templates of containers, of which a definition chooses."""
OWN = "own-"
"""How the name of a template begins that a site made for itself."""
MILLILITRES = "mL"
SAYS = "label_says"
INFECTION = "the infection tests"
"""What is old on a label that states something else of infection than the record does."""
RELABEL = "relabel"
PRINT_ANEW = "print its label anew, from the list of the labels"
_ITS_OWN = (EXPIRY, SAYS)
_OF_ITS_ORIGIN: Mapping[Kind, tuple[str, ...]] = {
    Kind.LOT: (BATCH,),
    Kind.COLLECTION: ("ended_at",),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a therapy, as far as its labels say it."""

    workflow: Workflow
    subjects: Mapping[str, Subject]
    links: tuple[Link, ...]
    values: tuple[Value, ...]
    earlier: tuple[Earlier, ...]  # the versions by which it ran before, oldest first


def known_of(case: Case, values: tuple[Value, ...]) -> Known:
    """What is known of the therapy of a case, by these values."""
    return Known(case.workflow, case.facts.subjects, case.links, values, case.facts.earlier)


def old_values(known: Known, subject: str, issued_in: int) -> tuple[str, ...]:
    """The titles of what a label that was issued in this entry shows, and is otherwise since."""
    stale = [value for value in _shown(known, subject) if _is_revised(value, issued_in)]
    titles = (_title(known.workflow, value.field) for value in stale)
    return (*titles, *((INFECTION,) if _states_otherwise(known, issued_in) else ()))


def donations(known: Known, subject: str) -> tuple[Value, ...]:
    """The number of each donation that a thing descends from, in the order of collecting."""
    return donations_of(known, descent(known.links, subject))


def donations_of(known: Known, things: Iterable[str]) -> tuple[Value, ...]:
    """The number of each of these things that is a donation, in the order of collecting."""
    machines = known.workflow.machines
    before = (known.subjects[one] for one in things)
    collections = (one for one in before if machines[one.machine].kind is Kind.COLLECTION)
    in_order = sorted(collections, key=lambda one: one.born_seq)
    return tuple(
        number
        for collection in in_order
        for number in _newest((v for v in known.values if v.subject == collection.id), (DONATION,))
    )


def donations_told(known: Known, subject: str) -> tuple[str, ...]:
    """The same as a label says them."""
    return as_told(donations(known, subject))


def as_told(numbers: Iterable[Value]) -> tuple[str, ...]:
    """As a label says them: none while one is not known, or it would say one too few."""
    told = tuple(one.content for one in numbers)
    return () if NOT_KNOWN in told else told


def descent(links: tuple[Link, ...], subject: str) -> set[str]:
    """All that a thing was made of, and that was made of before it."""
    found: set[str] = set()
    after = {subject}
    while after:
        made_of = (one for one in links if one.relation == Relation.MADE_OF)
        after = {one.parent for one in made_of if one.child in after} - found
        found |= after
    return found


def template_of(workflow: Workflow, machine: str) -> str:
    """The template by which the label of this sort of container is drawn (`product: label`)."""
    chosen = workflow.product.get("label")
    name = chosen.get(machine) if isinstance(chosen, dict) else None
    return str(name) if name else BAG_LABEL


def own_templates(workflow: Workflow) -> frozenset[str]:
    """The templates that a site made for itself and that the definition chooses."""
    chosen = workflow.product.get("label")
    names = chosen.values() if isinstance(chosen, dict) else ()
    return frozenset(str(name) for name in names if str(name).startswith(OWN))


def templates_chosen(workflow: Workflow) -> frozenset[str]:
    """Every template by which some step of this definition prints."""
    printed = {name for action in workflow.actions.values() for name in action.prints}
    machines = (one.name for one in workflow.machines.values() if one.labelled)
    containers = {template_of(workflow, name) for name in machines}
    return frozenset(printed - {BAG_LABEL} | containers if BAG_LABEL in printed else printed)


def step_that_labels_anew(workflow: Workflow, subject: Subject) -> Action | None:
    """The step that prints another label for the thing where it stands, also while on hold."""
    for action in workflow.actions.values():
        if BAG_LABEL in action.prints and any(_labels_it(rule, subject) for rule in action.moves):
            return action
    return None


def can_be_labelled_anew(workflow: Workflow, subject: Subject) -> bool:
    """There is such a step."""
    return step_that_labels_anew(workflow, subject) is not None


def way_out(workflow: Workflow, subject: Subject) -> str:
    """What to do about a label that shows what is old: where no step can, as of a sample, print."""
    return RELABEL if can_be_labelled_anew(workflow, subject) else PRINT_ANEW


def _labels_it(rule: MoveRule, subject: Subject) -> bool:
    return (
        rule.machine == subject.machine
        and rule.pick is Pick.SCANNED
        and rule.while_stopped
        and subject.position.state in rule.from_states
    )


def _is_revised(value: Value, issued_in: int) -> bool:
    return value.revision > 1 and value.recorded_in > issued_in


def _states_otherwise(known: Known, issued_in: int) -> bool:
    """What the record says of infection is no more what it said when the label was issued.

    Who was wholly tested by one version of a definition may not be by the next, that asks more.
    """
    results = [value for value in known.values if is_donor_test(value.field)]
    # The occasion of a value is the number of its entry and one.
    then = [value for value in results if value.occurrence <= issued_in]
    if any(_is_revised(value, issued_in) for value in then):
        return True
    printed_by = version_at(issued_in, known.workflow, known.earlier)
    return infection(printed_by, then) != infection(known.workflow, results)


def _shown(known: Known, subject: str) -> Iterator[Value]:
    """Each value that the label of a container shows."""
    own = [value for value in known.values if value.subject == subject]
    yield from _newest(own, _ITS_OWN)
    # With how much it was filled; what was taken out of it later comes after that.
    volumes = [value for value in own if value.unit == MILLILITRES]
    yield from sorted(volumes, key=lambda value: value.occurrence)[:1]
    for origin in made_of(known, subject):
        fields = _OF_ITS_ORIGIN.get(known.workflow.machines[origin.machine].kind, ())
        yield from _newest((v for v in known.values if v.subject == origin.id), fields)
    yield from donations(known, subject)


def newest_value(known: Known, subject: str, field: str) -> str:
    """The newest content of a field of a thing; '' for none."""
    found = _newest((value for value in known.values if value.subject == subject), (field,))
    return next((value.content for value in found), "")


def _newest(values: Iterable[Value], fields: tuple[str, ...]) -> Iterator[Value]:
    newest: dict[str, Value] = {}
    for value in sorted(values, key=lambda value: (value.occurrence, value.revision)):
        newest[value.field] = value
    return (newest[field] for field in fields if field in newest)


def made_of(known: Known, subject: str) -> Iterator[Subject]:
    """What a thing was made of itself."""
    links = (link for link in known.links if link.relation == Relation.MADE_OF)
    return (known.subjects[link.parent] for link in links if link.child == subject)


def _title(workflow: Workflow, name: str) -> str:
    every = (field for action in workflow.actions.values() for field in action.fields)
    return next((field.title for field in every if field.name == name), name)
