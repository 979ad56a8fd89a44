"""What is worked out of measurements is worked out rightly."""

import pytest

from benchmarks.beside.figures import Case, Measured, Target, percentile, ratio
from benchmarks.beside.told import as_json, as_markdown, as_text, verdicts

HANDOFF = Case("handoff", "SQLite")


def measured(who, *cpu_ms, case=HANDOFF, not_run=""):
    """Somebody's rounds."""
    return Measured(case, who, cpu_ms=[*cpu_ms], operations=10 * len(cpu_ms), not_run=not_run)


@pytest.mark.parametrize(
    ("samples", "part", "value"),
    [
        ([7], 0.9, 7),
        ([1, 2, 3, 4, 5], 0.5, 3),
        ([5, 1, 4, 2, 3], 0.1, 1.4),
        ([1, 2], 0.75, 1.75),
        ([1, 2, 3], 1.0, 3),
    ],
)
def test_a_percentile_lies_between_its_neighbours(samples, part, value):
    """In whatever order the samples came."""
    assert percentile(samples, part) == pytest.approx(value)


def test_a_ratio_is_the_median_of_rounds_that_both_ran_in():
    """A round in which the machine was slow for both says the same as a calm one."""
    ours, theirs = measured("ours", 2, 20, 2.2), measured("peer", 4, 40, 4)

    assert ratio(ours, theirs) == pytest.approx(0.5)


def test_the_table_tells_who_takes_what_and_who_was_not_run():
    """A peer that cannot be installed keeps its row, with the reason."""
    found = [
        measured("ours", 2, 2, 2),
        measured("peer", 4, 4, 4),
        measured("other", not_run="gone"),
    ]

    lines = as_text(found).splitlines()

    assert [line.split()[:2] for line in lines[1:]] == [
        ["handoff,", "SQLite"],
        ["peer", "4.00"],
        ["other", "not"],
    ]
    assert "0.50" in lines[2]
    assert "not run: gone" in lines[3]


def test_the_markdown_has_a_cell_for_each_heading():
    """Or a reader's program would not show it as a table."""
    lines = as_markdown([measured("ours", 2), measured("peer", 4)]).splitlines()

    assert {line.count("|") for line in lines} == {8}


@pytest.mark.parametrize(
    ("target", "theirs", "told"),
    [
        (Target("handoff", "peer", 1 / 2), 4.0, ("0.50", "met")),
        (Target("handoff", "peer", 1 / 8), 4.0, ("0.50", "missed")),
        (Target("handoff", "", 6.5), 4.0, ("2.00 ms", "met")),
    ],
)
def test_a_target_is_met_or_missed(target, theirs, told):
    """A multiple of a peer, or so many milliseconds."""
    found = [measured("ours, by the page", 2.0), measured("peer", theirs)]

    assert [row[2:] for row in verdicts(found, [target])] == [told]


def test_a_program_stands_for_us_where_it_was_measured():
    """What came by the page stays in the table, and is not what a peer is compared with."""
    found = [measured("ours, by the page", 4), measured("ours, by a program", 2), measured("p", 4)]

    assert "0.50" in as_text(found).splitlines()[3]


def test_the_results_name_no_host(monkeypatch):
    """What is published of a machine is its class."""
    monkeypatch.setattr("socket.gethostname", lambda: "secret-host")

    assert "secret-host" not in as_json([measured("ours", 2)])
