"""Two therapies are made at one bench, one after the other; in each database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.stories import IN_MANUFACTURE, told
from coi.errors import Refused
from tests.coi.line import Line, register_benches


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
