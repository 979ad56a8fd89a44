"""Every label that was printed is somewhere, or the lot is not released."""

from dataclasses import replace

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import (
    AT_LAB,
    IN_MANUFACTURE,
    MADE,
    RELEASED,
    Step,
    filled,
    play,
)
from coi.demo.going_live import copied
from coi.demo.stories import GOES_WELL
from coi.errors import Refused
from coi.services.approvals import approve_template
from coi.services.label_ledger import TurnLabel, label_ledger, turn_label
from coi.services.labelling import bag_label_pdf, newest_serial
from coi.services.proofs import Signer
from coi.services.reconciling import write_reconciliation
from coi.services.reporting import custody_record
from coi.services.scanning import Code
from coi.services.therapies import look
from tests.coi.reports.pages import squeezed, text_of
from tests.journeys.asking import (
    act,
    ids,
    newest,
    refused,
    since,
    states,
    take_refused,
    until,
    values,
)
from tests.journeys.test_corrections import corrected, seen
from workflows import label_deeds
from workflows.label_deeds import Deed
from workflows.label_life import LabelDeed, LabelState

LABELS = 20
WORKS = "works-production"
NEEDED = ((label_deeds.PRINTED_ANEW, "mia"), (label_deeds.NEEDED, "max"))
BURNT = ((label_deeds.DESTROYED, "mia"), (label_deeds.WITNESSED, "milo"))
EXPLAINED = ((label_deeds.SEARCHED, "mia"), (label_deeds.EXPLAINED_BY, "queenie"))


@pytest.fixture
def coi(performer):
    """Give a therapy that has just been ordered."""
    return performer.order(PATIENTS[0])


def do(performer, coi, deed, *signed, by="mia", unit=WORKS, code=None):
    """Do something with a label of the works, signed by these people."""
    performer.count += 1
    signers = tuple(Signer(performer.proven[who], meaning) for meaning, who in signed)
    key = f"label-{performer.count}"
    asked = TurnLabel(coi, deed, unit, key, code)
    return turn_label(performer.installation, asked, performer.proven[by], signers)


def codes_of(caught):
    """Give the codes of a refusal."""
    return [refusal.code for refusal in caught.value.refusals]


def ledger(performer, coi):
    """Give every label of the therapy, as quality assurance of the works reads it."""
    return label_ledger(performer.installation, performer.proven["queenie"], coi)


def written(performer, coi):
    """Print the label reconciliation."""
    return write_reconciliation(performer.installation, performer.proven["queenie"], coi)


def anew(performer, coi, bag, reason):
    """Print the label of a bag anew; returns the serial that is void from then on."""
    old = newest_serial(performer.installation, bag)
    do(performer, coi, Deed(LabelDeed.REPRINT, old, reason), *NEEDED)
    return old


def test_a_release_is_not_confirmed_while_a_label_is_out(performer, coi):
    """What was voided after the provisional release is accounted for before the last word."""
    play(performer, coi, until(GOES_WELL, "confirm_release"))
    bag = next(one for one in ids(performer, coi, "product"))
    old = newest_serial(performer.installation, bag)
    at_ward = {"by": "leo", "unit": "north-lab"}
    do(performer, coi, Deed(LabelDeed.VOID, old, "A second piece lay in the printer"), **at_ward)

    take_refused(performer, coi, Step("confirm_release"), "LABELS_UNACCOUNTED")


def test_twenty_labels_are_printed_one_torn_one_twice_one_lost(performer, coi):
    """Release is blocked until each piece is accounted for; then every label adds up (LB-02)."""
    play(performer, coi, (*IN_MANUFACTURE, *MADE, filled(LABELS)[0]))
    bags = ids(performer, coi, "product")
    torn = anew(performer, coi, bags[0], "It tore when it was peeled off")
    twice = anew(performer, coi, bags[1], "The printer stopped, and printed it a second time")
    lost = anew(performer, coi, bags[2], "It is not to be found")
    play(performer, coi, (*filled(LABELS)[1:], *RELEASED[:-1]))
    release = Step("release_lot")

    take_refused(performer, coi, release, "LABELS_UNACCOUNTED")
    blocked = ledger(performer, coi)
    ended = LabelDeed.ACCOUNT
    do(performer, coi, Deed(ended, torn, end="destroyed", pieces=1), *BURNT)
    do(performer, coi, Deed(ended, twice, end="destroyed", pieces=2), *BURNT)
    searched = "Every bin of the room was searched; the printer's ribbon shows that it was cut"
    do(performer, coi, Deed(ended, lost, searched, "lost", 1), *EXPLAINED)
    play(performer, coi, [release])

    found = ledger(performer, coi)
    told = squeezed(text_of(written(performer, coi)))
    assert squeezed(f"{found.issued} issued = ") in told
    assert squeezed("+ 2 destroyed + 0 returned + 1 lost and explained") in told
    assert squeezed("destroyed, 2 pieces") in told
    assert squeezed(f"{searched}") in told
    assert all(line.life.serial in told for line in found.lines)
    assert all(squeezed(f"{meaning}:") in told for meaning, _who in (*NEEDED, *BURNT, *EXPLAINED))
    assert blocked.open == (torn, twice, lost)
    assert found.open == ()
    assert found.issued == sum(found.counts.values())
    assert (found.counts[LabelState.DESTROYED], found.counts[LabelState.LOST]) == (2, 1)
    assert states(performer, coi, "lot") == {"released": 1}


def test_the_second_copy_of_a_void_label_stops_whoever_scans_it(performer, coi):
    """It is dead anywhere: the hand is stopped, and QA is told once (LB-04, LB-05)."""
    play(performer, coi, AT_LAB)
    bag = ids(performer, coi, "material")[0]
    wanted = performer.request(coi, "freeze_material")
    serial = newest_serial(performer.installation, bag)
    void = Deed(LabelDeed.VOID, serial, "Nobody knows how often it was printed")
    do(performer, coi, void, by="leo", unit="north-lab")

    for key in ("first", "second"):
        request, *who = wanted
        with refused(performer, coi, "VOID_LABEL"):
            act(performer, (replace(request, key=key), *who))

    told = look(performer.installation, coi).subjects.values()
    opened = [one for one in told if one.machine == "exception"]
    assert [one.origin for one in opened] == [bag]
    assert values(performer, coi, "kind") == ["label discrepancy"]


def test_a_label_is_on_its_bag_when_somebody_scans_it_there(performer, coi):
    """No step is added: whoever scans it first has read it back (LB-03)."""
    play(performer, coi, until(AT_LAB, "release_custody"))
    before = {line.life.state for line in _of_material(performer, coi)}
    play(performer, coi, since(AT_LAB, "release_custody")[:1])

    after = {line.life.state for line in _of_material(performer, coi)}

    assert (before, after) == ({LabelState.ISSUED}, {LabelState.APPLIED})


def _of_material(performer, coi):
    found = label_ledger(performer.installation, performer.proven["carla"], coi)
    return [line for line in found.lines if line.thing.startswith("Starting material")]


def test_a_label_is_read_back_alone_by_a_scanner_and_never_typed(performer, coi):
    """Where no step scans it in time, somebody scans it; a typed code is no reading (LB-03)."""
    play(performer, coi, (*IN_MANUFACTURE, *MADE, filled(1)[0]))
    (bag,) = ids(performer, coi, "product")
    serial = newest_serial(performer.installation, bag)
    deed = Deed(LabelDeed.CONFIRM, serial)

    with pytest.raises(Refused) as caught:
        do(performer, coi, deed, code=Code(f"{serial}/{coi}", "typed"))
    do(performer, coi, deed, code=Code(f"{serial}/{coi}"))

    line = next(one for one in ledger(performer, coi).lines if one.life.serial == serial)
    assert codes_of(caught) == ["LABEL_NOT_READ"]
    assert [one.state.value for one in line.story] == ["issued", "printed", "verified", "applied"]


def test_a_value_is_corrected_after_a_label_was_scanned(performer, coi):
    """What is done with a label is no step that a correction could put in doubt."""
    play(performer, coi, (*IN_MANUFACTURE, *MADE, filled(1)[0]))
    (bag,) = ids(performer, coi, "product")
    serial = newest_serial(performer.installation, bag)
    do(performer, coi, Deed(LabelDeed.CONFIRM, serial), code=Code(f"{serial}/{coi}"))

    play(performer, coi, [Step("correct_value")])

    assert newest(performer, coi).action == "correct_value"


def test_what_is_void_is_accounted_for_by_two_and_only_once(performer, coi):
    """A destruction has a witness; what lives is not destroyed, what is dead stays so (LB-06)."""
    play(performer, coi, (*IN_MANUFACTURE, *MADE, filled(1)[0]))
    (bag,) = ids(performer, coi, "product")
    living = newest_serial(performer.installation, bag)
    gone = {"end": "destroyed", "pieces": 1}
    tried = {}

    def refuse(name, deed, *signed):
        with pytest.raises(Refused) as caught:
            do(performer, coi, deed, *signed)
        tried[name] = codes_of(caught)

    refuse("living", Deed(LabelDeed.ACCOUNT, living, **gone), *BURNT)
    refuse("unexplained", Deed(LabelDeed.VOID, living))
    refuse("one alone", Deed(LabelDeed.REPRINT, living, "torn"), NEEDED[0])
    old = anew(performer, coi, bag, "torn")
    refuse("no witness", Deed(LabelDeed.ACCOUNT, old, **gone), BURNT[0])
    refuse("replaced", Deed(LabelDeed.REPRINT, old, "torn again"), *NEEDED)
    do(performer, coi, Deed(LabelDeed.ACCOUNT, old, **gone), *BURNT)
    refuse("twice", Deed(LabelDeed.ACCOUNT, old, **gone), *BURNT)
    refuse("unknown", Deed(LabelDeed.VOID, "B-TEST-00000000-7", "torn"))

    assert tried == {
        "living": ["LABEL_IS_NOT_VOID"],
        "unexplained": ["REASON_MISSING"],
        "one alone": ["SIGNATURE_MISSING"],
        "no witness": ["SIGNATURE_MISSING"],
        "replaced": ["LABEL_REPLACED"],
        "twice": ["LABEL_IS_NOT_VOID"],
        "unknown": ["LABEL_UNKNOWN"],
    }


def test_the_list_counts_what_was_never_printed_apart(performer):
    """What was used up on paper got no label of ours: nobody is asked where it is."""
    on_paper = performer.order(PATIENTS[1], on_paper="Folder 17")
    copied(performer, on_paper, IN_MANUFACTURE)
    (bag,) = ids(performer, on_paper, "material", "used")
    (box,) = ids(performer, on_paper, "shipment")

    found = ledger(performer, on_paper)

    never = {line.life.subject for line in found.lines if line.is_on_paper}
    assert (never, found.never_printed) == ({bag, box}, 2)
    assert not {line.life.serial for line in found.lines if line.is_on_paper} & {*found.open}
    told = squeezed(text_of(written(performer, on_paper)))
    assert squeezed("2 never printed") in told
    record = text_of(custody_record(performer.installation, on_paper, "queenie"))
    assert squeezed(record).count("NOTACCOUNTEDFOR") == len(found.open)


def test_nothing_is_printed_anew_by_a_template_that_is_not_approved(performer, coi):
    """The old label stays in force, and the refusal names the template that is chosen for it."""
    play(performer, coi, (*IN_MANUFACTURE, *MADE, *filled(1)))
    sample, *_ = ids(performer, coi, "sample", "taken")
    old = newest_serial(performer.installation, sample)
    approve_template(performer.installation, performer.proven["queenie"], "tube-label", holds=False)
    deed, signed = Deed(LabelDeed.REPRINT, old, "torn"), (label_deeds.PRINTED_ANEW, "anna")

    with pytest.raises(Refused) as caught:
        do(performer, coi, deed, signed, by="anna", unit="lab-testing")

    assert codes_of(caught) == ["TEMPLATE_NOT_APPROVED"]
    assert "“tube-label”" in str(caught.value.refusals[0])
    assert newest_serial(performer.installation, sample) == old


def test_a_sample_whose_label_is_old_gets_a_new_one_from_the_list(performer, coi):
    """No step labels it anew; the list says so, prints it anew, and it shows what is recorded."""
    play(performer, coi, (*IN_MANUFACTURE, *MADE, *filled(1)))
    sample, *_ = ids(performer, coi, "sample", "taken")
    play(performer, coi, [corrected("sample_ml", "7", on=sample)])
    old = newest_serial(performer.installation, sample)
    way = "print its label anew, from the list of the labels"

    before = {line.life.serial: line.old for line in ledger(performer, coi).lines if line.old}
    told = squeezed(text_of(written(performer, coi)))
    anew = Deed(LabelDeed.REPRINT, old, "It shows an old volume")
    signed = (label_deeds.PRINTED_ANEW, "anna")
    do(performer, coi, anew, signed, by="anna", unit="lab-testing")

    assert [*before] == [old]
    assert before[old].sentence == f"shows an old value of Volume: {way}"
    assert squeezed(f"It shows an old value of Volume: {way}") in told
    assert seen(performer, coi)[0] == f"The label {old} shows an old value of Volume: {way}"
    assert not any(line.old for line in ledger(performer, coi).lines)
    assert bag_label_pdf(performer.installation, newest_serial(performer.installation, sample))
