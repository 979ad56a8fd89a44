"""No text of the product is left out of the catalogues, and each has words in every language."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from coi.web.catalogue import ENGLISH, LANGUAGES, retold_in
from coi.web.marking import in_words_of
from coi.web.retelling import Form
from tests.whole import texts

OTHERS = sorted(set(LANGUAGES) - {ENGLISH})
MOST_WAITING = 0
"""How many texts may wait for their words; it may only become smaller."""

WORDS_OF_SCRIPTS = {"min"}
STATIC = texts.ROOT / "static"

each_language = pytest.mark.parametrize("language", OTHERS)


@pytest.fixture(scope="module")
def now() -> Catalog:
    """Every text as the sources say it now."""
    return texts.current()


def catalogue_of(language: str) -> Catalog:
    """The kept catalogue of a language."""
    with (texts.FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


TWO_MEANINGS = (
    *("beide Beutel", "danach infundi", "danach freigegeben", "danach etwas", "nichts danach"),
    *("Personalausweis", "Vorgeschichte", "zur Zeit aufgehoben", "kann kein Etikett"),
)
"""What says something else too, to whoever stands at a bed: `docs/languages.md`."""


def test_no_german_text_has_a_second_meaning():
    """Nobody infuses, checks or looks for something because of a word that is read otherwise."""
    told = [str(one.string) for one in catalogue_of("de") if one.id]

    assert [text for text in told for words in TWO_MEANINGS if words in text] == []


def test_every_text_is_in_the_catalogue(now):
    """Whoever writes a text runs `python -m tests.whole.texts`."""
    assert texts.POT.read_bytes() == texts.as_text(now)


@each_language
def test_each_language_has_every_text(now, language):
    """And none that nobody says any more."""
    kept = texts.FOLDER / language / "LC_MESSAGES" / "messages.po"

    assert kept.read_bytes() == texts.as_text(texts.brought_up(now, language))


@each_language
def test_what_the_product_reads_is_what_was_written(language):
    """Nothing has to be built before the product starts."""
    kept = texts.FOLDER / language / "LC_MESSAGES" / "messages.po"

    assert kept.with_suffix(".mo").read_bytes() == texts.compiled(kept.read_bytes(), language)


@each_language
def test_no_text_waits_for_its_words(language):
    """A page in one language is in that language."""
    waiting = [one.id for one in catalogue_of(language) if one.id and not one.string]

    assert len(waiting) <= MOST_WAITING, waiting


MARK = re.compile(r"</?[a-z]+\d*>")
VALUE = re.compile(r"\{\w+\}")


@each_language
def test_words_have_the_marks_of_their_text(language):
    """What is a link or strong in English is one in each language; no value is invented."""
    wrong = []
    for one in catalogue_of(language):
        message, told = str(one.id), str(one.string)
        invented = set(VALUE.findall(told)) - set(VALUE.findall(message))
        if told and (invented or sorted(MARK.findall(message)) != sorted(MARK.findall(told))):
            wrong.append((message, told))

    assert wrong == []


@each_language
def test_a_stop_is_a_stop_in_every_language(language):
    """The word stands where it stands in English."""
    stops = [one for one in catalogue_of(language) if str(one.id).startswith("STOP")]

    assert stops
    assert [one.string for one in stops if not str(one.string).startswith("STOP")] == []


@each_language
def test_a_sentence_is_retold_with_the_values_that_it_was_made_with(language):
    """Each form of the product, filled with values: the same ones stand in the other language."""
    wrong = []
    for one in catalogue_of(language):
        form = Form.of(str(one.id))
        if one.context != texts.SENTENCE or len(form.literals) == 1 or not form.can_be_told:
            continue
        values = [f"V{n}X" for n in range(len(form.literals) - 1)]
        said = "".join(a + b for a, b in zip(form.literals, [*values, ""], strict=True))
        told = retold_in(language).tell(said)
        expected = str(one.string)
        for n, value in enumerate(values):
            expected = expected.replace(f"{{{n}}}", value)
        if told not in {expected, said}:
            wrong.append((said, told))

    assert wrong == []


def test_scripts_have_no_words_of_their_own():
    """They take them from the page, in its language."""
    texts_in_quotes = re.compile(
        r"textContent = [\"`'](?!\$)([^\"`']*)|innerHTML = [\"`']([^\"`']*)"
    )

    found = {
        path.name: said.groups()
        for path in sorted(STATIC.glob("*.js"))
        for said in texts_in_quotes.finditer(path.read_text())
    }

    assert found == {}


@pytest.mark.parametrize("path", sorted(texts.TEMPLATES.glob("*.html")), ids=lambda one: one.stem)
def test_an_option_whose_words_are_retold_sends_what_it_sent(path: Path):
    """A browser sends the words of an option that has no value, in whichever language."""
    told = in_words_of(path.read_text(), lambda _: "")

    without_value = re.findall(r"<option(?![^>]*\bvalue=)[^>]*>[^<]*\|retold[^<]*<", told)

    assert without_value == []


REFUSES = {"Refusal", "Notice"}
NEVER_SHOWN = ("workflows/check", "workflows/loading", "workflows/document", "workflows/parameters")
SHORT = 10
"""Letters of a sentence that is mostly its value, as `Give {0}`: it would fit too much."""


def refusals() -> list[tuple[str, str]]:
    """Each sentence and next step that a rule gives, with its module."""
    found = []
    for path in sorted((texts.ROOT / "workflows").rglob("*.py")):
        name = path.relative_to(texts.ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSES:
                given = [*node.args[1:], *(one.value for one in node.keywords)]
                found += [(name, text) for one in given if (text := texts.message_of(one))]
    return [one for one in found if not one[0].startswith(NEVER_SHOWN) and " " in one[1]]


@each_language
def test_every_refusal_can_be_retold(language):
    """What a rule says to the person at the bench is told in their language."""
    retold = retold_in(language)

    silent = [
        (name, text)
        for name, text in refusals()
        if sum(map(str.isalpha, VALUE.sub("", text))) > SHORT
        and retold.tell(VALUE.sub("X7", text)) == VALUE.sub("X7", text)
    ]

    assert silent == []
