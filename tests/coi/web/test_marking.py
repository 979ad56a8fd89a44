"""Every text of a template is a message, and is told otherwise at its place; nothing else is."""

import re

import pytest
from jinja2 import Environment

from coi.web.catalogue import ENGLISH, LANGUAGES, catalogue, words_of
from coi.web.marking import Unmarked, in_words_of, messages_of, pieces_of
from tests.whole.texts import TEMPLATES

PATHS = sorted(TEMPLATES.glob("*.html"))
OTHERS = sorted(set(LANGUAGES) - {ENGLISH})

each_template = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def german(words):
    """Find words as a catalogue does."""
    return lambda message: words.get(message, "")


@each_template
def test_a_template_is_what_its_pieces_are(path):
    """Nothing is lost or added where a template is cut."""
    source = path.read_text()

    assert "".join(piece.source for piece in pieces_of(source)) == source


@each_template
def test_a_template_without_other_words_stays_as_it_is(path):
    """But for values of the product, which are told in the language of the page."""
    source = path.read_text()

    told = in_words_of(source, lambda _: "").replace("|retold", "")

    # A template may say itself that only the first letter is made large, whatever follows; and
    # that a value is told in the language of the page.
    wanted = source.replace("|begun", "|capitalize").replace("|retold", "")
    assert told.replace("|as_it_is", "|lower").replace("|begun", "|capitalize") == wanted


@each_template
@pytest.mark.parametrize("language", OTHERS)
def test_a_template_in_another_language_can_be_shown(path, language):
    """It is still a template, and every value and mark stands where the words put it."""
    told = in_words_of(path.read_text(), words_of(language))

    assert Environment(autoescape=True).parse(told)
    assert messages_of(told) == [] or path.read_text() != told


def test_what_a_block_puts_into_an_attribute_is_no_text():
    """A class in other words is none: a STOP would have no colour."""
    sources = {path.name: path.read_text() for path in PATHS}
    holds = re.compile(r'="[^"<>]*\{% block (\w+) %\}')
    blocks = {name for source in sources.values() for name in holds.findall(source)}

    told = {
        (page, name)
        for page, source in sources.items()
        for name in blocks
        for content in re.findall(rf"\{{% block {name} %\}}(.*?)\{{% endblock", source, re.DOTALL)
        if messages_of(content)
    }

    assert blocks
    assert told == set()


SAID = [
    ("<p>My work</p>", ["My work"], "<p>Meine Arbeit</p>"),
    ("<p>Held by <b>{{ one.name }}</b>.</p>", ["Held by <b>{name}</b>."], None),
    (
        "<p>See <a href=\"{{ url_for('x') }}\">it</a>.</p>",
        ["See <a1>it</a1>."],
        "<p>Hier ist <a href=\"{{ url_for('x') }}\">es</a>.</p>",
    ),
    ("<p>{{ a.n }} of {{ b.n }}</p>", ["{n} of {n1}"], "<p>{{ b.n }} von {{ a.n }}</p>"),
    ("<p>{{ 'on hold' if x else '' }}</p>", ["on hold"], "<p>{{ 'gesperrt' if x else '' }}</p>"),
    ('<input placeholder="Scan" name="Scan">', ["Scan"], '<input placeholder="Los" name="Scan">'),
    ("<p>{% if a == 'mine' %}Mine{% endif %}</p>", ["Mine"], None),
    ("<p><a>One</a> <a>Two</a></p>", ["One", "Two"], None),
    ("<p>{{ field('first', 'Your name') }}</p>", ["Your name"], None),
    ("<p>{{ url_for('Some page') }}{{ may('ORDER') }}</p>", [], None),
    ("<pre><code>def is_ours(it): pass</code></pre>", [], None),
    ("print('Hello you')", [], None),
    ("<p class=\"{{ 'held' if x }}\">{{ x }}</p>", [], None),
]
WORDS = {
    "My work": "Meine Arbeit",
    "See <a1>it</a1>.": "Hier ist <a1>es</a1>.",
    "{n} of {n1}": "{n1} von {n}",
    "on hold": "gesperrt",
    "Scan": "Los",
}


@pytest.mark.parametrize(("source", "messages", "told"), SAID, ids=[one[0] for one in SAID])
def test_a_text_is_found_where_people_read_it(source, messages, told):
    """And neither a name, a comparison, an address nor a look is one."""
    assert messages_of(source) == messages
    if told:
        assert in_words_of(source, german(WORDS)) == told


def test_a_sentence_of_the_product_is_retold_where_it_is_shown():
    """By its name; what people typed is shown as they typed it."""
    source = (
        "<p>{{ why.sentence }} {{ person.name }} {{ page.state(it) }} {{ at|local_minute }}</p>"
    )

    assert in_words_of(source, lambda _: "") == (
        "<p>{{ why.sentence|retold }} {{ person.name }} {{ page.state(it)|retold }}"
        " {{ at|local_minute|retold }}</p>"
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ words[what] }}", "{{ words[what]|retold }}"),
        ("{{ words[what][0] }}", "{{ words[what][0]|retold }}"),
        ("{{ typed[what] }}", "{{ typed[what] }}"),
        ("{{ counts.get(what, 0) }}", "{{ counts.get(what, 0) }}"),
        ("{{ page.title(things[one.on]) }}", "{{ page.title(things[one.on])|retold }}"),
        ("{{ field(one.title) }}", "{{ field(one.title|retold) }}"),
    ],
)
def test_what_is_looked_up_is_looked_up_by_its_own_name(source, told):
    """In other words nothing would be found: neither a number, nor what somebody typed."""
    assert in_words_of(f"<p>{source}</p>", lambda _: "") == f"<p>{told}</p>"


def test_a_template_that_cannot_be_cut_is_refused():
    """Nobody is shown half a page."""
    with pytest.raises(Unmarked):
        pieces_of("<p>It ends in {{ the midst")


@pytest.mark.parametrize("language", OTHERS)
def test_words_hold_no_quote_that_would_end_an_attribute(language):
    """What stands in an attribute or an expression is put there as it is."""
    words = catalogue(language)[""]

    assert [told for told in words.values() if '"' in told.replace('="', "")] == []
