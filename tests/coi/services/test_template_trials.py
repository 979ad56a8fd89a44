"""A template's text is tried: drawn, or told all that is wrong with it; few at once."""

from contextlib import ExitStack

import pytest

from coi.errors import Busy
from coi.services.template_trials import AT_ONCE, in_words, one_turn, try_text
from labels.templates import TEMPLATES, template_text


def text_of(name):
    """The text of the newest version of a packaged template."""
    return template_text(name, TEMPLATES[name].version)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_kept_template_can_be_started_from(name):
    """Its text is tried as the file is: the same hash, and a picture."""
    tried = try_text(text_of(name), "usual", 203)

    assert tried.problems == ()
    assert tried.template == TEMPLATES[name]
    assert tried.picture.startswith(b"\x89PNG")


def test_few_are_drawn_at_once_and_each_turn_is_given_back():
    """Whoever comes then is told so; a text that is refused keeps no turn."""
    for _ in range(AT_ONCE + 1):
        try_text("no template", "usual", 203)

    with ExitStack() as others:
        for _ in range(AT_ONCE):
            others.enter_context(one_turn())
        with pytest.raises(Busy) as told:
            try_text(text_of("tube-label"), "usual", 203)

    assert told.value.code == "TRIES_UNDER_WAY"
    assert try_text(text_of("tube-label"), "usual", 203).problems == ()


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("slots[0].size_pt: Not a valid number.", "text 1, size_pt: Not a valid number."),
        ("slots[2] (serial): overlaps symbols[0]", "text 3 (serial): overlaps symbol 1"),
        ("rules[9]: is not on the label", "line 10: is not on the label"),
        ("the template: is empty", "the template: is empty"),
        ("slots[" + "9" * 5000 + "]: x", "slots[" + "9" * 5000 + "]: x"),
    ],
)
def test_a_place_is_told_as_people_count(problem, said):
    """The first is 1; what is no place stays as it is."""
    assert in_words(problem) == said
