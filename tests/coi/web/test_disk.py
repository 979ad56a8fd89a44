"""A disk that is full, failed or filling up: every page can be read and says so (F-04, F-09)."""

import pytest

from coi.demo.cast import PASSWORD
from coi.services import disk as keeping
from coi.services.verifying import verify_record

STATEMENT = {"page": "/account/password", "password": PASSWORD}


@pytest.fixture
def full(installation, monkeypatch):
    """The disk was found full, and there is no room for a reserve of any size."""
    installation.disk.spend_reserve()
    with monkeypatch.context() as changed:
        changed.setattr(keeping, "RESERVE", 1 << 60)
        yield changed


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("page", ["/", "/record", "/account", "/sign-in"])
def test_every_page_says_that_the_disk_is_full(someone, page):
    """Whoever comes in can read; the reserve is room for that."""
    answer = someone("queenie").get(page)

    assert (answer.status_code, "the disk that holds it is full" in answer.text) == (200, True)


@pytest.mark.usefixtures("full")
def test_what_is_sent_to_a_full_disk_is_refused(someone, installation):
    """With a code and the next step, and nothing is saved."""
    nina = someone("nina")
    before = verify_record(installation).entries

    answer = nina.send("/account/statement", **STATEMENT)

    assert (answer.status_code, "DISK_FULL" in answer.text) == (503, True)
    assert "paper procedure" in answer.text
    assert verify_record(installation).entries == before


def test_with_room_it_is_written_again(someone, full):
    """By itself: nobody signs for it."""
    nina = someone("nina")
    full.undo()

    assert nina.send("/account/statement", **STATEMENT).status_code != 503
    assert "is full" not in nina.get("/").text


def test_a_disk_that_failed_is_read_and_not_written(someone, installation):
    """Who is in goes on reading; a step is refused, and nobody is told that nothing was saved."""
    nina = someone("nina")
    installation.disk.fail()

    answer = nina.send("/account/statement", **STATEMENT)
    page = nina.get("/")

    assert (answer.status_code, "DISK_FAILED" in answer.text) == (503, True)
    assert "Whether the last step was saved is not known yet" in answer.text
    assert (page.status_code, "its disk failed" in page.text) == (200, True)


@pytest.mark.parametrize(("who", "told"), [("carla", True), ("queenie", True), ("nina", False)])
def test_who_answers_for_the_record_sees_the_alarm(someone, monkeypatch, who, told):
    """On My work; at the bench nobody can do anything about it."""
    monkeypatch.setattr(keeping, "ALARMS", (1,))

    assert ("filling up" in someone(who).get("/").text) is told


def test_the_page_of_the_record_says_how_full_the_disk_is(someone, installation):
    """Also while there is room."""
    used = installation.disk.used()

    assert f"{used} % of the disk are used" in someone("queenie").get("/record").text
