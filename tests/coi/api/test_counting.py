"""What is counted in this process of who asks how often."""

import threading

import pytest
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from coi.api import counting
from coi.api.counting import Counters


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands until it is moved."""
    at = [1_000_000.0]
    monkeypatch.setattr(counting, "time", lambda: at[0])
    return at


def test_each_window_counts_for_itself(hour: list[float]) -> None:
    """Two in a minute are let in and the third is not; the next minute begins anew."""
    limiter, item = FixedWindowRateLimiter(Counters()), RateLimitItemPerMinute(2)

    first = [limiter.hit(item, "nina") for _ in range(3)]
    left = limiter.get_window_stats(item, "nina")
    hour[0] += 60
    then = limiter.hit(item, "nina")

    assert (first, then) == ([True, True, False], True)
    assert (left.remaining, left.reset_time) == (0, 1_000_060.0)


def test_one_does_not_count_for_another(hour: list[float]) -> None:
    """Who has asked too often slows down nobody else."""
    limiter, item = FixedWindowRateLimiter(Counters()), RateLimitItemPerMinute(1)

    found = [limiter.hit(item, who) for who in ("nina", "nina", "leo")]

    assert found == [True, False, True]
    assert hour == [1_000_000.0]


def test_what_is_over_is_forgotten(hour: list[float]) -> None:
    """However many come once, none of them is kept longer than two windows."""
    counters = Counters()
    for number in range(1000):
        counters.incr(f"key {number}", 60)

    hour[0] += 120
    counters.incr("another", 60)

    assert counters.reset() == 1


def test_threads_do_not_lose_a_count() -> None:
    """Eight threads that count together count everything."""
    counters = Counters()

    def count() -> None:
        for _ in range(500):
            counters.incr("all", 60)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counters.get("all") == 4000
