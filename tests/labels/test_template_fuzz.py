"""Whatever text somebody's editor holds, it is a sound template or is refused, and soon."""

from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.layout import Template
from labels.sample import tried
from labels.template_checks import faults
from labels.template_reader import MAX_CHARACTERS, TemplateRefused, read_template
from labels.templates import TEMPLATES, template_text

TEXTS = [template_text(one.name, one.version) for one in TEMPLATES.values()]
SECONDS = 4
WORDS = (
    *("-1", "0", "1e999", ".nan", ".inf", "1:59", "9" * 5000, "2026-13-45", "2026-01-01", "~"),
    *("true", "''", "[]", "{}", "[[", "{a: b", "&a", "*a", "!!python/object:os.system x"),
    *("\0", "\ufeff", "\u202e", "\t", "? [a]", "<<: {}", "%YAML 9.9\n---", "---\n---", "|", ">"),
)
HOSTILE = {
    "deep lists": "[" * MAX_CHARACTERS,
    "deep mappings": "{a: " * (MAX_CHARACTERS // 4),
    "deep blocks": "".join(" " * n + "-\n" for n in range(300)),
    "many keys": "\n".join(f"k{n}: " for n in range(MAX_CHARACTERS // 9)),
    "many places": "slots:\n" + "- {x_mm: 1}\n" * (MAX_CHARACTERS // 13),
    "a long number": "width_mm: " + "9" * 60_000,
    "a number by sixties": "width_mm: 1" + ":1" * 30_000,
    "no date": "title: 2026-13-45",
    "a list for a key": "? [a, b]\n: 1",
    "a mapping for a key": "? {a: b}\n: 1",
}


def sound_or_refused(text: str) -> Template | None:
    """The template of a text, or nothing; whoever wrote it is told why."""
    problems: tuple[str, ...] = ()
    try:
        return read_template(text)
    except TemplateRefused as error:
        problems = error.problems
    assert problems
    assert [one for one in problems if not one.strip()] == []
    return None


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_refused_soon(text):
    """It takes no longer than a large template does, and nothing but the refusal comes of it."""
    began = process_time()

    assert sound_or_refused(text) is None
    assert process_time() - began < SECONDS


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_is_sound_or_refused(text):
    """Whatever is typed."""
    sound_or_refused(text)


@given(st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_a_template_with_mistakes_is_sound_or_refused(draw: Random):
    """Words are lost, doubled, moved and replaced; what is read of it can be drawn or says why."""
    words = draw.choice(TEXTS).split(" ")
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(words))
        words[at] = draw.choice((*WORDS, "", words[at] * 2, draw.choice(words)))

    template = sound_or_refused(" ".join(words))

    if template is not None:
        assert list(faults(template)) == []
        trial = tried(template)
        assert (trial.raster is None) == (trial.problem is not None)
