"""Whose it is: what was scanned, for which therapy and patient. Nothing here can be waived."""

from workflows.case import Case, NotTold, Turn
from workflows.donations import not_read, say_isbt128
from workflows.facts import Label, Meaning, Mode, Order, Shipper, Subject, Wristband
from workflows.guards.custody import packed_away
from workflows.label_life import newest_of
from workflows.label_numbers import why_unprintable
from workflows.labelled import (
    BAG_LABEL,
    INFECTION,
    can_be_labelled_anew,
    known_of,
    old_values,
    template_of,
)
from workflows.model import Pick, SiteKind, Verb
from workflows.over_labels import scanned_in_our_place
from workflows.packing import PACKAGING, depth
from workflows.refusal import (
    IDENTITY_DIFFERS,
    OLD_LABEL,
    OLD_VALUE,
    SCANNED_OTHERWISE,
    VOID_LABEL,
    WRONG_ORDER,
    WRONG_PATIENT,
    Refusal,
)

TWO = 2
TYPED = "typed"
_OPENING = frozenset({SiteKind.HOSPITAL, SiteKind.MANUFACTURER})
"""Where packages are opened."""
AT_THE_BEDSIDE = frozenset({Verb.CHECK, Verb.ADMINISTER})
IDENTIFIERS = frozenset({"family_name", "birth_date", "medical_record_number"})
"""What tells patients apart. A given name and the sex are compared, but count for nothing."""


def scanned_codes_are_of_this_therapy(case: Case) -> Refusal | None:
    """Every scanned bag label and order belongs to the therapy in hand (hard guard 1, BD-02)."""
    coi = case.facts.therapy.coi
    # First of all: asked of another therapy's facts, every other question is answered wrongly.
    if case.request.coi != coi:
        return Refusal("WRONG_FACTS", f"The facts are of {coi}", "Start again from the order")
    strange = [label for label in case.scanned(Label) if label.coi != coi]
    orders = [order.coi for order in case.scanned(Order) if order.coi != coi]
    if strange:
        whose = (
            "another therapy of the same patient"
            if strange[0].patient == case.facts.therapy.patient
            else "another patient"
        )
        return Refusal(
            "WRONG_THERAPY",
            f"STOP. The bag {strange[0].serial} belongs to {whose}, not to {coi}",
            _what_to_do_with(case, strange[0]),
        )
    if orders:
        return Refusal(
            WRONG_ORDER,
            f"STOP. The order is not {coi}",
            "Put it aside. At the patient two others start again from the right order",
        )
    return None


def _what_to_do_with(case: Case, strange: Label) -> str:
    """A bag that was scanned is here, and is held; a code that was typed says less."""
    if all(scan.how == TYPED for scan in case.request.scans if scan.means == strange):
        return "Put this bag aside; scan its label, a typed code does not hold it. Call QA"
    return "Put this bag aside; it is on hold. Call the coordinator"


def containers_are_expected(case: Case) -> Refusal | None:
    """Each scan is known here, and is of something that this action acts on (hard guard 2)."""
    if refusal := scanned_in_our_place(case):
        return refusal
    if case.unknown_scans:
        return Refusal(
            "UNKNOWN_CODE",
            f"“{case.unknown_scans[0].raw[:64]}” is no code that is known here",
            "Scan again; if it repeats, call the coordinator",
        )
    turned = {turn.subject.id for turn in case.turns}
    packed_or_wrong = [
        label
        for label in case.scanned(Label)
        if label.coi == case.facts.therapy.coi
        and label.subject not in turned
        and not _is_of_an_acting_machine(case, label)
    ]
    if packed_or_wrong:
        title = case.action.title
        return Refusal(
            "UNEXPECTED_CONTAINER",
            f"“{title}” does not act on {packed_or_wrong[0].subject}",
            "Scan the container that this step is about",
        )
    return None


def labels_are_current(case: Case) -> Refusal | None:
    """No label was scanned that a newer one has replaced, or that is void (LB-05)."""
    for label in case.scanned(Label):
        if label.coi != case.facts.therapy.coi:
            continue
        if not label.current:
            return Refusal(
                OLD_LABEL,
                f"STOP. The label {label.serial} has been replaced by a newer one",
                "Scan the newer label; where the bag does not carry it, call the coordinator",
            )
        if label.is_dead:
            return Refusal(
                VOID_LABEL,
                f"STOP. The label {label.serial} is void",
                "Put it aside, and keep it. The bag needs a new label; call the coordinator",
            )
    return None


def labels_show_what_is_recorded(case: Case) -> Refusal | None:
    """No label of what is scanned shows what is otherwise on record since it was printed.

    As with a hold, what is taken in, found damaged, destroyed or labelled anew is not asked; nor is
    what no step can label anew, as a sample: it would be stuck. At the bedside what is stated of
    infection keeps nobody's own cells from them: it is a notice there. Whatever is closed around
    something is asked of that too, by its newest label, and of what that is in: all of it leaves
    with this package. It is asked when the package is closed, and when it is handed over by
    somebody who can open it.
    """
    if _goes_along_unseen(case) and (refusal := _what_is_packed_shows_something_else(case)):
        return refusal
    for turn in case.turns:
        if turn.label is None or not turn.label.may_be_old or _may_carry_an_old_label(case, turn):
            continue
        for title in _shown_otherwise(case, turn.subject, turn.label.issued_in):
            if title == INFECTION and case.action.verb in AT_THE_BEDSIDE:
                continue
            return _relabel(turn.label.serial, title, _how_to_label(case, turn.subject))
    return None


def _goes_along_unseen(case: Case) -> bool:
    """What lies in a package goes where nobody can label it before it has arrived.

    A courier opens nothing: what is on its way arrives with the label that it has.
    """
    leaves = case.action.verb is Verb.RELEASE_CUSTODY and case.request.unit.site_kind in _OPENING
    return leaves or case.action.verb is Verb.PACK


def _what_is_packed_shows_something_else(case: Case) -> Refusal | None:
    """What goes along inside something is not scanned: its newest label is looked up.

    The innermost is told first: what is around it gets a new label when it is closed again.
    """
    inside = [turn for turn in case.turns if turn.rule.is_inside]
    if not inside:
        return None
    if case.facts.label_lives is None:
        raise NotTold("label_lives")
    newest, subjects = newest_of(case.facts.label_lives), case.facts.subjects
    for turn in sorted(inside, key=lambda turn: -depth(subjects, turn.subject)):
        life = newest.get(turn.subject.id)
        if life is None or _may_carry_an_old_label(case, turn):
            continue
        for title in _shown_otherwise(case, turn.subject, life.issued_in):
            packed = packed_away(case.workflow, subjects, turn.subject)
            how = _how_to_label(case, turn.subject)
            return _relabel(life.serial, title, f"{packed.next_step}. {how}")
    return None


def _shown_otherwise(case: Case, thing: Subject, issued_in: int) -> tuple[str, ...]:
    """The titles of what a label shows that was issued in this entry, and is otherwise since."""
    if case.facts.values is None:
        raise NotTold("values")
    return old_values(known_of(case, case.facts.values), thing.id, issued_in)


def _relabel(serial: str, title: str, next_step: str) -> Refusal:
    return Refusal(
        OLD_VALUE, f"This label ({serial}) shows an old value of {title}: relabel", next_step
    )


def _how_to_label(case: Case, thing: Subject) -> str:
    """By a step, where one does it; else whoever has it in hand prints its label anew."""
    if can_be_labelled_anew(case.workflow, thing):
        return "Label the bag anew; where this cannot be done here, call the coordinator"
    return "Print its label anew, from the list of the labels"


def _may_carry_an_old_label(case: Case, turn: Turn) -> bool:
    """No step labels a package anew; before it goes into another its label is printed anew."""
    is_package = case.kind_of(turn.subject.machine) in PACKAGING
    can_be = can_be_labelled_anew(case.workflow, turn.subject) or (
        is_package and case.action.verb is Verb.PACK
    )
    return turn.rule.while_stopped or is_labelled_anew(case, turn) or not can_be


def is_labelled_anew(case: Case, turn: Turn) -> bool:
    """An action that prints labels, and makes nothing that carries one, labels what is scanned."""
    makes_some = any(case.workflow.machines[a.rule.machine].labelled for a in case.arrivals)
    return BAG_LABEL in case.action.prints and turn.label is not None and not makes_some


def _is_of_an_acting_machine(case: Case, label: Label) -> bool:
    """The action has rules for it; that none fits its state is said elsewhere."""
    subject = case.facts.subjects.get(label.subject)
    return subject is not None and any(
        rule.machine == subject.machine and rule.pick is Pick.SCANNED for rule in case.action.moves
    )


def wristband_is_this_patients(case: Case) -> Refusal | None:
    """Where the patient is touched, the patient's own, current wristband was scanned (BD-10)."""
    bands = case.scanned(Wristband)
    stranger = next((b for b in bands if b.patient != case.facts.therapy.patient), None)
    # Before an old band: this one is on another patient, and stops the pair that scanned it.
    if stranger:
        return Refusal(
            WRONG_PATIENT,
            f"STOP. The wristband {stranger.serial} is another patient's",
            "Stop here. Two others check the patient's identity from the beginning",
        )
    if any(not band.current for band in bands):
        return Refusal(
            "OLD_WRISTBAND",
            "STOP. This wristband has been replaced by a newer one",
            "Remove it; scan the current wristband on the patient's arm",
        )
    if _touches_the_patient(case) and not bands:
        return Refusal(
            "WRISTBAND_NOT_SCANNED",
            "The patient's wristband was not scanned",
            "Scan the wristband on the patient's arm",
        )
    return None


def _touches_the_patient(case: Case) -> bool:
    return any(rule.patient for rule in case.action.moves)


def everybody_scanned_the_same(case: Case) -> Refusal | None:
    """Where scans say who made them, each person scanned the same things (BD-06)."""
    by_person: dict[str, set[Meaning | None]] = {}
    for scan in case.request.scans:
        if scan.by:
            by_person.setdefault(scan.by, set()).add(scan.means)
    each = list(by_person.values())
    if all(scanned == each[0] for scanned in each):
        return None
    return Refusal(
        SCANNED_OTHERWISE,
        "STOP. The two of you did not scan the same things",
        "Put everything aside but what is meant; two others check from the beginning",
    )


def patient_is_identified_by_two_people(case: Case) -> Refusal | None:
    """Two different people each matched two identifiers or more, none differing (hard guard 3).

    Where another patient of the site looks alike, one of them is no identifier of that patient.
    Of what is copied from paper, whoever copies compares what stands there.
    """
    checks = case.request.identity_checks
    if any(check.differing for check in checks):
        names = sorted(set().union(*(check.differing for check in checks)))
        words = ", ".join(names).replace("_", " ")
        return Refusal(
            IDENTITY_DIFFERS,
            f"STOP. What was stated differs from the record: {words}",
            "Stop here. Two others check the patient's identity from the beginning",
        )
    enough = {check.person for check in checks if len(check.matched & IDENTIFIERS) >= TWO}
    # Each who compared also signs, or else a name could be given for somebody who was not there.
    asked = 1 if case.is_copied else TWO
    if len(enough) < asked or not enough <= set(case.signers):
        if case.is_copied:
            return Refusal(
                "PATIENT_NOT_IDENTIFIED",
                "Who copies must match at least two identifiers of the patient",
                "Give name and birth date as they stand on the paper",
            )
        return Refusal(
            "PATIENT_NOT_IDENTIFIED",
            "Two people who sign must each match at least two identifiers of the patient",
            "Ask the patient for name and birth date, each of you",
        )
    return _told_from_everybody_alike(case)


def _told_from_everybody_alike(case: Case) -> Refusal | None:
    """Where others here look like the patient, something was matched that is not theirs (SEC-48).

    What happened on paper is not asked: there is nobody to ask any more.
    """
    if case.request.mode is not Mode.ASK:
        return None
    matched = [check.matched for check in case.request.identity_checks]
    for differing in case.facts.told_apart:
        if not all(differing & heard for heard in matched):
            words = " or ".join(sorted(differing)).replace("_", " ")
            return Refusal(
                "NOT_TOLD_APART",
                "Another patient here looks alike, and what was stated could be theirs too",
                f"Ask the patient for the {words} too, each of you",
            )
    return None


def order_is_scanned(case: Case) -> Refusal | None:
    """The session at the patient began from the order's own COI code."""
    if case.scanned(Order):
        return None
    return Refusal("ORDER_NOT_SCANNED", "The order was not scanned", "Scan the COI on the order")


def label_template_is_approved(case: Case) -> Refusal | None:
    """QA has approved all label templates of the action, and its labels can say their numbers."""
    templates = case.facts.templates or {}
    printed = _templates_printed(case)
    missing = [name for name in printed if not templates.get(name, False)]
    if missing:
        return Refusal(
            "TEMPLATE_NOT_APPROVED",
            f"The label template “{missing[0]}” is not approved",
            "QA approves the template first",
        )
    if say_isbt128(case, printed) and not case.facts.reads_isbt128:
        return not_read()
    anew = (turn.subject for turn in case.turns if is_labelled_anew(case, turn))
    return why_unprintable(case, anew)


def _templates_printed(case: Case) -> tuple[str, ...]:
    """By which templates the step prints; of containers, those of the sorts that get a label."""
    prints, machines = case.action.prints, case.workflow.machines
    # What a person has done with one label names its template itself, and moves no container.
    if BAG_LABEL not in prints or not any(machines[r.machine].labelled for r in case.action.moves):
        return prints
    born = (one.rule.machine for one in case.arrivals if machines[one.rule.machine].labelled)
    anew = (turn.subject.machine for turn in case.turns if is_labelled_anew(case, turn))
    containers = (template_of(case.workflow, machine) for machine in (*born, *anew))
    others = (name for name in prints if name != BAG_LABEL)
    return tuple(dict.fromkeys((*containers, *others)))


def shipper_scan(case: Case) -> Shipper | None:
    """The one shipper that was scanned, or None when none or several were."""
    shippers = set(case.scanned(Shipper))
    # Of two shippers nobody could say which one the bags went into.
    return shippers.pop() if len(shippers) == 1 else None
