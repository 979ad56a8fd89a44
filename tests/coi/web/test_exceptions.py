"""The exceptions of all therapies: told in two taps, seen by whom they concern, sorted."""

import re

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import AT_LAB, Step, investigated
from coi.demo.performer import Wish
from coi.demo.stories import play
from coi.services.therapies import look
from coi.store.exceptions import PAGE
from tests.coi.web.steps import form_on, put
from tests.journeys.asking import act, refused


@pytest.fixture
def coi(performer):
    """A therapy of the hospital in the north whose cells are in its laboratory."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, AT_LAB)
    return coi


def opened(performer, coi, **values):
    """Open an exception; returns its id."""
    play(performer, coi, [Step("open_exception", values={"seen": "", **values})])
    return list(look(performer.installation, coi).subjects)[-1]


def lines(page, coi):
    """The lines of a list about this therapy, as text."""
    rows = re.findall(r"<tr role=\"row\".*?</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", row)) for row in rows if coi in row]


def test_something_is_wrong_is_said_in_two_taps(someone, coi):
    """From the therapy's page one button opens the form; kind and class are all that it asks."""
    nina = someone("nina")
    link = re.search(r'href="([^"]+)">Something is wrong', nina.get(f"/therapies/{coi}").text)
    form = form_on(nina.get(link[1]).text)

    put(form, {"value-kind": "damage", "value-class": "major"})
    answer = nina.client.post(link[1], data=form)

    assert answer.status_code == 303
    page = nina.get(f"/therapies/{coi}").text
    assert "<strong>Damage</strong>" in page
    assert "Nobody has taken it on yet." in page


def test_the_gravest_stands_first_with_its_next_step(someone, coi, performer):
    """Critical ones before others, each with kind, class, owner and the way to the next form."""
    opened(performer, coi, kind="damage", **{"class": "minor"})
    critical = opened(performer, coi, kind="missing document", **{"class": "critical"})

    page = someone("queenie").get("/exceptions").text

    first, second = lines(page, coi)
    assert "critical missing document" in first
    assert "nobody yet" in first
    assert "minor damage" in second
    assert f'href="/therapies/{coi}/actions/take_on_exception?named={critical}"' in page


def test_the_next_step_is_what_is_not_on_record_yet(someone, coi, performer):
    """It is taken on, investigated, its corrective action is recorded, and then it is closed."""
    opened(performer, coi, kind="damage", **{"class": "critical"})
    told = []
    for steps in (
        (Step("take_on_exception", "exception", "open", avoid=("queenie", "quirin")),),
        investigated()[:1],
        investigated()[1:],
    ):
        told += lines(someone("queenie").get("/exceptions").text, coi)
        play(performer, coi, steps)
    told += lines(someone("queenie").get("/exceptions").text, coi)

    assert "Take on an exception" in told[0]
    assert "Record the investigation of an exception" in told[1]
    assert "Record the corrective action of an exception" in told[2]
    assert "Close a critical exception" in told[3]


def test_of_all_that_can_be_done_with_it_the_page_offers_what_is_next(someone, coi, performer):
    """Whoever looks into it is not led to closing it first; that stands below, with the rest."""
    opened(performer, coi, kind="missing document", **{"class": "critical"})

    page = someone("queenie").get(f"/therapies/{coi}").text
    often, rare = page[: page.index("What others could do")].split("Seldom done")

    assert "/actions/take_on_exception" in often
    assert "/actions/close_critical_exception" not in often
    assert "/actions/close_critical_exception" in rare


def test_nobody_sees_those_of_another_site(someone, coi, performer):
    """They are not in the list of who works elsewhere, however it is asked for."""
    opened(performer, coi, kind="damage", **{"class": "critical"})

    pages = [someone("noel").get(f"/exceptions{asked}").text for asked in ("", "?kind=damage")]

    assert [lines(page, coi) for page in pages] == [[], []]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("?class=minor", 1),
        ("?class=critical", 0),
        ("?kind=damage", 1),
        ("?kind=mismatch", 0),
        ("?mine=1", 0),
        ("?closed=1", 0),
        ("?class=nothing&kind=<b>&after=x", 1),
    ],
)
def test_the_list_is_narrowed_down(someone, coi, performer, asked, found):
    """By class, by kind, to one's own; what cannot be understood asks for nothing."""
    opened(performer, coi, kind="damage", **{"class": "minor"})

    assert len(lines(someone("queenie").get(f"/exceptions{asked}").text, coi)) == found


def test_mine_are_those_that_i_took_on_and_closed_ones_are_kept(someone, coi, performer):
    """Whoever takes one on finds it among their own; once it is closed, among the closed."""
    opened(performer, coi, kind="damage", **{"class": "minor"})
    play(performer, coi, [Step("take_on_exception", "exception", "open", avoid=("quirin",))])
    browser = someone("queenie")
    mine = lines(browser.get("/exceptions?mine=1").text, coi)
    play(performer, coi, [Step("close_exception", "exception", "open")])

    closed = lines(browser.get("/exceptions?closed=1").text, coi)

    assert ["Queenie Quality" in line for line in (*mine, *closed)] == [True, True]
    assert lines(browser.get("/exceptions").text, coi) == []


def test_the_next_page_begins_where_this_one_ends(someone, coi, performer):
    """Each exception stands on one page."""
    browser = someone("queenie")
    for _ in range(PAGE + 1):
        opened(performer, coi, kind="other", **{"class": "major"})
    first = browser.get("/exceptions?kind=other").text
    (link,) = re.findall(r'<a class="button main" href="([^"]+)">The next ones', first)

    second = browser.get(link.replace("&amp;", "&")).text

    assert len(lines(first, coi)) == PAGE
    assert len(lines(second, coi)) == 1
    assert "The next ones" not in second


def test_an_empty_list_teaches(someone):
    """It says how an exception comes to be there."""
    page = someone("walter").get("/exceptions").text

    assert "No exception is open" in page
    assert "“Something is wrong”" in page


def test_a_form_says_which_exception_is_meant_in_words(someone, coi, performer):
    """Its kind, its class, what it is on and the first sentence, and not only its number."""
    seen = "The seal was torn. It was replaced at once."
    opened(performer, coi, kind="damage", seen=seen, **{"class": "minor"})

    page = someone("queenie").get(f"/therapies/{coi}/actions/close_exception").text

    assert "Damage, minor, concerns the therapy: The seal was torn.</span>" in page
    assert "replaced at once" not in page


def test_a_class_that_was_changed_is_marked_wherever_it_stands(someone, coi, performer):
    """On the list and on the therapy: what it is now, what it was, and why."""
    one = opened(performer, coi, kind="damage", **{"class": "minor"})
    told = {"class": "major", "class_because": "it leaked"}
    performer.do(coi, "raise_class", Wish(on=(one,), values=told))
    told = {"class": "minor", "class_because": "it was water"}
    performer.do(coi, "lower_class", Wish(on=(one,), values=told))
    browser = someone("queenie")

    (line,) = lines(browser.get("/exceptions").text, coi)
    page = browser.get(f"/therapies/{coi}").text

    assert "minor was major" in line
    assert "changed, was major" in page
    assert "Class changed from major to minor: it was water" in page


def test_a_class_is_lowered_by_two_of_whom_one_took_no_part(performer, coi):
    """One signature is missing where one alone signs."""
    one = opened(performer, coi, kind="damage", **{"class": "major"})
    told = {"class": "minor", "class_because": "it was water"}
    wanted, actor, signers = performer.request(coi, "lower_class", Wish(on=(one,), values=told))

    with refused(performer, coi, "SIGNATURE_MISSING"):
        act(performer, (wanted, actor, signers[:1]))
