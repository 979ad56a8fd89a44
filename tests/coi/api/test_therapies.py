"""What a program reads of therapies: lists by pages, one as it stands, what happened in it."""

from datetime import timedelta

import pytest

from coi.api import asked
from coi.api.interface import ROOT
from coi.api.schemas import therapies as schemas
from coi.clock import parse_rfc3339
from coi.services.acting import take_action
from coi.services.therapies import look


@pytest.fixture
def coi(lives):
    """A therapy in which a good deal happened."""
    return lives.cois["positive after infusion"]


def pages(program, path, limit):
    """Every page of a list, from its beginning to its end."""
    told, cursor = [], ""
    while cursor is not None:
        answer = program.get(f"{path}?limit={limit}&cursor={cursor}")
        assert answer.status_code == 200, answer.text
        assert len(answer.json["items"]) <= limit
        told.append(answer.json["items"])
        cursor = answer.json["next"]
    return told


def test_a_long_life_is_read_by_pages_and_nothing_is_lost_between_them(installation, program, coi):
    """Each entry once, in its order, as the whole of it is shown."""
    history = look(installation, coi).history

    told = pages(program("carla"), f"/therapies/{coi}/entries", 7)

    found = [one for page in told for one in page]
    assert [(one["seq"], one["hash"], one["title"]) for one in found] == [
        (one.seq, one.hash, one.title) for one in history
    ]
    assert [one["content"] for one in found] == [one.content for one in history]


def test_a_list_is_read_by_pages(program):
    """What there is at one's sites, the soonest first, each therapy once."""
    carla = program("carla")
    whole = pages(carla, "/therapies", 50)
    parts = pages(carla, "/therapies", 2)

    cois = [one["coi"] for page in whole for one in page]
    assert len(cois) > 4
    assert [one["coi"] for page in parts for one in page] == cois
    assert len(set(cois)) == len(cois)


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/therapies?limit=50", schemas.Lines),
        ("/work?limit=50", schemas.Lines),
        ("/therapies/{}/entries?limit=50", schemas.Entries),
    ],
)
def test_a_page_of_a_list_has_the_fields_of_its_description_and_no_other(
    program, coi, path, schema
):
    """What is told goes out as it is: nothing takes out what is not described."""
    told = program("carla").get(path.format(coi)).json

    assert told["items"]
    assert schema().validate(told) == {}


@pytest.mark.parametrize("path", ["/therapies", "/work"])
def test_a_list_is_narrowed_down_as_at_the_page(installation, program, path):
    """By product, by site, and by when something is due; two of them together, too."""
    carla = program("carla")
    whole = [one for page in pages(carla, path, 50) for one in page]
    now = installation.clock.now()

    def narrowed(asked):
        return [one["coi"] for one in carla.get(f"{path}?limit=100&{asked}").json["items"]]

    soon = narrowed("due_within_hours=72")
    assert whole
    assert narrowed("workflow=autologous-car-t") == [one["coi"] for one in whole]
    assert narrowed("workflow=til") == narrowed("workflow=til&due_within_hours=72") == []
    assert narrowed("workflow=autologous-car-t&due_within_hours=72") == soon
    north, south = {*narrowed("site=north")}, {*narrowed("site=south")}
    assert north < north | south == {one["coi"] for one in whole}
    assert narrowed("site=nowhere") == []
    assert soon == [
        one["coi"]
        for one in whole
        if one["due_at"] and parse_rfc3339(one["due_at"]) < now + timedelta(hours=72)
    ]
    assert 0 < len(soon) < len(whole) or path == "/work"


@pytest.mark.parametrize(
    "asked", ["workflow=til'", "workflow=TIL", "due_within_hours=-1", "due_within_hours=1e9"]
)
def test_what_narrows_nothing_down_is_a_bad_request(program, asked):
    """It is said before anything is looked for."""
    answer = program("carla").get(f"/therapies?{asked}")

    assert (answer.status_code, answer.json["code"]) == (400, "MISREAD")


def test_a_cursor_of_another_list_is_refused(program, coi):
    """It is told beside the cursor; nothing is guessed."""
    carla = program("carla")
    cursor = carla.get("/therapies?limit=1").json["next"]

    answer = carla.get(f"/therapies/{coi}/entries?cursor={cursor}")

    assert (answer.status_code, answer.json["code"]) == (422, "DATA_REFUSED")
    assert answer.json["problems"][0]["where"] == "cursor"


@pytest.mark.parametrize(
    ("path", "told"),
    [("/therapies", ["\ud800", ""]), ("/exceptions", ["\x00", ""]), ("entries", [10**30])],
)
def test_a_cursor_that_no_database_can_look_up_is_refused(program, coi, path, told):
    """Whoever makes one up is told so, and wakes nobody."""
    where = f"/therapies/{coi}/entries" if path == "entries" else path

    answer = program("nina").get(f"{where}?cursor={asked.cursor(*told)}")

    assert (answer.status_code, answer.json["problems"][0]["where"]) == (422, "cursor")


@pytest.mark.parametrize("body", ["[" * 100_000, '{"username": ' + "9" * 5_000 + "}"])
def test_json_that_cannot_be_read_is_a_bad_request(stranger, body):
    """Too deep, or with a number without end: anybody can send it, and it is no fault of ours."""
    client = stranger.app.test_client()

    answer = client.post(f"{ROOT}/sessions", data=body, content_type="application/json")

    assert (answer.status_code, answer.json["code"]) == (400, "MISREAD")


def test_what_is_known_already_is_not_sent_again(program, performer, lives):
    """The tag of a therapy changes with each entry, and with nothing else."""
    carla, coi = program("carla"), lives.cois["a bag on hold"]
    first = carla.get(f"/therapies/{coi}")
    tag = first.headers["ETag"]

    same = carla.get(f"/therapies/{coi}", If_None_Match=tag)
    take_action(performer.installation, *performer.request(coi, "freeze_material"))
    changed = carla.get(f"/therapies/{coi}", If_None_Match=tag)

    assert (same.status_code, same.data) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_values_are_told_with_what_they_were_before(program, coi):
    """A correction hides nothing (DI-09)."""
    told = program("carla").get(f"/therapies/{coi}/values").json["items"]

    assert {"item", "title", "now", "before"} <= set(told[0])


def test_too_many_requests_are_told_when_to_come_back(program):
    """Each answer says what is left; what is too much is not looked at (SEC-44)."""
    carla = program("carla")

    answers = [carla.get("/sessions/current") for _ in range(601)]

    assert answers[0].headers["RateLimit-Limit"] == "600"
    assert answers[0].headers["RateLimit-Remaining"] == "599"
    assert (answers[-1].status_code, answers[-1].json["code"]) == (429, "TOO_MANY_REQUESTS")
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
