"""No page in German says something in English: every page of the visits, as it is sent.

What is data stays as it is, and so does what is signed, printed, or read by programs; each of these
is named below. No browser is needed to read a page.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest

from coi.app import create_app
from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import FROZEN, ORDERED, collected, play
from coi.demo.performer import Wish
from tests.browser.house import KEYS_OF_THE_HOUSE
from tests.browser.visits import VISITS, path_in
from tests.coi.web.browser import Browser
from tests.coi.web.walk import Told, Walker, go_through, signed_in, stepwise
from tests.journeys.asking import ids

ENGLISH = re.compile(
    r"\b(about|after|and|are|as|at|be|been|before|but|by|can|day|days|each|every|for|from|has|have"
    r"|how|if|is|it|its|minutes|nobody|none|never|no|not|of|on|or|other|since|somebody|than|that|the"
    r"|their|then|there|they|this|to|until|were|what|when|where|which|who|with|yet|you|your"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)
"""Words without which English says little, and which German has not."""

AS_THEY_ARE = frozenset({"code", "del", "ins", "pre", "script", "style"})
"""Elements with codes, with what the record says before and after, and with what nobody reads."""

AS_SIGNED = "signatures"
"""The class of what stands as it was signed."""

FOR_PROGRAMS = frozenset({"interface", "interface-call"})
"""Pages on the interface for programs, which is described in English."""

WRITTEN_BY_PEOPLE = re.compile(
    r"\(demonstration\)|Order gateway of North Hospital|Orders from the ward system"
    r"|System of the cell laboratory|Tablet of the clean room|Bags of the laboratory"
    r"|Beside the sink|by the door"
    r"|Forgot it over the holidays"
    r"|The rotor makes a noise|The bags lie on the bench|Scan them, and sign|as on the sheet"
)
"""Names, reasons and remarks of the people of this house."""

STAYS = {
    "the record, word by word": re.compile(
        r"^(Therapie|Abweichung [\d.]+|Ausgangsmaterial [\d.]+|STOP\.|[A-Z_]{6,}: |“)"
        r"|^\S.+: (badge|role|training|name|active)\b"
        r"|is (growth|58\.0) .*the decision|A bag of another therapy was scanned"
    ),
    "results and their limits, as they are recorded": re.compile(
        r"^\S* ?\S* ?\(?(not detected|no growth)|and ≤|\(is [\d.]+ at [\d.]+ kg\)"
        r"|\((not detected|confirmed|conforms|no growth) / "
    ),
    "a label's template, and what its sample says": re.compile(
        r"^# A tube of|^A tube of a sample|^≤ .150 °C|^\d+ of \d+$|^Chain of identity \(COI\)$"
        r"|^Sample Centre for|^WARNING: Reactive"
    ),
    "names of programs, of events and of measures": re.compile(
        r"chain-of-identity \d|^alarm\.[a-z-]+$|Vein-to-vein"
    ),
}


class _Said(HTMLParser):
    """What a page says: each text between two borders, and each that is read aloud."""

    BORDERS = frozenset(
        {"a", "br", "button", "caption", "dd", "div", "dt", "h1", "h2", "h3", "input", "label"}
        | {"legend", "li", "option", "p", "section", "summary", "td", "text", "textarea", "th"}
        | {"title", "tr", "ul"}
    )
    ALOUD = frozenset({"alt", "aria-label", "placeholder", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.texts = [""]
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if self._hidden or tag in AS_THEY_ARE or AS_SIGNED in (told.get("class") or "").split():
            self._hidden.append(tag)
        if tag in self.BORDERS:
            self.texts.append("")
        for name, text in attrs:
            if name in self.ALOUD or name.startswith("data-text"):
                self.texts += [text or "", ""]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        if tag in self.BORDERS:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts[-1] += data


def said(page):
    """Each text of a page, without the blanks around it."""
    reader = _Said()
    reader.feed(page)
    return {text for one in reader.texts if (text := " ".join(one.split()))}


def left_in_english(page):
    """What a page says in English, and is not allowed to."""
    allowed = (WRITTEN_BY_PEOPLE, *STAYS.values())
    return sorted(
        text
        for text in said(page)
        if ENGLISH.search(text) and not any(one.search(text) for one in allowed)
    )


@pytest.fixture
def reader(sqlite_house):
    """Gives the browser of somebody, in German; each signs in once."""
    app, browsers = create_app(sqlite_house.installation), {}

    def of(username):
        if username not in browsers:
            browser = browsers[username] = Browser(app.test_client())
            password = KEYS_OF_THE_HOUSE if username == "root" else PASSWORD
            if username:
                browser.sign_in(username, password)
            browser.client.set_cookie("coi-language", "de")
        return browsers[username]

    return of


def test_no_page_is_left_in_english(sqlite_house, reader):
    """Each page that can be visited, in a house in which a good deal has happened."""
    found = {}
    for visit in VISITS:
        answer = reader(visit.username).get(path_in(sqlite_house, visit.path))
        assert answer.status_code == visit.status, visit.name
        if visit.name not in FOR_PROGRAMS and (left := left_in_english(answer.text)):
            found[visit.name] = left

    assert found == {}


@dataclass(frozen=True)
class Reader(Told):
    """Somebody who reads each screen in German before they answer it."""

    walker: Walker
    found: set[str]

    def read(self):
        """Look at the page that is shown now in German; what is left in English is kept."""
        self.walker.browser.client.set_cookie("coi-language", "de")
        self.found.update(left_in_english(self.walker.page))
        self.walker.browser.client.set_cookie("coi-language", "en")

    def answers(self, page):
        """As anybody answers it."""
        self.read()
        return Told.answers(self, page)


def test_no_screen_of_a_step_is_left_in_english(sqlite_house):
    """Each screen by which a shipper is packed, who waits for whom, and that it was right."""
    app, performer = create_app(sqlite_house.installation), sqlite_house.performer
    coi = performer.order(PATIENTS[2])
    play(performer, coi, (*ORDERED, *collected(1), FROZEN))
    wanted, _actor, signers = performer.request(
        coi, "pack", Wish(on=ids(performer, coi, "material"))
    )
    first = stepwise(Walker(signed_in(app, "leo")), wanted)
    second = Walker(signed_in(app, signers[1].username), first.path)
    readers = [Reader(wanted, signers, n, one, set()) for n, one in enumerate((first, second))]

    go_through(first, readers[0], until="Sign")
    first.send(apart="1", **{"signer-1-username": "leo", "signer-1-password": PASSWORD})
    readers[0].read()
    readers[1].read()
    second.take_up()
    page = go_through(second, readers[1])
    readers[1].read()

    assert 'class="verdict matched"' in page
    assert [one.found for one in readers] == [set(), set()]


def test_what_is_said_in_english_is_found_wherever_it_stands():
    """In a sentence, aloud, and for a script; not in a code, nor as it was signed."""
    page = (
        '<p>Wer <b>is it</b></p><button aria-label="Go to it" data-text-late="Not yet">Los</button>'
        '<code>the code</code><ul class="signatures"><li>by <b>whom</b><br></li></ul><p>Gut</p>'
    )

    assert left_in_english(page) == ["Go to it", "Not yet", "Wer is it"]
