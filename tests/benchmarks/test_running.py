"""The harness itself: its parts are told, its turns are fair, and our own adapters work."""

import pytest

from benchmarks.__main__ import ABOUT, main
from benchmarks.beside.by_program import by_a_program, has_interface
from benchmarks.beside.environments import PEERS
from benchmarks.beside.figures import Case, Measured
from benchmarks.beside.load import Failed, burst
from benchmarks.beside.ours import a_clinic, by_the_page
from benchmarks.beside.plots import chart
from benchmarks.beside.rounds import by_turns
from benchmarks.beside.words import OVER_HTTP, Base

LOCKS = sorted(PEERS.glob("requirements-*.lock"))


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """Every way in, with a bag for each of four handoffs that are made ready at once."""
    base = Base(tmp_path_factory.mktemp("ours"))
    with a_clinic(base, others=0, slots=4) as served, by_the_page(served, base) as page:
        yield [page, *([by_a_program(served, base)] if has_interface(served) else [])]


def test_the_parts_are_told(capsys):
    """Whoever asks what can be measured waits for no measurement."""
    main(["--list"])

    told = capsys.readouterr().out.splitlines()

    assert [line.split()[0] for line in told] == list(ABOUT)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_peer_is_locked_by_hash_and_names_no_address(lock):
    """What runs beside us is what was measured before, wherever it comes from."""
    text = lock.read_text()

    assert text.count("--hash=sha256:") >= text.count("==") > 0
    assert "://" not in text


class Turn:
    """Somebody who only notes when it was their turn."""

    def __init__(self, name, turns):
        self.name, self.turns = name, turns
        self.measured = Measured(Case(name, ""), name)

    def warm_up(self):
        """Nothing is loaded."""

    def run(self):
        """Note it."""
        self.turns.append(self.name)


def test_everybody_has_their_turn_in_each_round():
    """Every second round goes backwards: nobody always runs behind the same."""
    turns = []

    by_turns([Turn(name, turns) for name in "abc"], 3, lambda _told: None)

    assert "".join(turns) == "abccbaabc"


@pytest.mark.parametrize("clients", [[0], [1, 2]], ids=["alone", "two"])
@pytest.mark.parametrize("operation", OVER_HTTP)
def test_our_own_adapter_does_each_operation(ours, operation, clients):
    """Two of each by each client, over HTTP and with a real server; none fails."""
    for way in ours:
        calls = [way.operations[operation](client, 2) for client in clients]

        done = burst(way.roots, calls)

        assert len(done.wall_ms) == 2 * len(clients)


def test_a_call_that_fails_makes_no_figure():
    """What those took that did not fail would say nothing."""

    def fail():
        raise Failed("409")

    with pytest.raises(Failed, match="409"):
        burst([], [[fail]])


def test_a_chart_has_a_bar_and_a_spread_for_whoever_ran():
    """Whoever was not run stands in the table alone."""
    ran = Measured(Case("a", ""), "<ours>", cpu_ms=[1.0, 2.0])
    absent = Measured(Case("a", ""), "peer", not_run="gone")

    drawn = chart("A & B", [ran, absent])

    assert drawn.count("<path") == 2
    assert "&lt;ours&gt;" in drawn
    assert "peer" not in drawn
