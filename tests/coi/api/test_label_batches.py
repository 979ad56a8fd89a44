"""A program sends labels as one batch: within rights, once, and looks at, stops and resumes it."""

import time

import pytest

from coi.services.batch_runs import MOST_GOING, Runs
from coi.services.batch_upkeep import BatchUpkeep
from coi.services.label_batches import RUNS
from coi.services.people import grant_role
from coi.services.print_sending import PrintSender
from coi.services.programs import NewProgram, open_program
from coi.services.programs import program as known_program
from coi.services.tokens import NewToken, Scope, make_token, revoke_token
from tests.coi.api.program import Program
from tests.coi.api.test_prints import (
    UNIT,
    app,
    coi,
    installation,
    keeper,
    labels,
    register,
)
from tests.coi.printing import AT_ONCE, PATIENT
from tests.printer9100 import a_printer

__all__ = ["app", "coi", "installation", "keeper", "labels", "register"]  # the fixtures
WHY = "The gateway was taken down"


@pytest.fixture
def printer():
    """A printer that prints each label once."""
    with a_printer() as there:
        yield there


@pytest.fixture
def desk(register, printer):
    """That printer, registered: its id."""
    return register(UNIT, printer.address)


@pytest.fixture
def gateway(app, installation, keeper):
    """A program of the manufacturer, which prints what people of its role print."""
    open_program(installation, keeper, NewProgram("gateway", "Gateway", UNIT))
    grant_role(installation, keeper, "gateway", "cell_lab_technologist", UNIT)
    new = NewToken("gateway", "Labels", [Scope.LABELS_PRINT], ["works"])
    return Program(app, make_token(installation, keeper, new))


@pytest.fixture(params=["a person", "a program"])
def sender(request, program):
    """Who begins a batch: a person's program, or one with a token."""
    return program("mia") if request.param == "a person" else request.getfixturevalue("gateway")


@pytest.fixture
def left(gateway, labels, desk, monkeypatch):
    """A batch of the program whose process ended before its first label."""
    with monkeypatch.context() as patched:
        patched.setattr(Runs, "begin", lambda *_told: None)
        return begin(gateway, desk, labels).json["id"]


def begin(program, printer, labels, key="begin"):
    """Begin a batch."""
    body = {"printer": printer, "labels": labels}
    return program.send("POST", "/label-batches", body, Idempotency_Key=key)


def when_sent(program, batch):
    """How it stands as soon as nothing is to be sent any more."""
    until = time.monotonic() + 60
    while True:
        told = program.get(f"/label-batches/{batch}").json
        if all(one["state"] != "to_be_sent" for one in told["labels"]) and not RUNS.is_at(batch):
            return told
        assert time.monotonic() < until, told
        time.sleep(0.05)


def print_all(installation):
    """Print what waits."""
    return PrintSender(installation, PATIENT, AT_ONCE).run_until_empty()


def states(told):
    """What became of each label."""
    return [one["state"] for one in told["labels"]]


def test_a_batch_is_begun_once_and_looked_at(sender, coi, labels, desk, installation, printer):
    """By a person's program, and by one with a token; the same request is the same batch."""
    first, again = begin(sender, desk, labels), begin(sender, desk, labels)
    waiting = when_sent(sender, first.json["id"])
    print_all(installation)
    done = sender.get(f"/label-batches/{first.json['id']}").json

    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.json["id"] == again.json["id"]
    assert [one["serial"] for one in waiting["labels"]] == labels
    assert {one["therapy"] for one in waiting["labels"]} == {coi}
    assert (waiting["waiting"], waiting["is_under_way"]) == (2, True)
    assert (done["printed"], done["is_under_way"], done["can_go_on"]) == (2, False, False)
    assert states(done) == ["printed", "printed"]
    assert all(one["job"] for one in done["labels"])
    assert len(printer.printed) == 2


def test_one_key_is_one_batch_of_one_person(program, labels, desk):
    """Another batch under it is refused, and somebody else's key is their own."""
    mia, milo = program("mia"), program("milo")
    first = begin(mia, desk, labels[:1])
    when_sent(mia, first.json["id"])

    other, his = begin(mia, desk, labels), begin(milo, desk, labels[1:])
    when_sent(milo, his.json["id"])

    assert (other.status_code, other.json["code"]) == (422, "KEY_REUSED")
    assert his.status_code == 201, his.text
    assert his.json["id"] != first.json["id"]


def test_no_more_batches_than_three_go_on_at_once_for_one_person(sender, labels, desk, monkeypatch):
    """A program is told so, with the way on; one more is begun once another was stopped."""
    monkeypatch.setattr(Runs, "begin", lambda *_told: None)
    first, *_more = [begin(sender, desk, labels, key=f"batch {n}") for n in range(MOST_GOING)]

    refused = begin(sender, desk, labels, key="one more")
    again = begin(sender, desk, labels, key="batch 0")
    sender.send("POST", f"/label-batches/{first.json['id']}/stop", Idempotency_Key="stop")
    begun = begin(sender, desk, labels, key="one more")

    assert (refused.status_code, refused.json["code"]) == (409, "BATCHES_GOING")
    assert "stop one" in refused.text
    assert (again.status_code, again.json["id"]) == (201, first.json["id"])
    assert begun.status_code == 201, begun.text


def test_a_label_that_cannot_be_sent_is_told_with_the_way_on(program, labels, desk, printer):
    """It holds up no other."""
    mia = program("mia")
    when_sent(mia, begin(mia, desk, labels[:1]).json["id"])

    told = when_sent(mia, begin(mia, desk, labels, key="both").json["id"])

    assert states(told) == ["not_sent", "queued"]
    assert told["labels"][0]["code"] == "LABEL_WAITS"
    assert told["labels"][0]["sentence"]
    assert told["labels"][0]["next_step"]
    assert (told["failed"], told["waiting"]) == (1, 1)
    assert printer.printed == []


def test_it_is_stopped_and_cannot_go_on(sender, labels, desk, installation, printer):
    """What waits is cancelled; stopped twice it is stopped once."""
    batch = begin(sender, desk, labels).json["id"]
    when_sent(sender, batch)

    stops = [
        sender.send("POST", f"/label-batches/{batch}/stop", Idempotency_Key=f"stop {n}")
        for n in "ab"
    ]
    on = sender.send("POST", f"/label-batches/{batch}/go-on", Idempotency_Key="on")
    print_all(installation)

    assert [one.status_code for one in (*stops, on)] == [200, 200, 200], stops[0].text
    assert (on.json["is_stopped"], on.json["is_under_way"]) == (True, False)
    assert states(on.json) == ["cancelled", "cancelled"]
    assert printer.printed == []


def test_what_its_program_lost_goes_on(gateway, labels, desk, installation, printer):
    """What the printer did not take is tried at once when somebody says so."""
    printer.behave(before=type(printer.manners.before)(paper_out=1))
    batch = begin(gateway, desk, labels).json["id"]
    when_sent(gateway, batch)
    sender = PrintSender(installation, PATIENT, AT_ONCE)
    sender.step()
    sender.finish()
    held = gateway.get(f"/label-batches/{batch}").json
    printer.behave()

    on = gateway.send("POST", f"/label-batches/{batch}/go-on", Idempotency_Key="on")
    print_all(installation)

    assert (held["can_go_on"], states(held)[0]) == (True, "held")
    assert on.status_code == 200, on.text
    assert gateway.get(f"/label-batches/{batch}").json["printed"] == 2


def test_a_batch_is_its_own_persons(program, labels, desk, gateway):
    """For everybody else there is none (SEC-07)."""
    mia, milo = program("mia"), program("milo")
    batch = begin(mia, desk, labels).json["id"]
    when_sent(mia, batch)

    answers = [
        answer
        for other in (milo, gateway)
        for answer in (
            other.get(f"/label-batches/{batch}"),
            other.send("POST", f"/label-batches/{batch}/stop", Idempotency_Key="s"),
            other.send("POST", f"/label-batches/{batch}/go-on", Idempotency_Key="g"),
        )
    ]

    assert [one.status_code for one in answers] == [404] * 6
    assert not mia.get(f"/label-batches/{batch}").json["is_stopped"]


def test_what_is_none_of_theirs_is_unknown(program, labels, desk):
    """A label of a site that takes no part, and a printer that is none of theirs."""
    south = begin(program("luc"), desk, labels)
    nowhere = begin(program("mia"), "nowhere", labels)

    assert [(one.status_code, one.json["code"]) for one in (south, nowhere)] == [
        (404, "UNKNOWN"),
        (404, "UNKNOWN"),
    ]


def test_a_token_that_was_revoked_ends_its_batch(left, gateway, installation, keeper, printer):
    """What its process left does not go on by it: no label is sent any more."""
    (kept,) = known_program(installation, "gateway").tokens
    revoke_token(installation, keeper, "gateway", kept.id, why=WHY)

    found = BatchUpkeep(installation).step()
    RUNS.known[left].thread.join()
    print_all(installation)

    assert found == 1
    assert RUNS.error_of(left).code == "SIGNED_OUT"
    assert gateway.get(f"/label-batches/{left}").status_code == 401
    assert printer.printed == []
