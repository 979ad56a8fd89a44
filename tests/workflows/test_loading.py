"""A definition's text becomes a workflow, or every problem is named at its place and line."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coi.definitions import packaged
from tests.workflows.small import KNOWN, SMALL, edited
from workflows.document import MAX_BYTES, MAX_DEPTH
from workflows.loading import expand, load
from workflows.model import (
    Custody,
    Field,
    FieldKind,
    GuardUse,
    Kind,
    MoveRule,
    Pick,
    QualityTest,
    Relation,
    SignatureRule,
    State,
    Verb,
    Who,
)
from workflows.parameters import Asked
from workflows.problem import DefinitionError, Problem
from workflows.schema import (
    ActionSchema,
    DefinitionSchema,
    FieldSchema,
    MachineSchema,
    MoveSchema,
    StateSchema,
    TestSchema,
)


def problems_of(text: str, guards: Mapping[str, Asked] | None = None) -> tuple[Problem, ...]:
    """The problems for which a text is refused."""
    with pytest.raises(DefinitionError) as refused:
        load(text, guards)
    return refused.value.problems


def line_of(passage: str, text: str) -> int:
    """The line on which a passage begins."""
    return text[: text.index(passage)].count("\n") + 1


# -- what is read --------------------------------------------------------------------------------


def test_it_reads_the_head():
    """Name, version, title and product values are kept; decimals are exact."""
    workflow = load(SMALL)

    assert (workflow.name, workflow.version, workflow.title) == ("small", 2, "A small therapy")
    assert workflow.product == {"thaw_window_minutes": 60, "loss_percent": Decimal("2.5")}


def test_the_hash_is_of_the_texts_bytes():
    """A workflow carries the SHA-256 of the very bytes that define it."""
    text = edited("A small therapy", "Eine kleine Therapie für Zürich")

    assert load(text).hash == hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_it_reads_machines():
    """A machine has a kind and states; a state is titled by its name unless it says otherwise."""
    bag, therapy = load(SMALL).machines["bag"], load(SMALL).machines["therapy"]

    assert (bag.kind, bag.labelled, therapy.labelled) == (Kind.CONTAINER, True, False)
    assert bag.states["checked"] == State("checked", "checked at the bedside", "infusion")
    assert therapy.states["handed_over"] == State("handed_over", "handed over", "end", final=True)


def test_it_reads_moves():
    """No `from` is a birth; the therapy is the therapy; all else says how it is found."""
    born, therapy = load(SMALL).actions["collect"].moves

    assert born == MoveRule(
        machine="bag",
        from_states=(),
        to_state="filled",
        pick=Pick.BORN,
        custody=Custody.CREATES,
        patient=True,
        parents=("therapy",),
    )
    assert therapy == MoveRule("therapy", ("ordered",), "", Pick.THERAPY)


def test_the_therapy_is_born_like_all_else():
    """The first move of the therapy is a birth."""
    assert load(SMALL).actions["order"].moves[0].pick is Pick.BORN


def test_what_travels_is_packed_in_the_shipment():
    """Parents of a shipment are packed in it; parents of all else are what it is made of."""
    actions = load(SMALL).actions

    assert actions["pack"].moves[0].relation is Relation.PACKED_IN
    assert actions["collect"].moves[0].relation is Relation.MADE_OF


def test_it_reads_fields():
    """A field is on the first move's machine unless it says otherwise; limits are exact."""
    actions = load(SMALL).actions

    assert actions["order"].fields == (
        Field(
            "weight_kg",
            "Weight",
            FieldKind.DECIMAL,
            on="therapy",
            unit="kg",
            low=Decimal("2.5"),
            high=Decimal(400),
        ),
    )
    assert actions["report_lost"].fields[0].on == "*"


def test_it_reads_tests():
    """A test has limits, or choices of which some pass."""
    assert load(SMALL).tests == {
        "viability": QualityTest("viability", "Viability", "flow cytometry", "%", low=Decimal(70)),
        "sterility": QualityTest(
            "sterility",
            "Sterility",
            "culture",
            "-",
            choices=("no growth", "growth"),
            passes=("no growth",),
        ),
    }


def test_it_reads_people_and_signatures():
    """Who may act, and who signs what, everywhere and by country."""
    actions = load(SMALL).actions

    assert actions["order"].who == (Who("doctor", "hospital"),)
    assert actions["pack"].who == (Who("nurse", "*"),)
    assert actions["report_lost"].who == (Who("*", "*"),)
    assert actions["collect"].signatures == (
        SignatureRule("performed", ("nurse",)),
        SignatureRule("verified", ("nurse", "doctor")),
    )
    assert actions["collect"].signatures_in == {"NO": (SignatureRule("performed", ("nurse",)),)}


def test_it_reads_guards_with_parameters():
    """A guard is a name, or a name with parameters that nobody can change."""
    assert load(SMALL).actions["infuse"].guards == (
        GuardUse("bag_is_fresh"),
        GuardUse(
            "signer_took_no_part", {"meaning": "administered", "earlier": ("collect", "pack")}
        ),
    )


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "NO", "1:30", "0o17", "2026-01-01"])
def test_plain_words_are_words(word):
    """What older YAML reads as true, false, a date or a base-60 number stays a text."""
    assert load(edited("title: A small therapy", f"title: {word}")).title == word


# -- what is refused -----------------------------------------------------------------------------

REFUSED = [
    ("title: A small therapy\n", "", "title", "is missing"),
    ("title: A small therapy", "title:", "title", "is empty"),
    ("title: A small therapy", "title: ''", "title", "is empty"),
    ("title: A small therapy", "title: 7", "title", "is not a text"),
    ("version: 2", "version: two", "version", "is not a whole number"),
    ("version: 2", "version: 2.0", "version", "is not a whole number"),
    ("version: 2", "version: true", "version", "is not a whole number"),
    ("version: 2", "version: 0", "version", "Must be 1 or more"),
    ("workflow: small", "workflow: ../small", "workflow", "“../small” is not a name"),
    ("kind: shipment", "kind: truck", "machines.parcel.kind", "is not one of the known words"),
    (
        "packed: {phase: transport}",
        "Packed: {phase: transport}",
        "machines.parcel.states.Packed",
        "“Packed” is not a name",
    ),
    ("scanned, custody: releases", "scanned, custody: drops", "actions.send.moves[0].custody",
     "is not one of the known words"),
    ("    record_only: true", "    record_only: yes", "actions.note.record_only",
     "is neither true nor false"),
    ("    due_hours: 1", "    due: 1", "actions.infuse.due", "is not a key of the format"),
    ("    due_hours: 1", "    due_hours: 0", "actions.infuse.due_hours", "Must be 1 or more"),
    ("chain_stop: 1", "chain_stop: 2", "actions.hold_therapy.chain_stop", "Must be 1 or -1"),
    ("low: 2.5,", "low: heavy,", "actions.order.fields.weight_kg.low", "“heavy” is not a number"),
    ("low: 2.5,", "low: 500,", "actions.order.fields.weight_kg.low", "is above high"),
    ("low: 2.5,", "choices: [a],", "actions.order.fields.weight_kg.choices", "needs kind: choice"),
    ("kind: decimal, unit: kg, low: 2.5, high: 400", "kind: choice",
     "actions.order.fields.weight_kg.choices", "is missing"),
    ("kind: text, on", "kind: text, unit: kg, on", "actions.report_lost.fields.account.unit",
     "needs a kind of number"),
    ("kind: text, on: '*', confidential: true", "kind: unit, on: '*'",
     "actions.report_lost.fields.account.at", "is missing"),
    ("kind: text, on: '*', confidential: true", "kind: unit, at: moon, on: '*'",
     "actions.report_lost.fields.account.at",
     "is not one of the known words"),
    ("kind: text, on", "kind: text, at: courier, on", "actions.report_lost.fields.account.at",
     "needs kind: unit"),
    ("kind: text, on", "kind: unit, at: courier, on",
     "actions.report_lost.fields.account.confidential", "hides who takes part"),
    ("kind: text, on: '*', confidential: true", "kind: file, on: '*', confidential: true",
     "actions.report_lost.fields.account.accept", "is missing"),
    ("kind: text, on: '*', confidential: true", "kind: file, accept: [jpeg], on: '*'",
     "actions.report_lost.fields.account.confidential", "is missing"),
    ("kind: text, on", "kind: file, accept: [docx], on",
     "actions.report_lost.fields.account.accept[0]", "is not one of the known words"),
    ("kind: text, on", "kind: text, accept: [pdf], on",
     "actions.report_lost.fields.account.accept", "needs kind: file"),
    ("unit: '%', low: 70", "unit: '%'", "tests.viability", "needs either limits or choices"),
    ("low: 70", "low: 70, passes: [a]", "tests.viability", "mixes limits and choices"),
    ("passes: [no growth]", "passes: [clear]", "tests.sterility", "passes what cannot be chosen"),
    ("[no growth, growth]", "[growth, growth]", "tests.sterility.choices",
     "says “growth” twice"),
    ("who: [doctor@hospital]", "who: doctor", "actions.order.who", "is not a list"),
    ("who: [doctor@hospital]", "who: []", "actions.order.who", "is empty"),
    ("who: [doctor@hospital]", "who: [doctor@]", "actions.order.who[0]", "“doctor@” names nobody"),
    ("who: [doctor@hospital]", "who: ['*@hospital']", "actions.order.who[0]",
     "“*@hospital” names nobody"),
    ("[released by nurse or courier]", "[nurse]", "actions.send.signatures[0]",
     "“nurse” is not a signature"),
    ("[released by nurse or courier]", "[released by nurse or nurse]",
     "actions.send.signatures[0]", "“released by nurse or nurse” names a role twice"),
    ("'NO': [", "Norway: [", "actions.collect.signatures_in.Norway", "“Norway” is not a country"),
    ("- bag_is_fresh", "- [bag_is_fresh]", "actions.infuse.guards[0]", "is not a guard"),
    ("- bag_is_fresh", "- bag_is_fresh: 3", "actions.infuse.guards[0]",
     "the parameters of bag_is_fresh are not a mapping"),
    ("- {machine: therapy, to: ordered}", "- therapy", "actions.order.moves[0]",
     "is not a mapping"),
    ("from: [infused, lost], pick: named}", "from: [infused, lost]}", "actions.note.moves[0].pick",
     "is missing"),
    ("from: [infused, lost], pick", "from: [], pick", "actions.note.moves[0].from", "is empty"),
    ("from: [infused, lost], pick", "from: [lost, lost], pick", "actions.note.moves[0].from",
     "says “lost” twice"),
    ("from: [infused, lost], pick", "from: [gone], pick", "actions.note.moves[0].from",
     "“gone” is no state of bag"),
    ("to: granted", "to: given", "actions.grant.moves[0].to",
     "“given” is no state of dispensation"),
    ("{machine: dispensation", "{machine: favour", "actions.grant.moves[0].machine",
     "“favour” is no machine"),
    ("to: granted, parents: [bag]", "to: granted, parents: [sack]",
     "actions.grant.moves[0].parents", "“sack” is no machine"),
    ("unit: kg,", "unit: kg, alarms: [heavy],", "actions.order.fields.weight_kg.alarms",
     "“heavy” cannot be answered"),
    ("unit: kg,", "unit: kg, uses: [height],", "actions.order.fields.weight_kg.uses",
     "“height” is no field of any action"),
    ("unit: kg,", "unit: kg, on: bag,", "actions.order.fields.weight_kg.on",
     "“bag” is no machine that the action moves"),
    ("  bag_is_fresh: [doctor]", "  bag_is_warm: [doctor]", "dispensable.bag_is_warm",
     "“bag_is_warm” is no guard of any action"),
    ("used: {phase: closed, final: true}", "spent: {phase: closed, final: true}",
     "machines.dispensation.states", "lacks the state used"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "reason"), REFUSED)
def test_each_mistake_is_named_at_its_place(old, new, place, reason):
    """One mistake is one problem, with place, reason, advice and line."""
    problems = problems_of(edited(old, new))

    assert [(problem.place, problem.reason) for problem in problems] == [(place, reason)]
    assert all(problem.mend and problem.line for problem in problems)


def test_every_mistake_is_named_at_once():
    """All mistakes of shape come together, so that a definition is mended in one go."""
    text = edited("verb: pack", "verb: wrap", edited("version: 2", "version: two"))

    assert {problem.place for problem in problems_of(text)} == {"version", "actions.pack.verb"}


def test_a_wrong_name_hides_nothing_below_it():
    """What stands under a name that is no name is read all the same."""
    problems = problems_of(edited("packed: {phase: transport}", "Packed: {}"))

    assert [(problem.place.rpartition(".")[2], problem.reason) for problem in problems] == [
        ("phase", "is missing"),
        ("Packed", "“Packed” is not a name"),
    ]


def test_a_problem_carries_its_line():
    """The line is that of the place, or of what surrounds it when the place is missing."""
    wrong = edited("custody: loses", "custody: vanishes")
    missing = edited("    title: Report lost\n", "")

    assert problems_of(wrong)[0].line == line_of("custody: vanishes", wrong)
    assert problems_of(missing)[0].line == line_of("report_lost:", missing)


def test_a_problem_reads_as_a_sentence():
    """Line, place, reason and advice, in this order."""
    problem = Problem("actions.pack.who", "is missing", "Write it", line=7)

    assert str(problem) == "line 7, actions.pack.who: is missing. Write it."
    assert str(DefinitionError([problem])) == str(problem)


def test_guards_are_checked_against_the_known_ones():
    """A misspelt guard is refused once the known ones are given, and not looked up before."""
    text = edited(
        "- bag_is_fresh", "- bag_is_frsh", edited("dispensable:\n  bag_is_fresh: [doctor]\n", "")
    )

    problems = problems_of(text, KNOWN)

    assert [problem.reason for problem in problems] == ["“bag_is_frsh” is no guard"]
    assert load(text).actions["infuse"].guards[0].name == "bag_is_frsh"


def test_departures_need_a_machine():
    """Without a machine of dispensations no rule can be departed from."""
    text = edited("kind: dispensation", "kind: exception")

    assert [p.place for p in problems_of(text)] == ["dispensable"]


# -- the two parsers ------------------------------------------------------------------------------


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML came without libyaml")
@pytest.mark.parametrize("text", packaged().values(), ids=packaged())
def test_with_and_without_libyaml_the_same_is_read(text):
    """Both parsers find the same words, in the same places, in what is packaged."""
    found = [
        [(type(event), event.start_mark.line, getattr(event, "value", None)) for event in events]
        for events in (yaml.parse(text, yaml.SafeLoader), yaml.parse(text, yaml.CSafeLoader))
    ]

    assert found[0] == found[1]


# -- hostile and broken text ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &x [1]\nb: *x", "cannot be read: anchors and aliases are not read"),
        ("a: !!python/name:os.system", "cannot be read: type tags are not read"),
        ("a: !!float nan", "cannot be read: type tags are not read"),
        ("[" * 100, f"cannot be read: nested deeper than {MAX_DEPTH} levels"),
        ("a: 'b", "cannot be read: found unexpected end of stream"),
        ("a: 1\n---\nb: 2", "cannot be read: but found another document"),
        ("a: 1\na: 2", "stands here twice, first on line 1"),
        ("7: x", "is no word"),
        ("? [a]\n: x", "is no word"),
        ("#" * (MAX_BYTES + 1), "is longer than 256 KiB"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(text, reason):
    """No aliases, types, depths, sizes or repetitions beyond what a definition needs."""
    assert [problem.reason for problem in problems_of(text)] == [reason]


def test_a_repeated_action_is_refused():
    """An action that stands twice is named; neither wins silently."""
    text = SMALL + "  grant:\n    title: Grant\n"

    assert [(problem.place, problem.line) for problem in problems_of(text)] == [
        ("actions.grant", text.count("\n") - 1)
    ]


@pytest.mark.parametrize(
    "text", ["", "   \n", "# nothing", "- a\n- b", "a word", "a\x00b", "\ud800"]
)
def test_what_is_no_definition_is_refused(text):
    """Emptiness, lists, words and bytes that are no text are problems, never crashes."""
    assert problems_of(text)


@given(st.text())
def test_any_text_is_loaded_or_refused(text):
    """Nothing but a refusal comes out of a text that is no definition."""
    with pytest.raises(DefinitionError):
        load(text)


@given(st.integers(0, len(SMALL) - 1), st.sampled_from("[]{}:,-*&'x\n "))
def test_a_slip_of_the_pen_is_loaded_or_refused(position, slip):
    """One wrong character gives a workflow or a list of problems, nothing else."""
    text = SMALL[:position] + slip + SMALL[position + 1 :]

    try:
        assert load(text).transitions
    except DefinitionError as refused:
        problems_named = refused.problems
        assert problems_named


# -- what is written about it ---------------------------------------------------------------------

SCHEMAS = (DefinitionSchema, MachineSchema, StateSchema, ActionSchema, MoveSchema, FieldSchema)


@pytest.mark.parametrize("schema", [*SCHEMAS, TestSchema], ids=lambda each: each.__name__)
def test_every_key_is_documented(schema):
    """Each key of the format, and each word that it may hold, stands in docs/workflows.md."""
    page = (Path(__file__).parents[2] / "docs" / "workflows.md").read_text(encoding="utf-8")
    keys = {field.data_key or name for name, field in schema().fields.items()}
    words = {word for kind in (Kind, Verb, Custody, Pick, FieldKind) for word in kind}

    assert {key for key in keys | words if f"`{key}`" not in page} == set()


# -- what is spelled out -------------------------------------------------------------------------


def rows(machine: str, action: str, text: str = SMALL) -> list[tuple[str, str, int]]:
    """From, to and signatures of the transitions of a machine by an action."""
    return [
        (row.from_state, row.to_state, row.signatures)
        for row in expand(text)
        if (row.machine, row.action) == (machine, action)
    ]


def test_a_transition_says_everything_that_is_checked():
    """A row has versions, states, custody, stops and the evidence that is asked for."""
    (row,) = (row for row in expand(SMALL) if (row.machine, row.action) == ("bag", "infuse"))

    assert (row.workflow, row.from_version, row.version) == ("small", 2, 2)
    assert (row.from_state, row.to_state, row.custody) == ("checked", "infused", "ends")
    assert (row.stop_effect, row.while_stopped) == (0, 0)
    assert (row.scans, row.patient, row.signatures) == (1, 1, 1)


def test_there_is_a_row_for_each_country():
    """Each number of signatures that some country asks for has its row; a birth is from nowhere."""
    assert rows("bag", "collect") == [("", "filled", 1), ("", "filled", 2)]


def test_what_stays_returns_to_its_state():
    """A move without `to` ends where it began, for each state it may begin in."""
    assert rows("bag", "note") == [("infused", "infused", 0), ("lost", "lost", 0)]


def test_exceptions_are_opened_inside_every_entry():
    """The birth of an exception exists with every number of signatures that occurs."""
    assert rows("exception", "open_exception") == [("", "open", n) for n in (0, 1, 2)]
    assert rows("exception", "hold_therapy") == [("", "open", 0)]


def test_a_bag_is_held_without_a_signature():
    """A wrong scan holds the bag at once; an ordinary hold is signed."""
    assert rows("bag", "hold") == [
        ("checked", "checked", 0),
        ("checked", "checked", 1),
        ("filled", "filled", 0),
        ("filled", "filled", 1),
    ]


def test_a_dispensation_is_used_by_the_action_whose_guard_it_answers():
    """Only actions that ask a dispensable guard use dispensations up."""
    used = [row for row in expand(SMALL) if row.to_state == "used"]

    assert [(row.machine, row.action, row.from_state) for row in used] == [
        ("dispensation", "infuse", "granted")
    ]
    assert (used[0].custody, used[0].scans, used[0].signatures) == ("none", 0, 1)


def test_rows_are_sorted_and_each_stands_once():
    """The rows of one text are always the same, in the same order."""
    assert list(expand(SMALL)) == sorted(set(expand(SMALL)))
