"""A template is read strictly: everything wrong with it is told, with its place."""

import pytest

from labels.template_reader import MOST_PROBLEMS, TemplateRefused, read_template

SOUND = """
name: shelf
version: 1
title: a shelf
width_mm: 50
height_mm: 25
required: [serial, place]
left_off: {place: see the list}
symbols:
  - {payload: serial, kind: data_matrix, x_mm: 2, y_mm: 2, width_mm: 10, height_mm: 10, module_mm: 0.5}
slots:
  - {field: place, x_mm: 15, y_mm: 6, width_mm: 30, size_pt: 8}
  - {field: serial, x_mm: 15, y_mm: 12, width_mm: 33, size_pt: 8, smallest_pt: 6, face: mono}
  - {when: demonstration, say: DEMO, x_mm: 15, y_mm: 20, width_mm: 20, size_pt: 8, band: true}
rules:
  - {x_mm: 15, y_mm: 8, width_mm: 30}
"""  # noqa: E501 - a line of a template is one thing and where it stands
ANOTHER = (
    "payload: serial, kind: qr_code, x_mm: 2, y_mm: 2, width_mm: 9, height_mm: 9, module_mm: 0.5"
)


def problems(*changes: tuple[str, str]) -> list[str]:
    """Read the sound template with some of its words changed; give what is told."""
    text = SOUND
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(TemplateRefused) as caught:
        read_template(text)
    return list(caught.value.problems)


def test_a_sound_template_is_read():
    """Its parts are as they were written."""
    template = read_template(SOUND)

    assert (template.name, template.version, template.width_mm) == ("shelf", 1, 50)
    assert [slot.asks for slot in template.slots] == ["place", "serial", "demonstration"]
    assert template.left_off == (("place", "see the list"),)


def test_how_it_is_written_does_not_change_its_hash():
    """A comment, another order or an empty line is no other layout."""
    other = "# a comment\n" + SOUND.replace(
        "version: 1\ntitle: a shelf\n", "title: a shelf\nversion: 1\n"
    )

    assert read_template(other).sha256 == read_template(SOUND).sha256


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title: a shelf", "title: a shelf\ncolour: red", "colour: Unknown field."),
        ("title: a shelf\n", "", "title: Missing data for required field."),
        ("size_pt: 8}", "size: 8}", "slots[0].size: Unknown field."),
        ("version: 1", "version: one", "version: Not a valid integer."),
        ("width_mm: 50", "width_mm: '50'", "width_mm: Not a valid number."),
        ("width_mm: 50", "width_mm: .inf", "width_mm: Special numeric values"),
        ("width_mm: 50", "width_mm: 50.1", "the template: 50.1 mm is no side of a label"),
        ("x_mm: 2, y_mm: 2", "x_mm: 2.1, y_mm: 2", "symbols[0]: it does not stand on the grid"),
        ("module_mm: 0.5", "module_mm: 0.4", "symbols[0]: a module of 0.4 mm is not whole dots"),
        ("module_mm: 0.5", "module_mm: 0.1", "symbols[0]: a module of 0.1 mm is smaller than"),
        ("height_mm: 10", "height_mm: 11", "symbols[0]: its room is not square"),
        ("kind: data_matrix", "kind: code_128", "symbols[0]: a module of 0.5 mm is more than 10"),
        (
            "payload: serial, ",
            f"{ANOTHER}}}\n  - {{payload: serial, ",
            "symbols: two hold the same payload",
        ),
        (
            "kind: data_matrix, x_mm: 2, y_mm: 2, width_mm: 10, height_mm: 10, module_mm: 0.5",
            "kind: code_128, x_mm: 5, y_mm: 2, width_mm: 40, height_mm: 5.5, module_mm: 0.25",
            "symbols[0]: a Code 128 of this length is at least 6 mm high",
        ),
        (
            "size_pt: 8, band: true",
            "size_pt: 8, band: true, lines: 2",
            "slots[2]: a band has one line",
        ),
        ("size_pt: 8}", "size_pt: 4}", "slots[0]: no text is smaller than 5 pt"),
        ("smallest_pt: 6", "smallest_pt: 9", "slots[1]: its smallest size is larger"),
        ("when: demonstration, ", "", "slots[2]: it prints a field, or has words to say"),
        ("say: DEMO", "say: FOR A TRIAL RUN ONLY", "slots[2]: 'FOR A TRIAL RUN ONLY' cannot be"),
        ("say: DEMO", "say: ש", "slots[2]: 'ש' cannot be printed there"),
        ("width_mm: 30, size_pt", "width_mm: 60, size_pt", "slots[0] (place): is not on the label"),
        ("y_mm: 12, width_mm: 33", "y_mm: 7, width_mm: 33", "slots[1] (serial): overlaps slots[0]"),
        ("x_mm: 15, y_mm: 6", "x_mm: 12.5, y_mm: 6", "slots[0] (place): overlaps symbols[0]"),
        ("y_mm: 8, width_mm: 30", "y_mm: 6, width_mm: 30", "rules[0]: overlaps slots[0] (place)"),
        ("[serial, place]", "[serial, lot]", "required: 'lot' has no place on the label"),
        ("title: a shelf", "title: a shelf\naccompanying: [place]", "accompanying: 'place' has a"),
        ("{place: see", "{lot: see", "left_off: 'lot' has no place on the label"),
        ("see the list", "see the list that the ward keeps in its office", "left_off: 'see the"),
        ("version: 1", "version: 1\nversion: 2", "the template: 'version' stands there twice"),
        ("name: shelf", "name: &a shelf", "the template: anchors and aliases are not read"),
        ("name: shelf", "name: !!str shelf", "the template: type tags are not read"),
        ("name: shelf", "name: ../shelf", "name: String does not match expected pattern."),
        ("name: shelf", "name: [", "the template: "),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old, new, told):
    """Each fault has a sentence of its own, and its place in the text."""
    assert any(problem.startswith(told) for problem in problems((old, new)))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rules:", "<<: {required: []}\nrules:", "keys are not merged"),
        ("size_pt: 8}", "size_pt: 8, <<: {size_pt: 6}}", "keys are not merged"),
        ("width_mm: 50", "width_mm: 1:30", "'1:30' is not written as a number is read"),
        ("width_mm: 50", "width_mm: 050", "'050' is not written as a number is read"),
        ("width_mm: 50", "width_mm: 0x32", "'0x32' is not written as a number is read"),
        ("width_mm: 50", "width_mm: 5_0", "'5_0' is not written as a number is read"),
        ("title: a shelf", 'title: "a \\u202e shelf"', "title: Holds characters that cannot be"),
        ("title: a shelf", 'title: " "', "title: Says nothing"),
        ("say: DEMO", 'say: " "', "slots[2].say: Says nothing"),
        ("see the list", '" "', "left_off.place.value: Says nothing"),
    ],
)
def test_a_text_says_what_whoever_looks_at_it_reads(old, new, told):
    """Whoever approves it looks at the text: nothing in it is read otherwise than it looks."""
    assert any(told in one for one in problems((old, new)))


def test_a_label_without_a_symbol_is_none():
    """Nobody can scan it."""
    start, end = SOUND.index("  - {payload"), SOUND.index("slots:")

    with pytest.raises(TemplateRefused) as caught:
        read_template(SOUND[:start].rstrip() + " []\n" + SOUND[end:])

    assert caught.value.problems[0].startswith("symbols: there is none")


def test_everything_wrong_is_told_at_once():
    """Whoever writes a template is not sent back for each fault."""
    found = problems(("module_mm: 0.5", "module_mm: 0.4"), ("size_pt: 8}", "size_pt: 4}"))

    assert len(found) >= 3


def test_a_template_is_no_book():
    """A text without end is refused before it is read."""
    with pytest.raises(TemplateRefused):
        read_template(SOUND + "#" * 70_000)


@pytest.mark.parametrize("text", ["", "just words", "[]", "3"])
def test_what_is_no_template_is_refused(text):
    """Anything else that can be written is no template."""
    with pytest.raises(TemplateRefused):
        read_template(text)


def test_of_endless_problems_the_first_are_told():
    """A thousand texts in one place overlap in half a million ways, and nobody reads those."""
    slot = "  - {field: coi, x_mm: 2, y_mm: 5, width_mm: 9, size_pt: 6}\n"
    about = "name: x\nversion: 1\ntitle: x\nwidth_mm: 50\nheight_mm: 25\nsymbols: []\nslots:\n"
    text = about + slot * 1000

    with pytest.raises(TemplateRefused) as told:
        read_template(text)

    assert len(told.value.problems) == MOST_PROBLEMS + 1
    assert told.value.problems[-1] == "the template: has more problems than these"
