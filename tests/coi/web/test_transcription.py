"""A therapy that is copied from paper, on its pages: what is told of it, compared, and signed."""

import pytest

from coi.demo.cast import PASSWORD
from coi.demo.going_live import end, label_everything
from coi.services.reporting import custody_record
from coi.services.therapies import look
from tests.coi.reports.pages import text_of
from tests.coi.web.steps import form_on, put


@pytest.fixture
def coi(lives):
    """A therapy that is copied up to its collection, from the folder 17."""
    return lives.cois["copied from paper"]


def ended(browser, coi, *usernames, **changed):
    """Send the form that ends it, signed by these people."""
    form = form_on(browser.get(f"/therapies/{coi}/transcription").text)
    for n, username in enumerate(usernames, start=1):
        form[f"signer-{n}-username"], form[f"signer-{n}-password"] = username, PASSWORD
    put(form, changed)
    return browser.client.post(f"/therapies/{coi}/transcription", data=form)


def test_the_therapy_says_that_it_is_copied_and_offers_nothing_else(someone, coi):
    """The next step is copied; what would go on now is not offered."""
    page = someone("luc").get(f"/therapies/{coi}").text

    work = someone("luc").get("/?which=all").text

    assert "Copy it from paper" in work
    assert "Being transcribed from paper (reference Folder 17) up to entry" in page
    assert "verified by nobody yet" in page
    assert f'href="/therapies/{coi}/late"' in page
    assert f'href="/therapies/{coi}/actions/freeze_material"' not in page
    assert f'href="/therapies/{coi}/actions/apply_label"' in page


def test_a_step_is_copied_with_one_signature_and_its_place_on_paper(someone, coi):
    """The form asks when it happened, where it stands, who signed it there; one signs, once."""
    page = someone("luc").get(f"/therapies/{coi}/late/freeze_material").text

    assert "Where it stands on paper" in page
    assert "Signed on the paper by" in page
    assert "Signature 1 of 1: transcribed from paper" in page


def test_every_step_is_compared_in_order_above_the_signatures(someone, coi):
    """With both times, its values, and what still lacks our label."""
    page = someone("luc").get(f"/therapies/{coi}/transcription").text

    assert page.index("1. Approve") < page.index("What is signed") < page.index("Signature 1 of 2")
    assert "Not labelled yet" in page
    assert "Body weight" in page
    assert "verified against the paper" in page


def test_two_end_it_and_it_is_told_for_ever(performer, someone, coi):
    """On its page, in the list, in its history and on the first page of its record."""
    label_everything(performer, coi)
    browser = someone("luc")
    browser.send("/unit", page="/", unit="south-lab")
    answer = ended(browser, coi, "luc", "julie")

    assert answer.status_code == 303, answer.text
    page = browser.get(f"/therapies/{coi}").text
    told = "from paper (reference Folder 17) up to entry"
    assert f"Transcribed {told}" in page
    assert "verified by Julie Infusion" in page
    work = browser.get("/?which=all").text
    assert ("from paper: Folder 17" in work, "Copy it from paper" in work) == (True, False)
    assert told in text_of(custody_record(performer.installation, coi, "queenie")).replace(
        "\n", " "
    )


def test_who_copied_does_not_verify_and_what_was_typed_stays(performer, someone, coi):
    """The refusal is told above the form, and recorded; nothing has ended."""
    label_everything(performer, coi)
    browser = someone("luc")
    browser.send("/unit", page="/", unit="south-lab")
    answer = ended(browser, coi, "luc", "carla")

    assert answer.status_code == 409
    assert "TOOK_PART" in answer.text
    assert form_on(answer.text)["signer-2-username"] == "carla"
    assert look(performer.installation, coi).therapy.is_copied


def test_what_was_recorded_since_is_compared_first(performer, someone, coi):
    """The page is not the newest any more: nobody has seen what came since."""
    browser = someone("luc")
    browser.send("/unit", page="/", unit="south-lab")
    seen = look(performer.installation, coi).history[-1].seq
    label_everything(performer, coi)
    answer = ended(browser, coi, "luc", "julie", seen=str(seen))

    assert "COMPARED_BEFORE" in answer.text


def test_what_was_recorded_before_a_slip_of_the_hand_is_compared_too(performer, someone, coi):
    """A wrong password leaves the page as of then: what came since is not signed unread."""
    browser = someone("luc")
    browser.send("/unit", page="/", unit="south-lab")
    seen = look(performer.installation, coi).history[-1].seq
    label_everything(performer, coi)
    answer = ended(browser, coi, "luc", "julie", **{"seen": str(seen), "signer-2-password": "no"})

    assert answer.status_code == 422
    assert form_on(answer.text)["seen"] == str(seen)


def test_nobody_signs_the_end_without_the_comparison(performer, someone, coi):
    """The form of any other step leads to the page on which every step stands."""
    label_everything(performer, coi)
    browser = someone("luc")
    path = f"/therapies/{coi}/actions/end_transcription"
    told = {**form_on(browser.get(f"/therapies/{coi}/transcription").text), "unit": "south-lab"}
    answers = (browser.client.get(path), browser.client.post(path, data=told))

    there = f"/therapies/{coi}/transcription"
    assert [one.headers.get("Location") for one in answers] == [there, there]
    assert look(performer.installation, coi).therapy.is_copied


def test_a_therapy_that_never_ran_on_paper_has_nothing_to_compare(someone, lives):
    """The page says so, and how one begins."""
    coi = lives.cois["in manufacture"]

    page = someone("mia").get(f"/therapies/{coi}/transcription").text

    assert "never copied from paper" in page


def test_an_order_explains_the_reference_and_takes_no_consent_with_it(someone):
    """It is for what runs on paper already; the consent is copied as a step."""
    page = someone("carla").get("/orders/new?workflow=autologous-car-t").text

    assert "Only if it runs on paper already" in page
    assert 'name="value-on_paper"' in page


def test_it_is_ended_by_command_and_told(performer, coi):
    """What the page does, the use case does without it."""
    label_everything(performer, coi)
    end(performer, coi)

    assert not look(performer.installation, coi).therapy.is_copied
