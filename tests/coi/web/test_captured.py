"""What a device captured without a line is handed in, and settled by people at the pages."""

import re

import pytest

from coi.demo.cast import PASSWORD
from coi.demo.performer import Wish
from coi.services.therapies import look
from tests.cast import WHY
from tests.coi.capturing import Queue, as_sent
from tests.coi.web.steps import filled_in
from workflows.facts import Mode

PAGE = "/captured"
EARLIER = Wish(mode=Mode.LATE, hours_ago=0.25, to="north-ward")


@pytest.fixture
def coi(lives):
    """A therapy with a bag that waits in the cell laboratory of the hospital."""
    return lives.cois["a bag on hold"]


@pytest.fixture
def leo(administrator):
    """A technologist at a registered device of the laboratory."""
    told = {"unit": "north-lab", "name": "Tablet", "password": "the keys of the house"}
    administrator.send("/devices", page="/devices", **told)
    administrator.sign_in("leo")
    return administrator


def device_of(browser):
    """What the page tells of the device."""
    return re.search(r'data-device="([^"]+)"', browser.get("/").text)[1]


def hand_in(browser, captures):
    """Send a queue, as the page's script does."""
    return browser.send("/offline/captures", page="/", captures=as_sent(captures))


@pytest.fixture
def handed_over(performer, coi):
    """The bag was handed over a quarter of an hour ago, without a line."""
    return performer.request(coi, "release_custody", EARLIER)


@pytest.fixture
def queue(leo, handed_over):
    """What the device captured of it."""
    wanted, *_rest = handed_over
    queue = Queue(device_of(leo), wanted.happened_at)
    queue.capture(*(one.raw for one in wanted.codes), kind="released")
    return queue


def test_it_is_listed_entered_late_and_settled(leo, installation, coi, queue, handed_over):
    """The form knows codes and time; who did it signs; the entry is named at the end (F-12)."""
    wanted, _actor, signers = handed_over
    one = queue.captures[0]
    told = hand_in(leo, queue.captures)
    assert told.json["kept"] == [one.hash]
    assert f'href="{PAGE}/{one.id}"' in leo.get(PAGE).text

    capture = leo.get(f"{PAGE}/{one.id}").text
    late = f"/therapies/{coi}/late/release_custody?captured={one.id}"
    form = leo.get(late)
    answer = leo.client.post(late, data=filled_in(form.text, wanted, signers))

    assert late in capture
    assert all(code.raw in form.text for code in wanted.codes)
    assert answer.headers["Location"] == f"{PAGE}/{one.id}"
    newest = look(installation, coi).history[-1]
    assert (newest.kind, newest.action) == ("late", "release_custody")
    told = leo.send(f"{PAGE}/{one.id}", page=f"{PAGE}/{one.id}", entry=f"{coi} {newest.seq}")
    assert told.status_code == 303
    assert f"settled: entered late: {coi} {newest.seq}" in leo.get(f"{PAGE}/{one.id}").text
    assert one.id not in leo.get(PAGE).text


def test_it_is_set_aside_by_who_coordinates_or_by_quality_assurance(leo, someone, queue):
    """With a password and a reason; both see on their first page that it waits."""
    one = queue.captures[0]
    hand_in(leo, queue.captures)
    carla, queenie = someone("carla"), someone("queenie")
    assert all("wait for somebody to enter them: 1." in x.get("/").text for x in (carla, queenie))
    assert "and are not settled: 1." in queenie.get("/record").text
    told = {"page": f"{PAGE}/{one.id}", "why": WHY}

    wrong = carla.send(f"{PAGE}/{one.id}/aside", **told, password="wrong")
    missing = carla.send(f"{PAGE}/{one.id}/aside", **(told | {"why": ""}), password=PASSWORD)
    right = queenie.send(f"{PAGE}/{one.id}/aside", **told, password=PASSWORD)

    assert (wrong.status_code, missing.status_code, right.status_code) == (401, 422, 303)
    assert "captured without a line" not in carla.get("/").text


def test_a_copied_queue_is_told_on_the_first_page(leo, someone, queue):
    """And where it waits (F-13)."""
    hand_in(leo, queue.captures)
    clone = Queue(queue.device, queue.begun)
    clone.capture(queue.captures[0].codes[0].raw, kind="other")

    told = hand_in(leo, clone.captures)

    assert told.json["alarm"] is True
    assert "do not follow what their device captured before" in someone("carla").get("/").text
    assert "does not follow" in leo.get(PAGE).text


def test_a_browser_that_is_no_device_hands_in_nothing(someone, queue):
    """It is told why, and nothing is kept."""
    answer = hand_in(someone("leo"), queue.captures)

    assert (answer.status_code, "not registered" in answer.json["why"]) == (422, True)


def test_what_is_late_is_not_before_the_device_says(leo, queue, coi):
    """The time of the device is a claim, which a person looks at."""
    hand_in(leo, queue.captures)
    shown = leo.get(f"{PAGE}/{queue.captures[0].id}").text

    assert "by the clock of the device" in shown
    assert coi in shown
