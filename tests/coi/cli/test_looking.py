"""What `coi scan`, `coi therapy` and `coi report` show of therapies that went through a lot."""

import pytest
from click.testing import CliRunner

from coi.cli import main
from coi.services.therapies import look


@pytest.fixture
def typed(lives):
    """Type a command in the world of the lives; gives what it printed."""
    home = str(lives.performer.installation.settings.home)

    def run(*words):
        return CliRunner().invoke(main, words, env={"COI_HOME": home}).stdout

    return run


@pytest.fixture
def scanned(lives, typed):
    """Scan the newest label of a thing: `scanned("packed", "shipment")`; gives name and text."""

    def run(life, machine):
        view = look(lives.performer.installation, lives.cois[life])
        thing = next(one.id for one in view.subjects.values() if one.machine == machine)
        return dict(
            line.split(None, 1) for line in _unblanked(typed("scan", view.labels[thing][-1]))
        )

    return run


def _unblanked(text):
    """The lines of a text, with names of one word each."""
    return text.replace("bag label", "bag_label").replace("sent to", "sent_to").splitlines()


def test_what_is_on_its_way_is_still_the_givers(scanned):
    """Released and not yet accepted: the holder is the giver, and it says to whom it goes."""
    told = scanned("handed to the courier", "shipment")

    assert told["holder"] == "north-lab"
    assert told["sent_to"] == "wheels-van, not yet accepted"


def test_what_is_inside_a_closed_shipper_goes_with_it(scanned):
    """The label of a bag inside tells the same way as that of the shipper."""
    assert scanned("handed to the courier", "material")["sent_to"].startswith("wheels-van")


def test_what_ended_has_no_holder(scanned):
    """A bag that was used up is with nobody, and nothing can come next that moves it on."""
    told = scanned("in manufacture", "material")

    assert told["state"] == "used in manufacture"
    assert "holder" not in told


def test_a_bag_on_hold_says_stop(scanned):
    """Only this bag is stopped, not the therapy."""
    assert scanned("a bag on hold", "material")["STOPPED"] == "it is on hold"


def test_a_bag_of_a_therapy_on_hold_says_stop(scanned):
    """Whoever scans any bag of it learns that the whole therapy is stopped."""
    assert scanned("on hold", "material")["STOPPED"] == "the therapy is on hold"


def test_a_shipper_tells_until_when_it_is_qualified(lives, typed):
    """Hours and last day, as QA signed for them."""
    told = typed("scan", lives.performer.shipper)

    assert told.startswith(f"shipper    {lives.performer.shipper}\nqualified  240 h, until 20")


def test_a_therapy_shows_what_stands_in_which_shipper(lives, typed):
    """A closed shipper holds its bags; an opened one has held them."""
    packed = typed("therapy", lives.cois["packed"]).split()
    opened = typed("therapy", lives.cois["on hold"]).split()

    assert (packed.count("holds"), packed.count("held")) == (3, 1 + 3)
    assert "holds" not in opened


def test_a_therapy_on_hold_is_told_so_in_its_first_line(lives, typed):
    """The first thing that one sees is that nothing goes on."""
    assert typed("therapy", lives.cois["on hold"]).splitlines()[0].endswith(": collected, ON HOLD")


def test_a_thing_on_hold_or_on_its_way_is_marked_in_the_tree(lives, typed):
    """Where it is, and what keeps it from going on, stand on the same line."""
    held = typed("therapy", lives.cois["a bag on hold"])
    sent = typed("therapy", lives.cois["handed to the courier"])

    assert "destroyed, ON HOLD" in held
    assert "on its way to wheels-van" in " ".join(sent.split())


def test_a_refused_attempt_is_told_with_its_reasons(lives, typed):
    """What was tried with another patient's bag stands below what happened."""
    told = typed("therapy", lives.cois["mixed up"])

    assert "refused in entry 11 (freeze_material): WRONG_THERAPY" in told


def test_a_late_entry_is_marked_as_one(lives, typed):
    """What was not entered when it happened says so beside its title."""
    assert typed("therapy", lives.cois["recorded late"]).count("[late]") == 3


def test_a_result_is_shown_with_limits_and_verdict(lives, typed):
    """A number without what it is compared with says nothing."""
    told = " ".join(typed("therapy", lives.cois["recorded late"]).split())

    assert "viability │ 91.5 % │ ≥ 70 % │ yes" in told
