"""What becomes of a delivery, by its answer, its tries and the failures of its receiver."""

from datetime import UTC, datetime, timedelta

import pytest

from coi.interop.posting import Answer
from coi.services.deliveries import DELAYS, asked_to_wait, outcome

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def after(answer, attempts=0, failures=0, chance=0.5):
    """What becomes of it now."""
    return outcome(answer, attempts, failures, NOW, chance)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_what_was_taken_has_arrived(status):
    """With any status that says so."""
    became = after(Answer(status))

    assert (became.delivered, became.due_at, became.is_down) == (True, None, False)


def test_it_is_tried_for_a_little_more_than_three_days():
    """However the chances fall; then nothing more is tried."""
    shortest, longest = (
        sum(
            ((after(Answer(500), n, chance=chance).due_at - NOW) for n in range(len(DELAYS))),
            timedelta(),
        )
        for chance in (0, 1)
    )

    assert timedelta(days=2.5) < shortest < longest < timedelta(days=4)
    assert after(Answer(500), len(DELAYS)).due_at is None


@pytest.mark.parametrize(
    ("answer", "is_down"),
    [
        (Answer(301), True),
        (Answer(400), False),
        (Answer(404), False),
        (Answer(408), True),
        (Answer(422), False),
        (Answer(429), True),
        (Answer(500), True),
        (Answer(503), True),
        (Answer(trouble="timeout"), True),
        (Answer(trouble="address refused"), True),
    ],
)
def test_what_is_about_one_message_holds_up_no_other(answer, is_down):
    """A receiver that refuses one message listens; one that is down is left alone."""
    became = after(answer, failures=5)

    assert became.is_down is is_down
    assert (became.quiet_until is not None) is is_down


def test_a_receiver_that_is_down_is_left_alone_longer_and_longer():
    """After the second failure in a row; a quarter of an hour at most."""
    quiet = [after(Answer(500), failures=n).quiet_until for n in range(20)]

    assert quiet[0] is None
    assert quiet[1] == NOW + timedelta(seconds=30)
    assert quiet[2] == NOW + timedelta(seconds=60)
    assert quiet[19] == NOW + timedelta(minutes=15)


def test_who_is_gone_is_asked_no_more():
    """410 ends it at the first time."""
    assert after(Answer(410)).due_at is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("120", 120),
        ("0", 0),
        ("-5", 0),
        ("1e9", 0),
        ("\u0661", 0),
        ("999999999999999999999999", 86_400),
        ("Sun, 22 Nov 2026 09:01:00 GMT", 60),
        ("Sun, 22 Nov 2020 09:01:00 GMT", 0),
        ("Sun, 22 Nov 2099 09:01:00 GMT", 86_400),
        ("Sun, 22 Nov 2026 09:01:00", 0),
        ("tomorrow", 0),
    ],
)
def test_a_receiver_says_when_to_come_again(text, seconds):
    """In seconds or as a date; a day at most, and what is neither says nothing."""
    assert asked_to_wait(text, NOW) == timedelta(seconds=seconds)


def test_what_a_receiver_asks_for_is_waited_for():
    """If it is longer than the delay anyhow; nothing else is sent meanwhile, for a while."""
    became = after(Answer(429, retry_after="600"))

    assert became.due_at == NOW + timedelta(seconds=600)
    assert became.quiet_until == NOW + timedelta(seconds=600)
