"""No error ends a thread that must go on; each is told."""

import pytest

from coi.services.unending import went_well


def test_a_step_without_an_error_went_well_and_nothing_is_told() -> None:
    """What the step returns decides nothing."""
    told: list[Exception] = []

    assert went_well(lambda: False, told.append)
    assert told == []


@pytest.mark.parametrize("error", [OSError("away"), ValueError("odd"), AssertionError()])
def test_an_error_is_told_and_ends_nothing(error: Exception) -> None:
    """Whichever it is, it is the one that is told."""
    told: list[Exception] = []

    def step() -> None:
        raise error

    assert not went_well(step, told.append)
    assert told == [error]


def test_whoever_stops_the_process_is_not_held_up() -> None:
    """An end of the process is no error of the step."""

    def step() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        went_well(step, lambda _error: None)
