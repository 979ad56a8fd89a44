"""A batch of labels that its process has left goes on by itself, for whom it was begun."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import rfc3339
from coi.demo.cast import PASSWORD
from coi.errors import KeyReused
from coi.services import batch_runs, batch_upkeep
from coi.services.batch_runs import keep_run
from coi.services.batch_upkeep import BatchUpkeep
from coi.services.kept_proofs import proof_in, told_of
from coi.services.label_batches import RUNS, AskedBatch, batch_view, begin_batch, go_on, stop
from coi.services.people import close_account
from coi.services.proofs import ByBadge, BySignOn, ByToken, Granted, Proven, authenticate, person_of
from coi.store import batch_runs as store
from tests.coi.web.printers.test_label_batches import (
    PAGE,
    by_mia,
    mia,
    print_all,
    ready,
    two,
    when_sent,
)

__all__ = ["mia", "two"]  # the fixtures

LEFT = "batch-left"


@pytest.fixture
def left(mia, two, desk, installation):
    """A batch of two labels whose process ended before the first of them."""
    asked = AskedBatch(tuple(ready(mia, two)[two[0]]), desk, LEFT)
    begin_batch(installation, by_mia(installation), asked)
    assert batch_runs.taken(installation, LEFT) is not None
    return asked


def gone_on(installation):
    """One look at what was left; waits until that is done. Returns how many batches there were."""
    found = BatchUpkeep(installation).step()
    if LEFT in RUNS.known:
        RUNS.known[LEFT].thread.join()
    return found


def test_it_goes_on_when_its_process_is_taken_for_dead(left, mia, installation, printer):
    """Not before; its page says that it will, and nobody presses anything."""
    early = gone_on(installation), mia.get(f"{PAGE}/{LEFT}").text
    installation.clock.advance(batch_runs.LEASE)
    late = mia.get(f"{PAGE}/{LEFT}").text

    assert gone_on(installation) == 1
    when_sent(mia, f"{PAGE}/{LEFT}")
    print_all(installation)

    assert early[0] == 0
    assert "labels are drawn and read back" in early[1]
    assert "it goes on by itself" in late
    assert "Go on now" not in late
    view = batch_view(installation, by_mia(installation), LEFT)
    assert (view.printed, view.waiting, view.failed) == (2, 0, 0)
    assert len(printer.printed) == len(left.serials)
    assert gone_on(installation) == 0


def test_it_goes_on_after_the_clock_was_set_back(left, installation, printer):
    """Whoever was at it has ended, and had said by that clock until when it lives."""
    until = rfc3339(installation.clock.now() + timedelta(days=1))
    installation.transact(lambda tx: store.set_right(tx, "2026", until))
    waiting = batch_view(installation, by_mia(installation), LEFT)

    found = gone_on(installation)
    print_all(installation)

    assert waiting.can_go_on
    assert found == 1
    assert len(printer.printed) == len(left.serials)


def test_two_processes_that_find_it_send_each_label_once(left, installation, printer):
    """The second finds that the first has it."""
    installation.clock.advance(batch_runs.LEASE)

    found = [gone_on(replace(installation)) for _ in "ab"]
    print_all(installation)

    assert found == [1, 0]
    assert len(printer.printed) == len(left.serials)


def test_it_does_not_go_on_for_whom_may_do_it_no_more(left, installation, printer):
    """Whose account was closed meanwhile: nothing is sent, and no process tries again."""
    known = installation.read(lambda tx: person_of(tx, "root"))
    root = Proven("root", known.person.id, known.credential)
    close_account(installation, root, "mia", why="Left the house")
    installation.clock.advance(batch_runs.LEASE)

    found = gone_on(installation)
    print_all(installation)

    assert found == 1
    assert printer.printed == []
    assert RUNS.error_of(left.key).code == "SIGNED_OUT"
    assert gone_on(installation) == 0


def test_it_does_not_go_on_after_half_an_hour(left, installation, printer):
    """Nobody waits for labels any more that come out then: a person lets it go on."""
    installation.clock.advance(batch_runs.LEASE + batch_upkeep.BY_ITSELF)

    found, by = gone_on(installation), by_mia(installation)
    waiting = batch_view(installation, by, LEFT)
    go_on(installation, by, LEFT)
    RUNS.known[LEFT].thread.join()
    print_all(installation)

    assert found == 0
    assert waiting.can_go_on
    assert len(printer.printed) == len(left.serials)


def test_one_that_ends_every_process_is_not_begun_for_ever(left, mia, installation):
    """After some tries it waits for a person."""
    assert mia.get(f"{PAGE}/{LEFT}").status_code == 200
    for _ in range(batch_upkeep.MOST_TRIES - 1):
        installation.clock.advance(batch_runs.LEASE)
        assert batch_runs.taken(installation, LEFT).key == left.key
    installation.clock.advance(batch_runs.LEASE)

    assert gone_on(installation) == 0


def test_what_was_stopped_does_not_go_on(left, installation, printer):
    """Whichever process would."""
    stop(installation, by_mia(installation), LEFT)
    installation.clock.advance(batch_runs.LEASE)

    assert gone_on(installation) == 0
    assert printer.printed == []
    assert batch_view(installation, by_mia(installation), LEFT).left == len(left.serials)


def test_what_was_put_back_does_not_go_on_by_itself(left, installation):
    """In a record that was put back it may have gone on since."""
    installation.transact(store.forget_every_one)
    installation.clock.advance(batch_runs.LEASE)

    assert gone_on(installation) == 0
    assert batch_view(installation, by_mia(installation), left.key).can_go_on


def test_what_ended_long_ago_is_forgotten(left, installation):
    """Nothing is kept of who began it; the record says it."""
    installation.clock.advance(batch_runs.LEASE)
    gone_on(installation)
    kept = installation.read(lambda tx: store.run(tx, left.key))
    installation.clock.advance(batch_upkeep.KEPT)
    gone_on(installation)

    assert kept.state == "ended"
    assert installation.read(lambda tx: store.run(tx, left.key)) is None


def test_it_looks_again_after_what_it_could_not_do(left, installation, monkeypatch, caplog):
    """One that ended would be missed by nobody; it says what was in the way once."""

    def breaks(*_told):
        raise ZeroDivisionError

    upkeep = BatchUpkeep(installation)
    installation.clock.advance(batch_runs.LEASE)
    with monkeypatch.context() as patched:
        patched.setattr(store, "left_behind", breaks)
        for _ in "ab":
            upkeep.look()
    upkeep.look()
    RUNS.known[LEFT].thread.join()

    assert [one.getMessage() for one in caplog.records if "Batches" in one.getMessage()] == [
        "Batches are not gone on with now: ZeroDivisionError"
    ]
    view = batch_view(installation, by_mia(installation), left.key)
    assert not any(one.is_to_be_sent for one in view.labels)


@pytest.mark.parametrize(
    "by",
    [
        Proven("mia", "P-1", "c"),
        Proven("mia", "P-1", "c", device="tablet"),
        ByToken("gateway", "P-2", "hash"),
        ByBadge("mia", "P-1", "c", badge="serial", device="tablet"),
        BySignOn("mia", "P-1", "c", identity="mia at the house"),
    ],
)
def test_who_began_it_is_kept_as_they_proved_it(by):
    """Whatever ends that proof ends what goes on by it."""
    assert proof_in(told_of(by)) == by


def test_a_password_that_was_typed_signs_nothing_later():
    """What was granted for one request is no more than that somebody was signed in."""
    granted = Granted("mia", "P-1", "c", grant="hash")

    assert proof_in(told_of(granted)) == Proven("mia", "P-1", "c")


@pytest.mark.usefixtures("left")
def test_the_key_of_a_batch_of_labels_is_no_key_of_another_batch(installation):
    """Nobody overwrites what was asked for: neither with another kind, nor for another person."""
    before = installation.read(lambda tx: store.run(tx, LEFT))
    others = authenticate(installation, "leo", PASSWORD)

    for by, kind in ((by_mia(installation), store.CUSTODY_RECORDS), (others, store.LABELS)):
        with pytest.raises(KeyReused):
            installation.transact(
                lambda tx, by=by, kind=kind: keep_run(tx, installation, by, (kind, LEFT), {})
            )

    assert installation.read(lambda tx: store.run(tx, LEFT)) == before
