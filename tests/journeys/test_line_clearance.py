"""Two therapies are made at one bench, one after the other; in each database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import event

from coi.demo.cast import PATIENTS
from coi.demo.others import TOLD
from coi.demo.stories import IN_MANUFACTURE, told
from coi.errors import Refused
from coi.services.acting import take_action
from coi.services.benches import register_bench
from coi.services.changeover import asked_at
from tests.coi.line import Line, register_benches, root_of


@pytest.fixture
def line(performer):
    """Two lots under way, and two cleared benches."""
    cois = [told(IN_MANUFACTURE)(performer, patient) for patient in PATIENTS[:2]]
    first, second = register_benches(performer.installation)
    return Line(performer, *cois, (first, second))


def tried(line, coi, key):
    """The codes by which an activation is refused; none when it was taken."""
    try:
        line.activate(coi, key=key)
    except Refused as refused:
        return [reason.code for reason in refused.refusals]
    return []


def test_the_second_waits_for_the_changeover(line):
    """Refused beside the first, taken after both have signed."""
    assert tried(line, line.first, "one") == []
    assert tried(line, line.second, "two") == ["BENCH_HOLDS_ANOTHER"]

    line.clear("mia", "max")

    assert tried(line, line.second, "three") == []
    assert line.bench().holds == line.second


def test_two_who_open_a_cleared_bench_at_once_are_one_too_many(line):
    """One of them opens it; the other is told who was quicker."""
    wanted = {coi: line.wanted(coi, line.benches[0]) for coi in (line.first, line.second)}
    ready = Barrier(len(wanted))

    def take(coi):
        request, actor, signers = wanted[coi]
        ready.wait()
        try:
            line.take(replace(request, key=f"at once {coi}"), actor, signers)
        except Refused as refused:
            return [reason.code for reason in refused.refusals]
        return []

    with ThreadPoolExecutor(len(wanted)) as pool:
        answers = list(pool.map(take, wanted))

    assert sorted(answers) == [[], ["BENCH_HOLDS_ANOTHER"]]
    assert line.bench().holds == list(wanted)[answers.index([])]


@pytest.mark.parametrize("databases", ["postgres"], indirect=True)
def test_whoever_looked_before_another_opened_the_bench_is_refused(line):
    """The bench was clear when the first looked; the second opened it before the first wrote."""
    engine, quicker = line.performer.installation.engine, []

    def overtake(_connection, _cursor, statement, *_others):
        if not quicker and " AS bench" in statement:
            quicker.append("begun")
            with ThreadPoolExecutor(1) as pool:
                quicker.append(pool.submit(tried, line, line.second, "quicker").result())

    event.listen(engine, "after_cursor_execute", overtake)
    try:
        first = tried(line, line.first, "slower")
    finally:
        event.remove(engine, "after_cursor_execute", overtake)

    assert quicker == ["begun", []]
    assert first == ["BENCH_HOLDS_ANOTHER"]
    assert line.bench().holds == line.second


def test_two_sign_where_a_hospital_makes_the_product(performer):
    """The clean room of a hospital is a place of manufacture, whatever sort of site it is."""
    made_here = next(told for told in TOLD if told.workflow == "point-of-care-car-t")
    in_the_device = [step.action for step in made_here.good].index("activate")
    coi = made_here.tell(performer, PATIENTS[0], made_here.good[:in_the_device])
    root = root_of(performer.installation)
    bench = register_bench(performer.installation, root, "west-cleanroom", "Device 1", key="bench")
    wanted, actor, signers = performer.request(coi, "activate")
    take_action(performer.installation, replace(wanted, bench=bench), actor, signers)

    _bench, rules = asked_at(performer.installation, performer.proven["wendy"], bench)

    assert [rule.meaning for rule in rules] == ["line cleared", "verified clear"]
