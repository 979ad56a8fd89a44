"""The pictures of a workflow show every state and every action, once and in order."""

from xml.etree import ElementTree as ET

import pytest

from tests.workflows.small import SMALL, edited
from workflows.diagram import Step, mermaid, steps_of, svg
from workflows.loading import load

SVG = "{http://www.w3.org/2000/svg}"


def drawn(machine: str | None = None, text: str = SMALL) -> ET.Element:
    """The picture as a tree of elements."""
    return ET.fromstring(svg(load(text), machine))  # noqa: S314 - we have just drawn it


def words(picture: ET.Element, style: str) -> list[str | None]:
    """The texts of one sort in a picture."""
    return [each.text for each in picture.iter(f"{SVG}text") if each.get("class") == style]


def test_steps_go_from_birth_to_end():
    """Moves come in the order in which a life meets them, then what leaves the state as it is."""
    workflow = load(SMALL)

    steps = steps_of(workflow, workflow.machines["bag"])

    assert steps[:4] == (
        Step("Collect", ("",), "filled"),
        Step("Check at the bedside", ("filled",), "checked"),
        Step("Report lost", ("filled", "checked"), "lost"),
        Step("Infuse", ("checked",), "infused"),
    )
    assert all(step.to_state == "" for step in steps[4:])
    assert Step("Check at the bedside", ("checked",), "") in steps


def test_every_state_and_action_of_a_machine_is_drawn():
    """A machine's picture names its phases, states and actions."""
    picture = drawn("parcel")

    assert words(picture, "machine") == ["Parcel"]
    assert words(picture, "phase") == ["transport"]
    assert words(picture, "state") == ["packed", "unpacked"]
    assert words(picture, "action") == [
        "Pack",
        "Unpack",
        "Accept",
        "Hand over",
        "Hold",
        "Lift",
        "Take back",
    ]


def test_a_picture_of_all_machines_names_each():
    """Without a machine's name all are drawn, one below the other."""
    assert words(drawn(), "machine") == ["Therapy", "Bag", "Parcel", "Exception", "Dispensation"]


def test_final_states_have_a_double_border():
    """A final state is drawn as a box in a box."""
    boxes = [each.get("class") for each in drawn("parcel").iter(f"{SVG}rect")]

    assert [style for style in boxes if style and style.startswith("box")] == [
        "box",
        "box final",
        "box inner",
    ]


def test_arrows_lead_from_every_start_to_the_end():
    """One action has a dot for each state that it may begin in, and a head on each side."""
    picture = drawn("bag", edited("from: [checked], to: infused", "from: [checked], to: filled"))
    heads = [each for each in picture.iter(f"{SVG}path") if each.get("class") == "head"]
    dots = [each for each in picture.iter(f"{SVG}circle") if each.get("class") == "dot"]

    assert len(heads) == 4
    assert len(dots) == 5


def test_long_titles_are_wrapped_into_their_box():
    """The title of a state stands on several lines rather than beyond its box."""
    assert "checked at the" in words(drawn("bag"), "state")


@pytest.mark.parametrize("title", ["A & B <c>", "]]>", "\"quoted\" 'twice'"])
def test_titles_cannot_break_out_of_the_picture(title):
    """Whatever a definition says is text in the picture."""
    text = edited("title: Hand over\n", f"title: '{title.replace(chr(39), chr(39) * 2)}'\n")

    assert title in words(drawn("parcel", text), "action")


def test_mermaid_names_every_machine_state_and_move():
    """The diagram for documents has a composite state a machine, with births and ends."""
    lines = [line.strip() for line in mermaid(load(SMALL)).splitlines()]

    assert lines[0] == "stateDiagram-v2"
    assert 'state "Parcel" as parcel {' in lines
    assert 'state "checked at the bedside" as bag__checked' in lines
    assert "[*] --> bag__filled : Collect" in lines
    assert "bag__checked --> bag__infused : Infuse" in lines
    assert "bag__infused --> [*]" in lines


def test_mermaid_joins_the_actions_between_two_states():
    """Two actions with one way have one arrow."""
    assert "exception__open --> exception__closed : Let the therapy go on / Lift\n" in mermaid(
        load(SMALL)
    )


def test_mermaids_own_signs_do_not_come_from_titles():
    """A colon, semicolon, hash or quote in a title is replaced."""
    text = edited("title: Infuse\n", "title: 'Infuse: \"all\"; #1'\n")

    assert "bag__infused : Infuse, ”all”, №1\n" in mermaid(load(text))
