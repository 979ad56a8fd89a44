"""A template's text is shown as a form and written by it, and says the same afterwards."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from labels.template_form import (
    ABOUT,
    FIELDS,
    LISTS,
    MOST,
    SORTS,
    VERBS,
    Form,
    form_of,
    from_fields,
    pressed,
    text_of_form,
)
from labels.template_reader import TemplateRefused, read_template
from labels.templates import TEMPLATES, every_version, template_text

EVERY = [(name, one.version) for name in TEMPLATES for one in every_version(name)]
TUBE = template_text("tube-label", TEMPLATES["tube-label"].version)


@pytest.mark.parametrize(("name", "version"), EVERY)
def test_what_a_form_writes_is_the_template_that_it_showed(name, version):
    """Every packaged template, by its hash; a second time it is the same text."""
    text = template_text(name, version)

    written = text_of_form(form_of(text))

    assert read_template(written).sha256 == read_template(text).sha256
    assert text_of_form(form_of(written)) == written
    assert written.splitlines()[0] == text.splitlines()[0]


_LETTERS = some.characters(categories=["L", "M", "N", "P", "S", "Zs"])
_TYPED = some.one_of(
    some.text(_LETTERS, max_size=12),
    some.sampled_from(["3", "0.250", "-1", "010", "1e3", "3,5", "5.", "true", "null", "٣", "1_0"]),
)


def _row(names):
    return some.fixed_dictionaries(dict.fromkeys(names, _TYPED))


@given(
    about=_row(ABOUT),
    rows=some.fixed_dictionaries(
        {sort: some.lists(_row(FIELDS[sort]), max_size=3).map(tuple) for sort in SORTS}
    ),
    comment=some.text(_LETTERS, max_size=30),
)
def test_whatever_is_typed_is_in_the_text_and_nothing_else(about, rows, comment):
    """Quotes, braces, colons, and what looks like a number or like a word of YAML."""
    form = Form(comment, {**about, **dict.fromkeys((*LISTS, "left_off"), "")}, rows)

    again = form_of(text_of_form(form))

    assert {name: again.about[name] for name in ABOUT} == _as_read(about)
    assert again.rows == {sort: tuple(map(_as_read, listed)) for sort, listed in rows.items()}


def _as_read(row):
    """A number is the same number, without the blanks and zeros around it."""
    return {
        name: _number(typed) if _is_number(name, typed) else typed for name, typed in row.items()
    }


def _is_number(name, typed):
    is_one = re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", typed.strip(), re.ASCII)
    return is_one and (name in {"version", "lines"} or name.endswith(("_mm", "_pt")))


def _number(typed):
    told = f"{float(typed):.12g}"
    return "0" if told == "-0" else told


@given(some.text(max_size=300))
def test_any_text_is_shown_or_refused(text):
    """Nothing else comes out of it."""
    try:
        form = form_of(text)
    except TemplateRefused:
        return
    assert isinstance(text_of_form(form), str)


@given(some.dictionaries(some.text(max_size=12), some.text(max_size=12), max_size=8))
def test_any_fields_make_a_text_that_is_read_or_refused(told):
    """Also with counts that are none, or too large."""
    form = from_fields({"slots-count": "9999", "symbols-count": "-1", "rules-count": "x"} | told)

    assert len(form.rows["slots"]) <= MOST["slots"]
    with pytest.raises(TemplateRefused):
        read_template(text_of_form(form))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("- a", "the template"),
        ("name: own-x\nnobody: 1", "nobody"),
        ("name: [a]", "name"),
        ("name: yes", "name"),
        ("title: 2026-01-01", "title"),
        ('title: "a\\nb"', "title"),
        ("required: coi", "required"),
        ("required: [1]", "required[0]"),
        ("left_off: [a]", "left_off"),
        ("left_off: {lot: 3}", "left_off"),
        ("slots: {x_mm: 1}", "slots"),
        ("slots: [3]", "slots[0]"),
        ("slots: [{colour: red}]", "slots[0].colour"),
        ("slots: [{x_mm: .inf}]", "slots[0].x_mm"),
        ("slots: [{x_mm: .nan}]", "slots[0].x_mm"),
        ("slots: [{x_mm: 1.0e-30}]", "slots[0].x_mm"),
        ("slots: [{x_mm: " + "9" * 4_000 + "}]", "slots[0].x_mm"),
        ("slots: [{x_mm: [1]}]", "slots[0].x_mm"),
        ("rules: [" + "{}, " * 41 + "]", "rules"),
    ],
)
def test_what_a_form_has_no_field_for_stays_a_text(text, place):
    """It is told where, and nothing is lost."""
    with pytest.raises(TemplateRefused) as told:
        form_of(text)

    (problem,) = told.value.problems
    assert problem.startswith(f"{place}: ")
    assert problem.endswith("go on in the text")


@pytest.mark.parametrize("typed", ["3,5", "010", "ten", "1e3", "٣", "0x10", "1:30", "5."])
def test_what_is_no_number_is_told_by_the_reader(typed):
    """It is not made one on the way: 010 would be eight."""
    form = form_of(TUBE)
    first, *others = form.rows["slots"]
    changed = Form(
        form.comment, form.about, {**form.rows, "slots": ({**first, "x_mm": typed}, *others)}
    )

    with pytest.raises(TemplateRefused) as told:
        read_template(text_of_form(changed))

    assert told.value.problems == ("slots[0].x_mm: Not a valid number.",)
    assert form_of(text_of_form(changed)).rows["slots"][0]["x_mm"] == typed


@pytest.mark.parametrize(
    "said", ["yes", "null", "3", "a: b", "a # b", "'", '"', "\\", "{x}", "☣", "&a"]
)
def test_words_are_read_as_these_words(said):
    """And never as something that YAML knows."""
    form = form_of(TUBE)
    first, *others = form.rows["slots"]
    slot = {**first, "field": "", "when": "coi", "say": said, "face": "regular"}
    changed = Form(form.comment, form.about, {**form.rows, "slots": (slot, *others)})

    assert read_template(text_of_form(changed)).slots[0].say == said


def test_a_comment_of_several_lines_stays_a_comment():
    """Whatever ends a line somewhere begins none of the template."""
    form = form_of(TUBE)
    changed = Form("one\n\ntwo\u2028name: other\x85version: 9", form.about, form.rows)

    written = text_of_form(changed)

    assert read_template(written) == read_template(TUBE)
    assert written.startswith("# one\n#\n# two\n# name: other\n# version: 9\n")


def test_what_is_left_off_has_a_line_each():
    """With its words behind a colon, which may hold one."""
    form = form_of(TUBE)
    about = {**form.about, "left_off": "lot: see: the sheet\n\n storage:cold "}

    left_off = read_template(text_of_form(Form(form.comment, about, form.rows))).left_off

    assert left_off == (("lot", "see: the sheet"), ("storage", "cold"))


@pytest.mark.parametrize("sort", SORTS)
def test_rows_are_added_moved_and_taken_away(sort):
    """By one place, and not beyond the ends."""
    rows = tuple({**dict.fromkeys(FIELDS[sort], ""), "x_mm": str(n)} for n in range(3))
    form = Form("", {}, {sort: rows})

    def left(verb, at):
        return [row["x_mm"] for row in pressed(form, verb, sort, at).rows[sort]]

    assert left("up", 2) == ["0", "2", "1"]
    assert left("up", 0) == ["0", "1", "2"]
    assert left("down", 0) == ["1", "0", "2"]
    assert left("down", 2) == ["0", "1", "2"]
    assert left("drop", 1) == ["0", "2"]
    assert len(left("add", 0)) == 4
    assert [left(verb, at) for verb in VERBS if verb != "add" for at in (-1, 3)] == [
        ["0", "1", "2"]
    ] * 6


def test_no_more_rows_are_added_than_a_form_has():
    """The button does nothing then."""
    form = Form("", {}, {"rules": tuple({"x_mm": "1"} for _ in range(MOST["rules"]))})

    assert pressed(form, "add", "rules", 0) == form
