"""Moving a therapy to a newer version on its page: the difference, what forbids it, signatures."""

import pytest

from coi.demo.cast import PASSWORD
from coi.services.people import grant_role
from coi.services.therapies import look
from tests.coi.web.steps import form_on, put
from tests.journeys.changing import install


@pytest.fixture
def coi(lives):
    """A therapy whose cells are being made."""
    return lives.cois["in manufacture"]


@pytest.fixture
def queenie(performer, someone):
    """The browser of quality assurance, working where the product is made; version 2 is there."""
    install(performer)
    browser = someone("queenie")
    browser.send("/unit", page="/", unit="works-production")
    return browser


def moved(browser, coi, *usernames, **changed):
    """Send the form of the move, filled in and signed by these people."""
    form = form_on(browser.get(f"/therapies/{coi}/version").text)
    form["reason"] = "the assay was validated anew"
    for n, username in enumerate(usernames, start=1):
        form[f"signer-{n}-username"], form[f"signer-{n}-password"] = username, PASSWORD
    put(form, changed)
    return browser.client.post(f"/therapies/{coi}/version", data=form)


def version(performer, coi):
    """By which version the therapy runs."""
    return look(performer.installation, coi).therapy.version


def test_the_difference_stands_above_the_signatures(queenie, coi):
    """Each change in words, and what it means for what was recorded already."""
    page = queenie.get(f"/therapies/{coi}/version").text

    assert "Move to another shelf" in page
    assert page.index("What changes for this therapy") < page.index("Signature 1 of 2")


def test_two_sign_and_the_therapy_says_by_what_it_runs_since_when(performer, queenie, coi):
    """On its page, and in its history."""
    answer = moved(queenie, coi, "queenie", "quentin")

    assert answer.status_code == 303
    page = queenie.get(answer.headers["Location"]).text
    assert "from now on this therapy runs on version 2" in page
    assert "Runs on version 2 of its workflow since" in page
    assert "From version 1 to version 2." in page
    assert version(performer, coi) == 2


def test_who_has_not_said_where_they_work_is_told_so(performer, someone, root, coi):
    """Which of two units it is cannot be guessed; and what was typed is not lost over it."""
    install(performer)
    grant_role(performer.installation, root, "queenie", "qa_reviewer", "west-cleanroom")

    answer = moved(someone("queenie"), coi, "queenie", "quentin")

    assert (answer.status_code, "choose at the top where you work" in answer.text) == (422, True)
    assert 'value="the assay was validated anew"' in answer.text
    assert version(performer, coi) == 1


@pytest.mark.parametrize(
    ("usernames", "changed", "answered"),
    [
        (("queenie", "queenie"), {}, (409, "SIGNER_NOT_ENTITLED")),
        (("queenie", "quirin"), {}, (422, "is nobody who may sign this here")),
        (("quirin", "quentin"), {}, (409, "ACTOR_DOES_NOT_SIGN")),
        (("queenie", "quentin"), {"reason": " "}, (422, "is missing")),
        (("queenie", "quentin"), {"seen": "1"}, (409, "STALE")),
        (("queenie", "quentin"), {"seen": ""}, (422, "load it again")),
        (("queenie", "quentin"), {"key": ""}, (422, "DATA_REFUSED")),
        (("queenie", "quentin"), {"signer-2-password": "wrong"}, (422, "is wrong")),
        (("queenie", "quentin"), {"to": "7"}, (404, "UNKNOWN")),
    ],
)
def test_what_cannot_be_signed_is_refused_and_nothing_moves(
    performer, queenie, coi, usernames, changed, answered
):
    """Every reason is said; no password comes back."""
    status, said = answered

    answer = moved(queenie, coi, *usernames, **changed)

    assert (answer.status_code, said in answer.text) == (status, True)
    assert PASSWORD not in answer.text
    assert version(performer, coi) == 1


def test_what_was_typed_is_not_lost(queenie, coi):
    """The reason stands there again."""
    answer = moved(queenie, coi, "queenie", "nobody")

    assert 'value="the assay was validated anew"' in answer.text


def test_it_moves_once_though_it_is_sent_twice(performer, queenie, coi):
    """A second click has no second effect."""
    form = form_on(queenie.get(f"/therapies/{coi}/version").text)
    form["reason"] = "once"
    for n, username in enumerate(("queenie", "quentin"), start=1):
        form[f"signer-{n}-username"], form[f"signer-{n}-password"] = username, PASSWORD

    answers = [queenie.client.post(f"/therapies/{coi}/version", data=form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert [e.kind for e in look(performer.installation, coi).history].count("migrate") == 1


def test_without_a_newer_version_the_page_teaches(someone, coi):
    """What a version is, and that nothing is to be done."""
    page = someone("queenie").get(f"/therapies/{coi}/version").text

    assert "No newer version is installed" in page


def test_the_way_there_is_shown_to_whom_it_is_open(someone, coi):
    """Quality assurance finds it on the therapy's page; a nurse does not."""
    asked = f'href="/therapies/{coi}/version"'

    assert asked in someone("queenie").get(f"/therapies/{coi}").text
    assert asked not in someone("ines").get(f"/therapies/{coi}").text


def test_a_therapy_of_others_is_unknown(someone):
    """Whoever makes nothing of it is told nothing of it."""
    elsewhere = someone("winnie")

    answer = elsewhere.get("/therapies/TEST-00000000-0/version")

    assert answer.status_code == 404
