"""The log: one line for each event, which nothing from outside can break; it names nobody."""

import io
import json
import logging
from functools import partial

import pytest

from coi import events
from coi.logs import AUTO, CONSOLE, JSON, AsJson, write_logs

HOSTILE = 'a\r\n{"event":"sign_in"}\x1b[2J\x00\u2028\u202e"\\'


@pytest.fixture
def written():
    """Begin a log in some form; afterwards the log is as it was."""
    root, ours = logging.getLogger(), logging.getLogger("coi")
    before = root.handlers[:], root.level, ours.level

    def begin(form, *, terminal=False) -> io.StringIO:
        stream = io.StringIO()
        stream.isatty = lambda: terminal
        write_logs(form, stream)
        return stream

    yield begin
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


@pytest.mark.parametrize("form", [JSON, CONSOLE])
def test_nothing_that_comes_from_outside_begins_a_line(written, form):
    """Neither a line's end nor what moves a cursor or turns the writing around (SEC-24)."""
    stream = written(form)

    events.tell("entry_written", action=HOSTILE, guards=[HOSTILE])
    logging.getLogger("coi.any").warning("told: %s", HOSTILE)

    lines = stream.getvalue().splitlines(keepends=False)
    assert len(stream.getvalue().split("\n")) == len(lines) + 1 == 3
    assert all(line.isascii() and line.isprintable() for line in lines)


def test_each_line_is_an_object_with_time_level_event_and_number(written):
    """So that a machine reads it without guessing."""
    stream = written(JSON)
    events.begin_request("01J0000000000000000000TEST")

    events.tell("tried_again", attempt=2)
    events.begin_request("")

    told = json.loads(stream.getvalue())
    assert told.pop("at").endswith("Z")
    assert told == {
        "level": "info",
        "event": "tried_again",
        "request": "01J0000000000000000000TEST",
        "attempt": 2,
    }


def test_an_error_is_told_by_its_place_and_not_by_its_text(written):
    """The text of an error may quote what somebody typed, and so may that of its cause (SEC-33)."""
    stream = written(JSON)
    try:
        try:
            int("Ada Lovelace")
        except ValueError as error:
            raise RuntimeError("for Ada Lovelace") from error
    except RuntimeError as error:
        events.tell("unforeseen", error)

    told = json.loads(stream.getvalue())
    assert "Lovelace" not in stream.getvalue()
    assert (told["trace"][0], "ValueError" in told["trace"]) == ("RuntimeError", True)
    assert any("test_logs.py" in place for place in told["trace"])


@pytest.mark.parametrize(("terminal", "first"), [(True, ":"), (False, "{")])
def test_people_at_a_terminal_read_lines_of_theirs(written, terminal, first):
    """Elsewhere it is JSON, without being asked for."""
    stream = written(AUTO, terminal=terminal)

    events.tell("stopped")

    assert first in (stream.getvalue()[0], stream.getvalue()[2])


def test_what_nobody_asked_for_is_not_written(written):
    """How long each password waits is measured, and written for nobody."""
    stream = written(JSON)

    events.tell("password_checked", seconds=0.1)

    assert stream.getvalue() == ""


def test_an_event_that_is_not_declared_is_a_mistake():
    """Each has its level and its meaning, or it is not told."""
    with pytest.raises(KeyError):
        events.tell("sneeze")


def test_a_record_of_a_library_is_a_notice():
    """With the name of who says it."""
    record = logging.LogRecord("alembic", logging.WARNING, "f", 1, "a %s", ("b",), None)

    told = json.loads(AsJson().format(record))

    assert (told["event"], told["logger"], told["message"]) == ("notice", "alembic", "a b")


class Callable:
    """Something that is called, and is no function."""

    def __call__(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("what", "name"),
    [
        (json.loads, "json.loads"),
        (partial(partial(json.loads, "1"), parse_int=int), "json.loads"),
        (Callable(), "tests.coi.test_logs.Callable"),
    ],
)
def test_what_was_slow_is_done_and_told_whatever_was_called(what, name):
    """A slow machine breaks nothing: the look is over when it is told how long it took."""
    told = []

    def hear(event, values):
        told.append((event, values["what"]))

    events.listen(hear)
    with events.timed(what, -1):
        pass
    events.stop_listening(hear)

    assert told == [("slow", name)]
