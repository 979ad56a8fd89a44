"""Looking: the work list, one therapy, and what a scanned code is."""

import re

import pytest

from coi.services.therapies import look


def bag_of(installation, coi):
    """The newest serial of a bag in this therapy."""
    labels = look(installation, coi).labels
    return next(serials[-1] for serials in labels.values())


def test_work_lists_what_my_site_takes_part_in(someone, lives):
    """The therapy of another hospital is not among them."""
    page = someone("nina").get("/").text

    assert lives.cois["on hold"] in page
    assert lives.cois["dispensed"] not in page


def test_a_held_therapy_says_so_in_the_list(someone):
    """Nobody finds out by clicking."""
    assert "on hold" in someone("nina").get("/").text


def test_whoever_administers_is_told_why_the_list_is_empty(administrator):
    """An empty page would look broken."""
    assert "Therapies are not shown to administrators." in administrator.get("/").text


def test_a_therapy_shows_where_it_stands_and_what_happened(someone, lives, installation):
    """Position, holder, labels, timeline with signatures."""
    coi = lives.cois["handed to the courier"]

    page = someone("nina").get(f"/therapies/{coi}").text

    assert "on its way to" in page
    assert bag_of(installation, coi) in page
    assert "Collect cells from the patient" in page
    assert "Nina Needle" in page


def test_a_refused_attempt_is_shown_with_its_reasons(someone, lives):
    """Whoever looks years later finds what was tried."""
    page = someone("nina").get(f"/therapies/{lives.cois['mixed up']}").text

    assert "STOP." in page


@pytest.mark.parametrize("username", ["nina", "omar", "mia", "anna", "carla", "ines"])
def test_no_page_of_a_therapy_shows_a_name(someone, lives, username):
    """The identity stands on pages of its own (SEC-08, SEC-35)."""
    page = someone(username).get(f"/therapies/{lives.cois['on hold']}").text

    assert "Wuckert783" not in page


def test_another_sites_therapy_answers_like_an_unknown_one(someone, lives):
    """Status and words are the same (SEC-07)."""
    nina = someone("nina")
    hidden = lives.cois["dispensed"]
    unknown = "TEST-00000000-0"

    theirs, nobodys = (nina.get(f"/therapies/{coi}") for coi in (hidden, unknown))

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text.replace(hidden, "") == nobodys.text.replace(unknown, "")


def test_another_sites_bag_answers_like_an_unknown_code(someone, lives, installation):
    """A barcode is an identifier and no secret (SEC-27)."""
    nina = someone("nina")
    theirs = nina.send("/scan", page="/", code=bag_of(installation, lives.cois["dispensed"]))
    nobodys = nina.send("/scan", page="/", code="nonsense")

    assert "not known here" in theirs.text
    assert _without_token(theirs.text) == _without_token(nobodys.text)


def _without_token(page):
    """The page without what is new each time."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def test_a_scanned_order_opens_its_therapy(someone, lives):
    """The COI code is the way in."""
    coi = lives.cois["on hold"]

    answer = someone("nina").send("/scan", page="/", code=coi)

    assert answer.headers["Location"] == f"/therapies/{coi}"


def test_a_scanned_bag_says_what_it_is_and_whose(someone, lives, installation):
    """With the way to its therapy."""
    coi = lives.cois["on hold"]

    page = someone("nina").send("/scan", page="/", code=bag_of(installation, coi)).text

    assert "Starting material" in page
    assert f"/therapies/{coi}" in page


@pytest.mark.parametrize(
    "code", ["", "x" * 300, "\x1d\x1e", "<script>alert(1)</script>", "\u202egnp", "\ufffd"]
)
def test_a_code_that_is_none_of_ours_is_answered_in_a_sentence(someone, code):
    """A symbol can hold anything (SEC-26)."""
    answer = someone("nina").send("/scan", page="/", code=code)

    assert "not known here" in answer.text
    assert "<script>alert" not in answer.text


def test_looking_changes_nothing(someone, installation, lives):
    """Pages that are only opened write nothing into a therapy (SEC-16)."""
    coi = lives.cois["on hold"]
    before = look(installation, coi).head_hash
    nina = someone("nina")
    for path in ("/", f"/therapies/{coi}", "/sign-in"):
        nina.get(path)

    assert look(installation, coi).head_hash == before
