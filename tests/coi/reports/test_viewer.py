"""The whole record as a page that any browser opens: everything stands in it, and nothing runs."""

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from types import MappingProxyType

import pytest

from coi.reports.custody_contents import Value
from coi.reports.viewer import Papers, Taken, viewer
from coi.reports.wording import INVALID, signature_block
from tests.coi.reports.records import (
    COI,
    HEAD,
    a_change,
    a_departure,
    a_record,
    a_refused_event,
    a_signature,
    an_event,
)
from tests.coi.reports.test_custody import HOSTILE, with_name

MADE = "2026-11-22 13:05:07 UTC by Queenie Quality, copy 1"
FETCHING = {"script", "img", "link", "iframe", "object", "embed", "form", "base", "svg"}


class Page(HTMLParser):
    """What a browser makes of the bytes: its tags, where links lead, and all that is read."""

    def __init__(self, content):
        super().__init__()
        self.tags, self.links, self.anchors, self.text, self.style = [], [], set(), "", ""
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        """A tag; handlers of events and styles of its own are told apart from it."""
        told = dict(attrs)
        self.tags += [tag, *(f"{tag}@{one}" for one in told)]
        self.links += [told[one] for one in ("href", "src") if one in told]
        self.anchors |= {told["id"]} if "id" in told else set()

    def handle_data(self, data):
        """A text."""
        if self.tags and self.tags[-1] == "style" and not self.style:
            self.style = data
        else:
            self.text += data


NONE = MappingProxyType({})


def a_page(record, *, identity=False, taken=(), papers=NONE, files=NONE):
    """The page of a record."""
    return Page(viewer(record, MADE, taken, papers=papers, files=files, identity=identity))


def test_the_picture_of_a_driver_s_papers_is_led_to_with_its_hash():
    """Below the statement; of one that was erased only what was committed to is told."""
    events = tuple(an_event(entry=n, title=f"Step {n}") for n in range(3))
    kept = Papers("pictures/0001.png", "a" * 64, "c" * 64)

    page = a_page(a_record(events=events), papers={1: kept, 2: Papers("", "", "d" * 64)})

    assert page.links.count("pictures/0001.png") == 1
    assert f"pictures/0001.png, SHA-256 {'a' * 64}, committed to by {'c' * 64}" in page.text
    assert f"Picture of the papers: (erased), committed to by {'d' * 64}" in page.text
    assert "img" not in page.tags


def test_a_file_of_a_step_is_led_to_under_its_hash():
    """Below the step that kept it, each; of one that was erased what was committed to is told."""
    events = tuple(an_event(entry=n, title=f"Step {n}") for n in range(2))
    name = f"files/0001-{'a' * 64}.jpg"
    files = {1: [Papers(name, "a" * 64, "c" * 64), Papers("", "", "d" * 64)]}

    page = a_page(a_record(events=events), files=files)

    assert page.links.count(name) == 1
    assert f"File: {name}, committed to by {'c' * 64}" in page.text
    assert f"File: (erased), committed to by {'d' * 64}" in page.text


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_shown_as_it_is(name):
    """Whatever a name holds, the page has the tags that it has with any other (SEC-21)."""
    taken = [Taken(name, name, name, name, name, name)]
    hostile, plain = a_page(with_name(name), taken=taken), a_page(with_name("x"), taken=taken)

    assert hostile.text.count(name) >= 10
    assert hostile.tags == plain.tags
    assert hostile.links == plain.links


def test_nothing_in_it_runs_and_nothing_is_fetched():
    """What it may do is said at its head: its own style, and nothing else."""
    content = viewer(a_record(), MADE, (), papers={}, files={}, identity=True)
    page = Page(content)

    assert not FETCHING & set(page.tags)
    assert not [one for one in page.tags if "@on" in one or one.endswith("@style")]
    assert not [one for one in page.links if ":" in one or one.startswith("/")]
    allowed = b64encode(sha256(page.style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{allowed}'" in content.decode()


def test_links_within_it_lead_somewhere():
    """Each entry that is named can be jumped to."""
    record = a_record(events=(an_event(0), a_refused_event(1), an_event(2)), changes=(a_change(),))
    page = a_page(record)

    within = {one[1:] for one in page.links if one.startswith("#")}
    assert {"entry-0", "entry-1", "check", "departures"} <= within
    assert within <= page.anchors


def test_exceptions_stand_first_and_open_ones_before_them():
    """Then refused attempts and corrections; what happened stands behind."""
    closed = a_departure(name="Exception 1", is_open=False, state="closed", closed=0)
    still = a_departure(name="Exception 2")
    record = a_record(
        events=(an_event(0), a_refused_event(1)), departures=(closed, still), changes=(a_change(),)
    )
    text = a_page(record).text

    order = ("Exception 2: OPEN", "Exception 1: closed", "WRONG_THERAPY", "a zero too many")
    places = [text.index(one) for one in (*order, "0 · Hand over")]
    assert places == sorted(places)


def test_each_signature_is_shown_whole():
    """In the lines of pages and papers (21 CFR 11.50)."""
    signature = a_signature(username="nina")
    text = a_page(a_record(events=(an_event(signatures=(signature,)),), head_entry=0)).text

    assert all(line in text for line in signature_block(signature))


def test_a_review_of_the_trail_says_who_when_and_how_far():
    """With the bytes of it beside; one that is not what was signed is marked (A11d-12.8)."""
    ours = a_record()
    page, marked = (
        a_page(replace(ours, reviews=(replace(ours.reviews[0], is_invalid=invalid),)))
        for invalid in (False, True)
    )

    assert "entry 7 of the chain site:factory" in page.text
    assert "reviews/0001.signed.json" in page.links
    assert INVALID not in page.text
    assert INVALID in marked.text


def test_a_corrected_value_stands_beside_the_old_one_with_the_reason():
    """What was there, what is there, and why (P11-10e)."""
    first = an_event(0, values=(Value(("Bag 1",), "Volume", "600", "mL"),))
    corrected = Value(("Bag 1",), "Volume", "60", "mL", revision=2, reason="a zero too many")
    content = viewer(
        a_record(events=(first, an_event(1, values=(corrected,))), head_entry=1),
        MADE,
        (),
        papers={},
        files={},
        identity=False,
    ).decode()

    assert "<del>600 mL</del> <ins>60 mL</ins>" in content
    assert "CHANGED (revision 2), because:</strong> a zero too many" in content


def test_a_record_that_does_not_hold_says_so_at_its_head():
    """And a demonstration that it is one."""
    record = a_record(demonstration=True)
    wrong = replace(record.verification, holds=False, verdict="ENTRY 3 IS NOT WHAT WAS SIGNED")
    text = a_page(replace(record, verification=wrong)).text

    assert text.index("NOT FOR CLINICAL USE") < text.index("ENTRY 3 IS NOT") < text.index("Results")


def test_it_says_how_it_is_checked():
    """The command, the head, the checkpoint and the key."""
    text = a_page(a_record()).text

    for said in ("python3 -I -S verify.py", HEAD, COI, "1204 / 4a06 15fe 3789 8c9d", "c74f20a3"):
        assert said in text


def test_the_same_record_has_the_same_bytes():
    """There is no clock in it."""
    assert viewer(a_record(), MADE, (), papers={}, files={}, identity=False) == viewer(
        a_record(), MADE, (), papers={}, files={}, identity=False
    )
