"""Forgeries of whose cells these are: patients, wristbands, labels, subjects, lineage, values."""

from dataclasses import replace

from tests.store.attacks import attack
from tests.store.world import (
    A,
    B,
    a_label,
    a_link,
    a_value,
    a_wristband,
    infuse,
    label_of,
    record,
    release,
    to_the_ward,
)
from tests.store.writer import Birth, Deed, Row, Turn, Writer


def a_new_sample(*links: Row) -> Deed:
    """A sample is taken from the first product."""
    turn = Turn("A/10.1", "taken", holder="mfg")
    born = (Birth("sample", A.product),)
    return Deed("A", "take", "mfg", (turn,), births=born, parts={"lineage": links})


# -- what is scanned ------------------------------------------------------------------------------


@attack("fk_move_before")
def the_other_patients_bag_is_moved(writer: Writer) -> None:
    """B's bag, with B's label, is handed off inside A's chain."""
    writer.forge(release(A), move={"subject": B.product, "label_serial": label_of(B.product)})


@attack("fk_move_subject")
def the_other_patients_sample_is_taken(writer: Writer) -> None:
    """A's chain tells the first turn of a subject that was born in B's."""
    writer.act(Deed("B", "take", "mfg", births=(Birth("sample", B.product),)))
    writer.forge(a_new_sample(), move={"subject": "B/10.1"})


@attack("fk_move_label")
def the_other_patients_label_is_scanned(writer: Writer) -> None:
    """B's bag is scanned while A's is moved."""
    writer.forge(release(A), move={"label_serial": label_of(B.product)})


@attack("fk_move_label")
def another_bag_of_the_same_patient_is_scanned(writer: Writer) -> None:
    """A's second bag is scanned while the first is moved."""
    writer.forge(release(A), move={"label_serial": label_of(A.other_product)})


@attack("ck_move_scan")
def nothing_is_scanned(writer: Writer) -> None:
    """A handoff without a scan; NULL must not switch the key off."""
    writer.forge(release(A), move={"label_serial": None})


@attack("fk_move_wristband")
def the_other_patients_wristband_is_scanned(writer: Writer) -> None:
    """A's bag is infused at the bed of whoever wears B's wristband."""
    to_the_ward(writer, A)
    writer.forge(infuse(A), move={"wristband": B.wristband})


@attack("fk_move_patient")
def the_bag_flows_into_the_other_patient(writer: Writer) -> None:
    """A's bag is infused into B, with B's wristband scanned."""
    to_the_ward(writer, A)
    into_b: Row = {"patient_id": B.patient, "wristband": B.wristband, "holder_after": B.patient}
    writer.forge(infuse(A), move=into_b)


@attack("ck_move_patient_holder")
def the_evidence_is_of_one_and_the_cells_in_the_other(writer: Writer) -> None:
    """A is scanned, and B holds the cells afterwards."""
    to_the_ward(writer, A)
    writer.forge(infuse(A), move={"holder_after": B.patient})


@attack("ck_move_patient")
def no_wristband_is_scanned(writer: Writer) -> None:
    """An infusion without a wristband."""
    to_the_ward(writer, A)
    writer.forge(infuse(A), move={"wristband": None})


@attack("ck_move_patient_holder", on_postgresql="ck_move_patient")
def no_patient_is_named(writer: Writer) -> None:
    """An infusion that does not say into whom."""
    to_the_ward(writer, A)
    writer.forge(infuse(A), move={"patient_id": None})


@attack("ck_move_patient_holder", on_postgresql="ck_move_patient")
def all_evidence_of_the_patient_is_missing(writer: Writer) -> None:
    """An infusion with neither patient nor wristband."""
    to_the_ward(writer, A)
    writer.forge(infuse(A), move={"patient_id": None, "wristband": None})


@attack("ck_move_patient")
def part_of_it_is_infused_into_nobody(writer: Writer) -> None:
    """An infusion that leaves a rest with the ward, and names neither patient nor wristband."""
    to_the_ward(writer, A)
    (turn,) = infuse(A).turns
    part = replace(turn, to_state="partly_infused", holder=None)
    deed = replace(infuse(A), action="infuse_part", turns=(part,))
    writer.forge(deed, move={"patient_id": None, "wristband": None})


@attack("ck_move_patient")
def a_handoff_names_a_patient(writer: Writer) -> None:
    """Evidence that the step does not ask for would prove a bedside check that was none."""
    writer.forge(release(A), move={"patient_id": A.patient, "wristband": A.wristband})


@attack("fk_move_transition")
def the_infusion_claims_to_need_no_patient(writer: Writer) -> None:
    """The row says that its transition asks for no wristband."""
    to_the_ward(writer, A)
    without: Row = {"patient": 0, "patient_id": None, "wristband": None, "holder_after": "used"}
    writer.forge(infuse(A), move=without | {"holder_kind": "gone"})


@attack("fk_move_transition")
def the_handoff_claims_to_need_no_scan(writer: Writer) -> None:
    """The row says that its transition asks for no label."""
    writer.forge(release(A), move={"scans": 0, "label_serial": None})


@attack("fk_move_patient")
def cells_are_collected_from_another_patient(writer: Writer) -> None:
    """B's cells become a bag in A's chain."""
    writer.act(
        Deed(
            "A",
            "plan",
            "ward",
            (Turn("A/10.1", "planned"),),
            (),
            births=(Birth("collection", "A"),),
        )
    )
    drawn = Turn("A/11.1", "collected", holder="ward", patient=A.patient, wristband=A.wristband)
    turns = (Turn("A/10.1", "collected"), drawn)
    born = (Birth("bag", "A/10.1"),)
    deed = Deed("A", "collect", "ward", turns, ("nina", "ines"), births=born)
    writer.forge(deed, move={"patient_id": B.patient, "wristband": B.wristband})


# -- labels and wristbands ------------------------------------------------------------------------


@attack("fk_wristband_therapy")
def a_wristband_of_another_patient_is_issued(writer: Writer) -> None:
    """A's chain issues a wristband for B."""
    deed = record(A, wristband=(a_wristband(A.patient, "W2", 2),))
    writer.forge(deed, wristband={"patient_id": B.patient})


@attack("uq_wristband_issue")
def two_wristbands_are_the_newest(writer: Writer) -> None:
    """A second wristband with the number of the first: nobody knows which one is current."""
    deed = record(A, wristband=(a_wristband(A.patient, "W2", 2),))
    writer.forge(deed, wristband={"issue": 1})


@attack("uq_wristband_serial")
def a_wristband_is_issued_twice(writer: Writer) -> None:
    """B's serial becomes A's too."""
    deed = record(A, wristband=(a_wristband(A.patient, "W2", 2),))
    writer.forge(deed, wristband={"serial": B.wristband})


@attack("ck_wristband_issue")
def a_wristband_comes_before_the_first(writer: Writer) -> None:
    """A wristband with the number 0."""
    deed = record(A, wristband=(a_wristband(A.patient, "W2", 2),))
    writer.forge(deed, wristband={"issue": 0})


@attack("uq_label_serial")
def a_label_is_given_to_another_bag(writer: Writer) -> None:
    """The serial on B's bag is printed for A's too."""
    deed = record(A, label=(a_label(A.lot),))
    writer.forge(deed, label={"serial": label_of(B.product)})


@attack("fk_label_subject")
def a_label_is_printed_for_the_other_patients_bag(writer: Writer) -> None:
    """A's chain prints a label for B's bag."""
    deed = record(A, label=(a_label(A.lot),))
    writer.forge(deed, label={"subject": B.product})


# -- subjects -------------------------------------------------------------------------------------


@attack("fk_subject_therapy")
def a_subject_of_another_workflow_is_born(writer: Writer) -> None:
    """A's therapy follows one workflow, its new subject another."""
    writer.forge(a_new_sample(), subject={"workflow": "tcr"})


@attack("ck_subject_id")
def a_subject_chooses_its_own_name(writer: Writer) -> None:
    """An identifier that does not say which therapy and which entry it comes from."""
    writer.forge(a_new_sample(), subject={"id": "B/10.1"})


@attack("ck_subject_origin")
def a_subject_comes_from_nothing(writer: Writer) -> None:
    """A container without a parent; NULL must not switch the key off."""
    writer.forge(a_new_sample(), subject={"origin_id": None, "origin_born": None})


@attack("ck_subject_origin")
def a_subject_half_names_its_origin(writer: Writer) -> None:
    """One column of the key is NULL, which would switch the whole key off."""
    writer.forge(a_new_sample(), subject={"origin_born": None})


@attack("fk_subject_origin")
def a_subject_comes_from_the_other_patient(writer: Writer) -> None:
    """A's sample, taken from B's bag."""
    writer.forge(a_new_sample(), subject={"origin_id": B.product})


@attack("fk_subject_origin")
def a_subject_lies_about_when_its_origin_was_born(writer: Writer) -> None:
    """An origin is named with a birth that it did not have."""
    writer.forge(a_new_sample(), subject={"origin_born": 3})


@attack("fk_subject_origin", on_postgresql="ck_subject_origin")
def a_subject_comes_from_itself(writer: Writer) -> None:
    """A circle of one."""
    writer.forge(a_new_sample(), subject={"origin_id": "A/10.1", "origin_born": 10})


@attack("ck_subject_origin")
def two_born_together_come_from_each_other(writer: Writer) -> None:
    """An origin that is born in the same entry is not older."""
    turns = (Turn("A/10.1", "taken", holder="mfg"), Turn("A/10.2", "taken", holder="mfg"))
    born = (Birth("sample", A.product),) * 2
    deed = Deed("A", "take", "mfg", turns, births=born)
    writer.forge(deed, subject={"origin_id": "A/10.1", "origin_born": 10})


@attack("ck_subject_origin", on_postgresql="ck_subject_id")
def a_second_therapy_begins_inside_the_first(writer: Writer) -> None:
    """A therapy is the first entry's and has no origin."""
    orphan: Row = {"machine": "therapy", "origin_id": None, "origin_born": None}
    writer.forge(a_new_sample(), subject=orphan)


@attack("fk_move_subject")
def a_subject_pretends_to_be_of_another_sort(writer: Writer) -> None:
    """A container takes the step of a lot."""
    deed = Deed("A", "make", "mfg", (Turn("A/10.1", "made", holder="mfg"),))
    writer.forge(replace(deed, births=(Birth("product", A.lot),)), subject={"machine": "sample"})


@attack("fk_move_subject")
def a_birth_is_told_later(writer: Writer) -> None:
    """A subject's first turn stands in another entry than its birth."""
    writer.act(replace(a_new_sample(), turns=()))
    again = replace(a_new_sample(), turns=(Turn("A/11.1", "taken", holder="mfg"),))
    writer.forge(again, move={"subject": "A/10.1"})


# -- lineage --------------------------------------------------------------------------------------


@attack("fk_lineage_parent")
def a_parent_is_the_other_patients(writer: Writer) -> None:
    """Cells of B are in a sample of A."""
    writer.forge(a_new_sample(a_link("A/10.1", A.product, 8)), lineage={"parent_id": B.product})


@attack("fk_lineage_child")
def a_parent_is_added_to_what_was_born_before(writer: Writer) -> None:
    """The family tree is written with the birth and never afterwards; so there is no circle."""
    writer.forge(a_new_sample(a_link("A/10.1", A.product, 8)), lineage={"child_id": A.bag})


@attack("ck_lineage_parent_is_older")
def a_parent_is_born_with_its_child(writer: Writer) -> None:
    """Two of one entry cannot be parent and child."""
    turns = (Turn("A/10.1", "taken", holder="mfg"), Turn("A/10.2", "taken", holder="mfg"))
    born = (Birth("sample", A.product),) * 2
    links = (a_link("A/10.2", A.product, 8),)
    deed = Deed("A", "take", "mfg", turns, births=born, parts={"lineage": links})
    writer.forge(deed, lineage={"parent_id": "A/10.1", "parent_born": 10})


@attack("uq_lineage_pair")
def a_parent_is_named_twice(writer: Writer) -> None:
    """The same parent as made_of and as packed_in."""
    links = (a_link("A/10.1", A.product, 8), a_link("A/10.1", A.lot, 7, "packed_in"))
    writer.forge(a_new_sample(*links), lineage={"parent_id": A.product, "parent_born": 8})


@attack("ck_lineage_relation")
def a_relation_is_made_up(writer: Writer) -> None:
    """A relation that nobody knows how to follow."""
    writer.forge(a_new_sample(a_link("A/10.1", A.product, 8)), lineage={"relation": "like"})


# -- values ---------------------------------------------------------------------------------------


@attack("fk_value_subject")
def a_value_is_recorded_for_the_other_patient(writer: Writer) -> None:
    """A's chain records the result of B's lot."""
    writer.forge(record(A, value=(a_value(A.lot, "vcn"),)), value={"subject": B.lot})


@attack("uq_value_revision")
def a_value_is_recorded_over(writer: Writer) -> None:
    """A second first revision."""
    writer.forge(record(A, value=(a_value(A.lot, "vcn"),)), value={"field": "viability"})


@attack("ck_value_revision")
def a_correction_gives_no_reason(writer: Writer) -> None:
    """A new revision without a reason."""
    corrected = record(A, value=(a_value(A.lot, "viability", 2, "mistyped"),))
    writer.forge(corrected, value={"reason": "-"})


@attack("ck_value_revision")
def a_correction_does_not_say_what_it_corrects(writer: Writer) -> None:
    """A second revision that refers to no first one."""
    corrected = record(A, value=(a_value(A.lot, "viability", 2, "mistyped"),))
    writer.forge(corrected, value={"prev_revision": None})


@attack("fk_value_revised")
def a_revision_is_left_out(writer: Writer) -> None:
    """A third revision without a second."""
    corrected = record(A, value=(a_value(A.lot, "viability", 2, "mistyped"),))
    writer.forge(corrected, value={"revision": 3, "prev_revision": 2})


@attack("uq_value_over_label")
def anothers_label_is_on_two_bags(writer: Writer) -> None:
    """The manufacturer's label that is on record of B's bag is recorded of A's."""
    theirs = a_value(B.product, "over_label")["over_label"]
    told = record(A, value=(a_value(A.other_product, "over_label"),))
    writer.forge(told, value={"content": theirs, "over_label": theirs})


@attack("ck_value_over_label")
def anothers_label_keeps_out_of_the_key(writer: Writer) -> None:
    """NULL switches off the key that keeps one label from being on two bags."""
    told = record(A, value=(a_value(A.other_product, "over_label"),))
    writer.forge(told, value={"over_label": None})


@attack("ck_value_over_label")
def anothers_label_is_another_in_the_key(writer: Writer) -> None:
    """The code that is on record is one, and the one in the key another."""
    told = record(A, value=(a_value(A.other_product, "over_label"),))
    writer.forge(told, value={"over_label": "4711"})


@attack("ck_value_over_label")
def a_result_takes_the_key_of_anothers_label(writer: Writer) -> None:
    """A value that is no code bars a label that was never recorded."""
    writer.forge(record(A, value=(a_value(A.lot, "vcn"),)), value={"over_label": "91.2"})


@attack("ck_value_occurrence")
def a_value_comes_before_the_first(writer: Writer) -> None:
    """Occurrences are counted from one."""
    writer.forge(record(A, value=(a_value(A.lot, "vcn"),)), value={"occurrence": 0})


@attack("ck_value_within")
def a_result_is_nearly_within_limits(writer: Writer) -> None:
    """A verdict that is none."""
    writer.forge(record(A, value=(a_value(A.lot, "vcn"),)), value={"within": "nearly"})


# -- therapies ------------------------------------------------------------------------------------


@attack("pk_therapy")
def a_therapy_is_ordered_for_a_second_patient(writer: Writer) -> None:
    """The same COI, another patient."""
    writer.insert("therapy", writer.row("therapy", coi="A") | {"patient_id": B.patient})


@attack("fk_therapy_patient")
def a_therapy_is_ordered_for_a_unit(writer: Writer) -> None:
    """A therapy's patient is a patient."""
    writer.insert("chain", {"id": "C", "kind": "therapy"})
    writer.insert("therapy", writer.row("therapy", coi="A") | {"coi": "C", "patient_id": "ward"})


@attack("fk_therapy_chain")
def a_site_chain_becomes_a_therapy(writer: Writer) -> None:
    """A therapy on a chain of the site."""
    writer.insert("therapy", writer.row("therapy", coi="A") | {"coi": "site"})


@attack("ck_therapy_kind")
def a_therapy_is_ordered_on_a_site_chain(writer: Writer) -> None:
    """The same, with the kind told truly."""
    writer.insert("therapy", writer.row("therapy", coi="A") | {"coi": "site", "kind": "site"})
