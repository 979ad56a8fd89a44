"""My work: what waits for whom, by when it is due; narrowed down; and what an empty list says."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import AT_LAB
from coi.demo.stories import play
from coi.services.approvals import approve_template
from coi.services.people import NewPerson, grant_role, register_person
from coi.web.words import until

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def listed(page):
    """The therapies of a page, in its order."""
    return re.findall(r'<th scope="row" role="rowheader"><a href="/therapies/([^"]+)"', page)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(minutes=20), "due in 20 min"),
        (timedelta(hours=3, minutes=59), "due in 3 h"),
        (timedelta(days=5), "due in 5 days"),
        (-timedelta(minutes=1), "overdue by 1 min"),
        (-timedelta(hours=47), "overdue by 47 h"),
        (-timedelta(days=2), "overdue by 2 days"),
    ],
)
def test_a_deadline_is_told_in_words(left, words):
    """Nobody subtracts two times at a bench."""
    assert until(NOW + left, NOW) == words


def test_the_steps_that_wait_for_me_are_one_click_away(someone, lives):
    """The technologist in whose laboratory the cells are can freeze them from here."""
    page = someone("mia").get("/").text

    coi = lives.cois["in manufacture"]
    assert f'href="/therapies/{coi}/actions/activate"' in page
    assert "due in" in page or "overdue by" in page
    assert '<time class="quiet" datetime="' in page


def test_no_more_than_three_steps_stand_in_a_line(someone):
    """The others are on the page of the therapy."""
    rows = re.findall(r"<tr.*?</tr>", someone("carla").get("/?which=all").text, re.DOTALL)

    assert max(row.count('class="step"') for row in rows) <= 3


def test_a_therapy_that_waits_at_two_places_stands_in_the_list_once(someone, performer):
    """By what is most urgent, with all else that could be done behind it."""
    coi = performer.order(PATIENTS[0])
    uncompleted = [step for step in AT_LAB if step.action != "complete_collection"]
    play(performer, coi, uncompleted)

    page = someone("leo").get(f"/?which=mine&coi={coi}").text

    assert listed(page) == [coi]
    steps = re.findall(r'<a class="step" href="[^"]+/actions/([a-z_]+)"', page)
    assert steps == ["complete_collection", "freeze_material", "pack"]


def test_what_others_have_to_do_is_no_work_of_mine(someone, lives):
    """Nothing of the therapy in manufacture is in the driver's hands, and he sees no list of it."""
    coi = lives.cois["in manufacture"]

    assert coi not in someone("omar").get("/").text
    assert coi in someone("quentin").get("/?which=all").text


def test_another_sites_therapy_is_in_neither_list(someone, lives):
    """Whoever asks, by whichever address (SEC-07)."""
    nina, hidden = someone("nina"), lives.cois["dispensed"]

    pages = [nina.get(f"/{query}").text for query in ("", "?which=all", "?at=south-lab&which=all")]

    assert [hidden in page for page in pages] == [False] * 3


def test_who_only_looks_on_is_shown_all(someone, installation, root, lives):
    """An auditor has nothing to do, and everything to see."""
    new = NewPerson("audrey", "Audrey Auditor", PASSWORD, "north-ward")
    register_person(installation, root, new)
    grant_role(installation, root, "audrey", "auditor", "-")

    page = someone("audrey").get("/").text

    assert {lives.cois["dispensed"], lives.cois["on hold"]} <= set(listed(page))


@pytest.mark.parametrize(
    ("query", "life"),
    [("held=1", "on hold"), ("held=1", "a bag on hold"), ("phase=manufacture", "in manufacture")],
)
def test_the_list_is_narrowed_down(someone, lives, query, life):
    """What fits is there, what does not fit is not."""
    found = listed(someone("carla").get(f"/?which=all&{query}").text)

    assert lives.cois[life] in found
    assert lives.cois["packed"] not in found


def test_a_therapy_is_found_by_how_its_coi_begins(someone, lives):
    """In small letters too, as people type."""
    coi = lives.cois["packed"]

    page = someone("carla").get(f"/?which=all&coi={coi[:9].lower()}").text

    assert listed(page) == [coi]


def test_overdue_only_is_what_is_too_late(someone, performer):
    """A year later everything with a deadline is."""
    performer.installation.clock.advance(timedelta(days=365))

    page = someone("carla").get("/?which=all&overdue=1").text

    assert listed(page)
    assert "overdue by" in page
    assert "due in" not in page
    assert "no deadline" not in page


def test_a_hold_is_told_in_words(someone):
    """Never by the colour alone; and whether it is all of it."""
    page = someone("carla").get("/?which=all&held=1").text

    assert ">on hold<" in page
    assert ">partly on hold<" in page


def test_an_empty_list_says_what_would_stand_there(someone):
    """Nothing to do is good news, and no broken page."""
    page = someone("olga").get("/?coi=NOBODY").text

    assert "Nothing fits" in page
    assert "show all again" in page


def test_what_was_asked_for_stays_in_the_form(someone):
    """Whoever narrows a list down further need not begin anew."""
    page = someone("carla").get("/?which=all&phase=order&overdue=1&coi=TEST-").text

    assert '<option value="order" selected>order</option>' in page
    assert 'name="overdue" value="1" checked' in page
    assert 'name="coi" value="TEST-"' in page


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=9999-99-99T99:99:99.999999Z~A",
        "which=theirs&at=%00&phase=%00",
        "_external=1&_anchor=x&_method=POST",
        "coi=%27%22%3Cscript%3E",
        "at=-&which=all",
    ],
)
def test_an_address_that_nobody_wrote_is_answered_with_a_list(someone, query):
    """What cannot be understood asks for nothing (SEC-26)."""
    answer = someone("carla").get(f"/?{query}")

    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_the_next_page_goes_on_behind_the_last(someone):
    """Its address says where; from the beginning again is one click away."""
    carla = someone("carla")
    every = listed(carla.get("/?which=all").text)

    behind = carla.get("/?which=all&after=2026-01-01T00:00:00.000000Z~A").text

    assert listed(behind) == every
    assert "Back to what is due first" in behind


def test_who_signs_for_templates_is_told_which_are_wanted(someone, performer):
    """Each leads to its page, with the therapies that print by it; nobody else is bothered."""
    installation, queenie = performer.installation, performer.proven["queenie"]
    before = someone("queenie").get("/").text

    approve_template(installation, queenie, "tube-label", holds=False)
    told, others = (someone(name).get("/").text for name in ("queenie", "mia"))

    assert "not approved yet" not in before + others
    assert '<a href="/label-templates/tube-label">tube-label</a>' in told
    assert "Autologous TIL" in told or "Tumour-infiltrating lymphocytes" in told


def test_who_starts_from_nothing_is_told_which_templates_are_wanted(administrator, performer):
    """The administrator sees to it that quality assurance signs; there is nothing to sign here."""
    installation, queenie = performer.installation, performer.proven["queenie"]
    before = administrator.get("/").text

    approve_template(installation, queenie, "collection-label", holds=False)
    told = administrator.get("/").text

    assert "still wait" not in before
    assert "still wait for <strong>collection-label</strong>." in told
    assert "/label-templates/" not in told
