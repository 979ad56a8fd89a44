"""How often a site types, comes late and is refused: counted by months; nobody is named."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from coi.demo.performer import Wish
from coi.services.decoding import content_of_text
from coi.services.people import grant_role
from coi.services.permissions import EVERYWHERE
from coi.services.rates import COUNTED, rates
from coi.services.sessions import resume
from coi.services.therapies import list_therapies
from coi.services.unusual import Unusual, unusual_in
from coi.store.entries import entries_of
from tests.coi.web.steps import send
from workflows.facts import Mode

EARLIER = Wish(mode=Mode.LATE, hours_ago=0.25)


@pytest.fixture
def auditor(someone, installation, root):
    """The browser of somebody who looks on everywhere."""
    grant_role(installation, root, "abel", "auditor", EVERYWHERE)
    return someone("abel")


def shown(browser, month=""):
    """What the page says of each site: the text of its section, by its name."""
    text = browser.get(f"/rates?month={month}").text
    parts = re.findall(r"<section aria-labelledby=\"site-\d+\">(.*?)</section>", text, re.DOTALL)
    plain = (" ".join(re.sub("<[^>]+>", " ", part).split()) for part in parts)
    return {name: part for part in plain for name in NAMES if part.startswith(name)}


NAMES = ("North Hospital", "South Hospital", "Riverside Cell Works")


def count_of(part, words):
    """The number beside some words."""
    return int(re.search(rf"{words} (\d+)", part)[1])


def test_what_went_otherwise_is_counted_where_it_was_done(someone, auditor, performer, lives):
    """A step that is told late is one step more and one late entry more, at its site alone."""
    before = shown(auditor)
    coi = lives.cois["a bag on hold"]
    wanted, actor, signers = performer.request(
        coi, "release_custody", replace(EARLIER, to="north-ward")
    )
    assert send(someone(actor.username), wanted, signers).status_code == 303

    after = shown(auditor)

    north, other = "North Hospital", "Riverside Cell Works"
    assert count_of(after[north], "Entered late") == count_of(before[north], "Entered late") + 1
    taken = re.compile(r"(\d+) steps were taken")
    steps = [int(taken.search(one[north])[1]) for one in (before, after)]
    assert steps[1] == steps[0] + 1
    assert after[other] == before[other]


def test_each_kind_that_is_counted_is_that_of_the_trail(installation, auditor):
    """All months together say what a look at every entry says."""
    by_hand = Counter()
    for coi, *_ in list_therapies(installation):
        texts = installation.read(lambda tx, coi=coi: [text for _, text, _ in entries_of(tx, coi)])
        for text in texts:
            by_hand.update(one for one in unusual_in(content_of_text(text)) if one in COUNTED)

    signed_in = signed_in_at(auditor, installation)
    counted, day = Counter(), installation.clock.now().date()
    for _ in range(12):
        month = rates(installation, signed_in, day)
        for site in month.sites:
            counted.update(site.counts)
        day = month.before

    assert counted == by_hand
    assert counted[Unusual.MISMATCH]
    assert counted[Unusual.LATE]


def signed_in_at(browser, installation):
    """Who is signed in there, as the use cases are told."""
    with browser.client.session_transaction() as held:
        return resume(installation, held["token"])


def test_only_the_sites_at_which_somebody_may_ask_are_shown(someone):
    """A hospital learns nothing of another one's (SEC-07)."""
    assert {*shown(someone("carla"))} <= {"North Hospital", "South Hospital"}
    assert {*shown(someone("queenie"))} == {"Riverside Cell Works"}


@pytest.mark.parametrize("told", ["", "2026-13", "0001-01", "x", "9999-12", "2026-11-01"])
def test_what_is_no_month_is_this_one(someone, installation, told):
    """Nor is one that has not come yet."""
    today = installation.clock.now().date()

    answer = someone("queenie").get(f"/rates?month={told}")

    assert answer.status_code == 200
    assert f'<span class="quiet">{today:%Y-%m}</span>' in answer.text


def test_a_month_in_which_nothing_was_done_says_so(someone):
    """And the way to others is there."""
    text = someone("queenie").get("/rates?month=2001-01").text

    assert "Nothing was done in this month" in text
    assert "month=2000-12" in text
    assert "month=2001-02" in text


def test_nobody_is_named(someone, lives):
    """It says where to look, and not whom to blame."""
    text = someone("queenie").get("/rates").text
    main = text[text.index("<main") :]

    assert not re.search(r"Nina|Leo Lab|Carla", main)
    assert not [coi for coi in lives.cois.values() if coi in main]


def test_the_month_is_that_of_a_date(installation, someone):
    """Whichever day is asked for."""
    signed_in = signed_in_at(someone("queenie"), installation)

    assert rates(installation, signed_in, date(2026, 3, 31)).begins == date(2026, 3, 1)
    assert rates(installation, signed_in, date(2026, 3, 31)).after == date(2026, 4, 1)
    assert rates(installation, signed_in, date(2026, 1, 1)).before == date(2025, 12, 1)
