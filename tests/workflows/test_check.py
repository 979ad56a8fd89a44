"""Each property of a definition: it holds of the small one, and one edit breaks just this one."""

from dataclasses import replace
from importlib.resources import files

import pytest

from coi.definitions import packaged
from tests.workflows.small import SMALL, edited
from workflows.check import check
from workflows.checks import PROPERTIES
from workflows.guards import GUARDS
from workflows.loading import load
from workflows.model import SignatureRule
from workflows.stating import RESULTS

SENTENCES = {
    "bag_is_fresh": "The bag is fresh.",
    "signer_took_no_part": "The signer did nothing.",
    "whole_contents_are_scanned": "All that is inside is scanned.",
}

WEIGHT = "weight_kg: {title: Weight, kind: decimal, unit: kg, low: 2.5, high: 400}"
A_TEST = f"kind: choice, choices: [{', '.join(RESULTS)}]"
DONATION = "donation_number:     {{title: Donation number, kind: text, on: {},"
CHECKED = "signatures: [checked by nurse, checked independently by nurse or doctor]"
FIVE_FILES = ", ".join(
    f"picture_{n}: {{title: Picture {n}, kind: file, accept: [png], confidential: true}}"
    for n in range(5)
)

# The property that breaks, the passage, what replaces it, and the place and reason that are named.
BROKEN = [
    ("special_machines_exist_once", "  bag:\n    kind: container", "  bag:\n    kind: therapy",
     "machines", "need exactly one of kind therapy, called therapy; there is: bag, therapy"),
    ("special_machines_exist_once", "kind: shipment", "kind: exception",
     "machines", "have several of kind exception: exception, parcel"),
    ("births_are_complete", "{machine: dispensation, to: granted, parents",
     "{machine: dispensation, parents",
     "actions.grant.moves[0].to", "is born in no state"),
    ("births_are_complete", "from: [infused, lost], pick: named",
     "from: [lost], pick: born, to: lost",
     "actions.note.moves[0].from", "is born, but has states before"),
    ("births_are_complete", "from: [infused, lost], pick: named", "pick: named",
     "actions.note.moves[0].from", "has no state to begin in"),
    ("parents_are_there", "to: granted, parents: [bag]", "to: granted, parents: [bag, parcel]",
     "actions.grant.moves[0].parents", "does not move its parents: parcel"),
    ("parents_are_there", "from: [infused, lost], pick", "from: [lost], parents: [therapy], pick",
     "actions.note.moves[0].parents", "has parents, but is not born here"),
    ("picks_find_something", "from: [infused, lost], pick: named", "from: [lost], pick: therapy",
     "actions.note.moves[0].pick", "finds a bag by therapy"),
    ("picks_find_something", "from: [infused, lost], pick: named", "from: [lost], pick: contents",
     "actions.note.moves[0].pick", "looks for contents, but no shipment or package moves"),
    ("picks_find_something", "from: [infused, lost], pick: named", "from: [lost], pick: children",
     "actions.note.moves[0].pick", "looks for children, but no lot moves"),
    ("picks_find_something", "from: [infused, lost], pick: named", "from: [lost], pick: origin",
     "actions.note.moves[0].pick", "looks for origin, but no exception moves"),
    ("picks_find_something", "- {machine: therapy, from: [ordered], to: handed_over}",
     "- {machine: therapy, from: [ordered], to: handed_over, pick: named}",
     "actions.hand_over.moves[0].pick", "finds a therapy by named"),
    ("rules_of_a_machine_are_alternatives", "from: [checked], pick: scanned, custody: keeps",
     "from: [filled, checked], pick: scanned, custody: keeps",
     "actions.check.moves[1].from", "begins where moves[0] does: bag filled"),
    ("rules_of_a_machine_are_alternatives", "- {machine: therapy, to: ordered}",
     "- {machine: therapy, to: ordered}\n      - {machine: therapy, to: handed_over}",
     "actions.order.moves[1].from", "begins where moves[0] does: therapy unborn"),
    ("subjects_of_a_machine_are_found_one_way", "from: [checked], pick: scanned, custody: keeps",
     "from: [checked], pick: named, custody: keeps",
     "actions.check.moves[1].pick", "picks by named what an earlier move picks by scanned"),
    ("exceptions_can_be_opened", "  open_exception:\n", "  open_something:\n",
     "actions", "lack open_exception, which opens an exception (exception)"),
    ("dispensations_are_used_once", "custody: ends, patient: true}",
     "custody: ends, patient: true}\n      - {machine: dispensation, from: [granted], pick: named}",
     "actions.infuse.moves[1].from", "moves the dispensation that a guard of the action uses up"),
    ("states_are_reachable", "packed: {phase: transport}",
     "packed: {phase: transport}\n      damaged: {phase: transport, final: true}",
     "machines.parcel.states.damaged", "cannot be reached"),
    ("states_lead_to_an_end", "packed: {phase: transport}",
     "packed: {phase: transport}\n      damaged: {phase: transport}",
     "machines.parcel.states.damaged", "has no way out"),
    ("lives_end_after_the_therapy", "        ends_as: unpacked\n",
     "        ends_as: unpacked\n      - {machine: therapy, from: [ordered]}\n",
     "machines.parcel.states.packed", "cannot come to an end once the therapy is handed_over"),
    ("ends_are_final", "    record_only: true\n", "",
     "actions.note.moves[0].from", "leaves or changes what is final: infused, lost"),
    ("ends_are_final", "from: [checked], to: infused", "from: [checked, lost], to: infused",
     "actions.infuse.moves[0].from", "leaves or changes what is final: lost"),
    ("late_records_change_nothing", "from: [infused, lost], pick: named",
     "from: [filled], to: checked, pick: named",
     "actions.note.moves[0]", "moves a subject, though the action is record_only"),
    ("late_records_change_nothing", "from: [infused, lost], pick: named",
     "from: [filled], pick: named, custody: keeps",
     "actions.note.moves[0]", "moves a subject, though the action is record_only"),
    ("handoffs_can_be_answered", "contents, custody: accepts", "contents, custody: keeps",
     "actions.send.moves[1]", "releases what cannot be accepted: bag filled"),
    ("handoffs_can_be_answered", "scanned, custody: takes_back", "scanned, custody: keeps",
     "actions.send.moves[0]", "releases what cannot be taken back: parcel packed"),
    ("custody_begins_with_the_life", "to: packed, custody: creates", "to: packed",
     "actions.pack.moves[0].custody", "is born into nobody's hands"),
    ("custody_begins_with_the_life", "to: granted", "to: granted, custody: creates",
     "actions.grant.moves[0].custody", "creates nothing to hold"),
    ("custody_ends_with_the_life", "pick: scanned, custody: ends, patient: true",
     "pick: scanned, custody: keeps, patient: true",
     "actions.infuse.moves[0].custody", "ends what somebody still holds"),
    ("custody_ends_with_the_life", "from: [filled], pick: scanned, custody: keeps}",
     "from: [filled], pick: scanned, custody: ends, ends_as: gone}",
     "actions.pack.moves[1].custody", "takes away what goes on"),
    ("endings_are_named", "        ends_as: lost\n", "",
     "actions.report_lost.moves[0].ends_as", "is missing"),
    ("patients_are_scanned", "custody: ends, patient: true", "custody: ends, ends_as: infused",
     "actions.infuse.moves[0].patient", "touches a patient without scanning who it is"),
    ("patients_are_scanned", "custody: creates, patient: true", "custody: creates",
     "actions.collect.moves[0].patient", "touches a patient without scanning who it is"),
    ("bags_are_scanned_at_the_patient", "pick: scanned, custody: ends, patient",
     "pick: named, custody: ends, patient",
     "actions.infuse.moves[0].pick", "touches a patient without scanning which bag it is"),
    ("scanned_things_are_labelled", "- {machine: bag, from: [checked], pick: named}",
     "- {machine: exception, from: [open], pick: scanned}",
     "actions.grant.moves[1].pick", "scans exception, which carries no label"),
    ("signatures_are_different", "[performed by nurse, verified by nurse or doctor]",
     "[performed by nurse, performed by nurse]",
     "actions.collect.signatures[1]", "says the same as [0]"),
    ("actors_can_sign", "[administered by nurse]", "[administered by doctor]",
     "actions.infuse.who[0]", "nurse may act, but gives none of signatures"),
    ("actors_can_sign", "'NO': [performed by nurse]", "'NO': [performed by doctor]",
     "actions.collect.who[0]", "nurse may act, but gives none of signatures_in.NO"),
    ("stops_work_while_stopped", "checked], pick: named, stop: 1, while_stopped: true",
     "checked], pick: named, stop: 1",
     "actions.hold.moves[1].while_stopped", "holds or lifts, but not while things are stopped"),
    ("stops_work_while_stopped", "parents: [therapy], while_stopped: true}\n    chain_stop: 1",
     "parents: [therapy]}\n    chain_stop: 1",
     "actions.hold_therapy.moves[0].while_stopped",
     "holds or lifts, but not while things are stopped"),
    ("what_is_scanned_can_be_held", "from: [filled, checked], pick: named, stop",
     "from: [filled], pick: named, stop",
     "machines.bag", "cannot be held when checked"),
    ("alarms_are_about_what_is_in_hand", "    record_only: true\n",
     "    record_only: true\n    fields: {intact: {title: Intact, kind: yes_no, alarms: ['no']}}\n",
     "actions.note.moves[0]", "is asked what stops no bag"),
    ("packages_are_closed_around_something", "    verb: pack\n", "    verb: transform\n",
     "actions.pack.moves[0]", "makes a parcel, but packs nothing"),
    ("what_is_packed_comes_out", "pick: scanned, from: [filled], custody: keeps}",
     "pick: scanned, from: [checked], custody: keeps}",
     "actions.unpack.moves[1]", "leaves inside: bag filled"),
    ("what_is_packed_comes_out", "    guards: [whole_contents_are_scanned]\n", "",
     "actions.unpack.moves[1]", "opens without comparing"),
    ("contents_go_along", "from: [filled], pick: contents, custody: takes_back",
     "from: [checked], pick: contents, custody: takes_back",
     "actions.take_back.moves[0]", "goes without what is in it: bag filled"),
    ("contents_go_along", "from: [filled], pick: contents, custody: takes_back",
     "from: [filled], pick: contents, custody: keeps",
     "actions.take_back.moves[0]", "goes without what is in it: bag filled"),
    ("alarms_can_stop", "        ends_as: unpacked\n",
     ("        ends_as: unpacked\n"
     "    fields: {cool: {title: Cool, kind: yes_no, alarms: ['no'], on: parcel}}\n"),
     "actions.unpack.moves[1]", "stops what cannot be held: parcel unpacked"),
    ("limits_are_there",
     "      - signer_took_no_part: {meaning: administered, earlier: [collect, pack]}\n",
     "      - material_is_fresh\n",
     "product", "needs one of fresh_hold_hours, for material_is_fresh"),
    ("files_are_of_a_therapy", WEIGHT,
     "consent: {title: Consent, kind: file, accept: [pdf], confidential: true}",
     "actions.order.fields.consent", "is a file of an order"),
    ("files_of_a_step_fit_into_its_form", CHECKED, f"fields: {{{FIVE_FILES}}}\n    {CHECKED}",
     "actions.check.fields", "ask for 5 files; a form takes 4"),
    ("donor_tests_can_be_read", WEIGHT,
     "donor_test_hiv: {title: HIV, kind: yes_no}",
     "actions.order.fields.donor_test_hiv", "reports no results of a test"),
    ("donor_tests_can_be_read", WEIGHT,
     f"donor_test_hiv: {{title: HIV, {A_TEST}, confidential: true}}",
     "actions.order.fields.donor_test_hiv", "is not told of the therapy"),
    ("donor_tests_can_be_read", WEIGHT,
     f"donor_test_hiv: {{title: Immunodeficiency, {A_TEST}}}",
     "actions.order.fields.donor_test_hiv", "is too long for a label"),
    ("statements_are_known", "product: {", "product: {statements: {therapy: [do_not_irradiate]}, ",
     "product.statements.therapy", "carries no label"),
    ("statements_are_known", "product: {", "product: {statements: {bag: [do_not_shake]}, ",
     "product.statements.bag", "states do_not_shake"),
    ("statements_are_known", "product: {", "product: {statements: do_not_irradiate, ",
     "product.statements", "is no mapping"),
    ("chosen_labels_are_known", "product: {", "product: {label: {therapy: tube-label}, ",
     "product.label.therapy", "carries no label"),
    ("chosen_labels_are_known", "product: {", "product: {label: {bag: wristband}, ",
     "product.label.bag", "has no template wristband"),
    ("chosen_labels_are_known", "product: {", "product: {label: {bag: own-}, ",
     "product.label.bag", "has no template own-"),
    ("chosen_labels_are_known", "product: {", "product: {label: {bag: ../own-tube}, ",
     "product.label.bag", "has no template ../own-tube"),
    ("chosen_labels_are_known", "product: {", "product: {label: {bag: [tube-label]}, ",
     "product.label.bag", "has no template ['tube-label']"),
    ("chosen_labels_are_known", "product: {", "product: {label: tube-label, ",
     "product.label", "is no mapping"),
    ("labels_can_say_their_numbers", "product: {", "product: {label: {bag: bag-label-gs1}, ",
     "product.label.bag", "chooses bag-label-gs1, which needs gtin, expires_at, batch_number"),
    ("labels_can_say_their_numbers", "product: {", "product: {label: {bag: bag-label-isbt-2d}, ",
     "product.label.bag",
     "chooses bag-label-isbt-2d, which needs donation_number, isbt_product, expires_at"),
    ("products_are_told_apart", "product: {",
     "product: {isbt_product: {bag: S1234V, parcel: S1234V}, ",
     "product.isbt_product.parcel", "is the product code of bag too"),
    ("donations_are_numbered_once", WEIGHT,
     f"{WEIGHT}\n      donation_number: {{title: Donation number, kind: text}}",
     "actions.order.fields.donation_number", "may be another's"),
    ("over_labels_are_recorded_once", CHECKED,
     ("fields: {over_label: {title: Code, kind: text}}\n    guards: [over_label_is_on_nothing_else]"
     f"\n    {CHECKED}"),
     "actions.check.fields.over_label", "may hold a name for ever"),
    ("over_labels_are_recorded_once", CHECKED,
     f"fields: {{over_label: {{title: Code, kind: text, confidential: true}}}}\n    {CHECKED}",
     "actions.check.fields.over_label", "may stand on two things"),
    ("over_labels_are_recorded_once", ("account: {title: What is known, kind: text, on: '*',"
     " confidential: true, required: false}"),
     ("over_label: {title: Code, kind: text, on: '*', confidential: true}"
     "\n    guards: [over_label_is_on_nothing_else]"),
     "actions.report_lost.fields.over_label", "is on what nobody scans"),
    ("next_steps_have_their_time", "    undated: The patient comes on an agreed day\n", "",
     "actions.collect.due_hours", "has no time in which it is to be taken"),
    ("times_are_told_once", "    due_hours: 1", "    due_hours: 1\n    undated: Nobody waits",
     "actions.infuse.undated", "says why it has no time, and has one"),
    ("times_are_told_once", "    record_only: true", "    record_only: true\n    undated: Late",
     "actions.note.undated", "is seldom done"),
    ("times_are_told_once", "    undated: The patient comes on an agreed day",
     "    undated: The patient comes on an agreed day\n    due_after: parcel",
     "actions.collect.due_after", "has no time that could count"),
    ("times_are_told_once", "from: [ordered], to: handed_over}",
     "from: [ordered], to: handed_over, undated: It can wait}",
     "actions.hand_over.moves[0].undated",
     "says why it has no time where it would have none anyway"),
    ("holds_can_be_lifted", "from: [filled, checked, lost], pick: origin",
     "from: [filled, checked], pick: origin",
     "machines.bag", "stays on hold for ever when lost"),
    ("therapy_holds_can_be_lifted", "    chain_stop: -1\n", "",
     "actions", "stops the therapy, and nothing lifts it: hold_therapy"),
]  # fmt: skip


def test_the_small_definition_is_right():
    """Nothing is wrong with the definition that the other tests break."""
    assert check(load(SMALL), SENTENCES) == ()


@pytest.mark.parametrize(("name", "old", "new", "place", "reason"), BROKEN)
def test_a_broken_property_is_named_at_its_place(name, old, new, place, reason):
    """One edit that breaks a property is found by this property, at its place."""
    workflow = load(edited(old, new))
    holds = next(each for each in PROPERTIES if each.__name__ == name)

    found = list(holds(workflow))

    assert [(problem.place, problem.reason) for problem in found] == [(place, reason)]
    assert set(found) <= set(check(workflow))


def test_every_property_is_broken_once():
    """No property stands untested."""
    assert {holds.__name__ for holds in PROPERTIES} == {name for name, *_ in BROKEN}


def test_the_therapys_machine_has_its_name():
    """The engine looks for the machine by the name therapy."""
    text = SMALL.replace("machine: therapy", "machine: course").replace("[therapy]", "[course]")

    found = check(load(edited("  therapy:\n", "  course:\n", text)))

    assert found[0].reason == "need exactly one of kind therapy, called therapy; there is: course"


def test_a_state_on_a_path_to_nowhere_is_named():
    """A way out is not enough: it must lead to a final state."""
    text = edited("handed_over: {phase: end, final: true}", "handed_over: {phase: end}")

    found = check(load(text))

    assert [(problem.place, problem.reason) for problem in found] == [
        ("machines.therapy.states.ordered", "leads to no final state"),
        ("machines.therapy.states.handed_over", "has no way out"),
    ]


def test_a_signature_that_nobody_can_give_is_named():
    """A signature without a role is found, though the format cannot even write it."""
    workflow = load(SMALL)
    hold = replace(workflow.actions["hold"], who=(), signatures=(SignatureRule("performed", ()),))

    found = check(replace(workflow, actions={**workflow.actions, "hold": hold}))

    assert [(problem.place, problem.reason) for problem in found] == [
        ("actions.hold.signatures[0]", "can be given by nobody")
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("collection, from: [planned], to: collected, pick: named,", "collection, to: collected,"),
        (DONATION.format("collection"), DONATION.format("'*'")),
        (DONATION.format("collection"), DONATION.format("material")),
    ],
)
def test_a_donation_number_is_recorded_on_a_collection_that_was_planned(old, new):
    """Of what is born in the step each could be told a number, and one of them is looked up."""
    workflow = load(edited(old, new, packaged()["autologous-car-t.1"]))

    found = [one for one in check(workflow) if one.place.endswith("donation_number")]

    assert [(one.place, one.reason) for one in found] == [
        (
            "actions.collect.fields.donation_number",
            "is not of one collection that was planned before",
        )
    ]


@pytest.mark.parametrize("sentence", [None, " "])
def test_a_guard_without_a_sentence_is_named(sentence):
    """Every guard that a definition uses is documented."""
    sentences = {name: told for name, told in SENTENCES.items() if name != "bag_is_fresh"}
    if sentence is not None:
        sentences["bag_is_fresh"] = sentence

    (problem,) = check(load(SMALL), sentences)

    assert problem.place == "actions.infuse.guards[0]"
    assert problem.reason == "bag_is_fresh has no sentence"


PACKAGED = [each for each in files("workflows.definitions").iterdir() if each.name.endswith("yaml")]


@pytest.mark.parametrize("definition", PACKAGED, ids=lambda each: each.name)
def test_every_packaged_definition_is_right(definition):
    """What we ship loads and has every property, with guards that exist and are documented."""
    sentences = {name: guard.check.__doc__ or "" for name, guard in GUARDS.items()}

    workflow = load(definition.read_bytes().decode(), GUARDS)

    assert check(workflow, sentences) == ()
    assert definition.name == f"{workflow.name}.{workflow.version}.yaml"


def test_an_alarm_about_what_can_be_held_is_right():
    """A parcel that is handed over warm can be put on hold where it then stands."""
    signatures = "    signatures: [released by nurse or courier]\n"
    field = "    fields: {cool: {title: Cool, kind: yes_no, alarms: ['no']}}\n"

    assert check(load(edited(signatures, signatures + field)), SENTENCES) == ()


_ARRIVES = (
    "      - {machine: product, from: [released, rejected], pick: contents, custody: accepts,"
)
_IN_BETWEEN = (
    "      - {machine: cassette, from: [closed, received], pick: contents, custody: keeps, "
)
_OUT_OF_THE_SHIPPER = _IN_BETWEEN.replace("pick:", "to: received, pick:") + "while_stopped: true, "
_OPENED_BAG = "[frozen, released, received, accepted, rejected], pick: scanned, custody: keeps"
IN_LAYERS = [
    ("accept_shipment", _ARRIVES, _ARRIVES.replace("accepts", "keeps"), 0,
     "goes without what is in it: product rejected, released"),
    ("accept_shipment", _ARRIVES, _ARRIVES.replace(", rejected", ""), 0,
     "goes without what is in it: product rejected"),
    ("pack", _IN_BETWEEN + "optional: true}\n", "", 4,
     "moves what is in a cassette without it: product"),
    ("unpack", _OUT_OF_THE_SHIPPER + "optional: true}\n", "", 4,
     "moves what is in a cassette without it: product"),
    ("unpack", "from: [rejected], pick: contents", "from: [accepted], pick: contents", 0,
     "is never opened around: product rejected"),
    # A lot that is rejected makes rejected what lies in a cassette.
    ("put_into_cassette", _OPENED_BAG, _OPENED_BAG.replace(", rejected", ""), None, ""),
    ("open_cassette", _OPENED_BAG, _OPENED_BAG.replace(", rejected", ""), 0,
     "leaves inside: product rejected"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "old", "new", "number", "reason"), IN_LAYERS)
def test_what_can_lie_in_a_layer_is_followed_to_its_opening(action, old, new, number, reason):
    """By whichever state it gets into there, and through the layer in between."""
    text = next(one for one in PACKAGED if one.name.startswith("autologous")).read_text()
    before, begin, rest = text.partition(f"\n  {action}:\n")
    step, end, after = rest.partition("    signatures:")

    found = check(load(f"{before}{begin}{edited(old, new, step)}{end}{after}", GUARDS))

    told = [(problem.place, problem.reason) for problem in found]
    assert ((f"actions.{action}.moves[{number}]", reason) in told) == bool(reason)
    assert bool(told) == bool(reason)
