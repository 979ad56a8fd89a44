"""What the form of an action asks for, read from the definition."""

import pytest

from coi.services.forms import MOST_BORN, form_of, is_rare
from coi.services.therapies import look


@pytest.fixture
def form(lives):
    """Give the form of an action in one of the lives."""

    def of(life, name, counts=None):
        view = look(lives.performer.installation, lives.cois[life])
        return form_of(view, view.workflow.actions[name], "DE", counts)

    return of


def names(form):
    """The names of all fields, in their order."""
    return [blank.name for blank in form.every_blank]


def test_what_must_be_scanned_is_said_in_the_order_of_the_bedside(form):
    """First the order, then the arm, then the bag."""
    scans = form("recorded late", "check_at_bedside").scans

    assert [what.split()[1] for what in scans][:2] == ["order", "wristband"]


def test_only_labels_that_can_be_there_are_asked_for(form):
    """Nobody looks for a product that is not made yet."""
    (scans,) = form("a bag on hold", "release_custody").scans

    assert scans == "the label of each starting material that you mean"


def test_a_decision_asks_for_no_code(form):
    """Nothing is in anybody's hand."""
    assert form("a bag on hold", "approve").scans == ()


def test_each_of_several_bags_has_fields_of_its_own(form):
    """Two bags are never of the same volume."""
    found = names(form("a bag on hold", "collect", {"material": 2}))

    assert "new-material-1-volume_ml" in found
    assert "new-material-2-volume_ml" in found
    assert "value-volume_ml" not in found


@pytest.mark.parametrize(("asked", "shown"), [(0, 1), (-3, 1), (10_000, MOST_BORN)])
def test_a_number_that_cannot_be_is_not_drawn(form, asked, shown):
    """A page of ten thousand bags would be of use to nobody."""
    (born,) = form("a bag on hold", "collect", {"material": asked}).born

    assert len(born.each) == shown


def test_only_what_stands_where_the_action_begins_can_be_named(form):
    """A lot that is being expanded is; a therapy that has none offers none."""
    assert [thing.title for thing in form("in manufacture", "fail_lot").things] == ["Lot"]
    assert form("a bag on hold", "fail_lot").things == ()


def test_the_last_time_of_what_happened_is_suggested_as_now(form):
    """The first is not: it would be wrong without anybody noticing."""
    now = {b.field.name for b in form("a bag on hold", "collect").every_blank if b.is_now}

    assert now == {"ended_at"}


@pytest.mark.parametrize(
    ("action", "name"), [("fill", "expires_at"), ("grant_dispensation", "valid_until")]
)
def test_a_time_that_lies_ahead_is_never_suggested_as_now(form, action, name):
    """Nothing expires at the moment at which it is filled."""
    assert not [
        b for b in form("in manufacture", action).every_blank if b.is_now and b.field.name == name
    ]


def test_unit_and_limits_stand_beside_the_field(form):
    """Nobody guesses in what it is measured."""
    blank = next(b for b in form("a bag on hold", "collect").every_blank if b.field.unit == "mL")

    assert blank.hint == "1 to 1000 mL"


def test_what_may_stay_empty_is_said(form):
    """Everything else is needed."""
    blanks = form("a bag on hold", "collect").every_blank

    assert [b.field.name for b in blanks if "may stay empty" in b.hint] == ["donation_number"]


def test_a_test_is_chosen_among_those_of_the_definition(form):
    """With its unit or its words."""
    test, result = form("positive after infusion", "record_late_result").blanks

    assert dict(test.choices)["mycoplasma"] == "Mycoplasma (not detected / detected)"
    assert result.field.required


@pytest.mark.parametrize(
    ("name", "rare"),
    [
        ("release_custody", False),
        ("collect", False),
        ("finish_sample", False),
        ("report_lost", True),
        ("destroy", True),
        ("hold", True),
        ("record_late_result", True),
    ],
)
def test_what_nobody_hopes_to_do_stands_apart(lives, name, rare):
    """Losses, destruction, holds, and what is only recorded."""
    view = look(lives.performer.installation, lives.cois["on hold"])

    assert is_rare(view.workflow.actions[name]) is rare


def test_turns_are_of_what_the_action_could_move(form):
    """What else moves on meanwhile does not make the form stale."""
    turns = form("mixed up", "release_custody").turns

    assert turns
    assert all("/" in subject for subject in turns)
