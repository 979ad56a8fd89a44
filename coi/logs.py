"""How what happens is written to standard error: one line for each event, as JSON or for people.

Nothing that comes from outside can begin a line or colour a screen: JSON escapes it, and so does
the form for people (SEC-24). Of an error its kind and place are written, never its text, which may
quote what somebody typed (SEC-33).
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

from coi import events
from coi.clock import rfc3339
from coi.collector import collector_of

JSON, CONSOLE, AUTO = "json", "console", "auto"
_ASIDE = ("level", "at", "event")
_LONGEST_TRACE = 100


def write_logs(
    form: str = AUTO, stream: TextIO | None = None, collector: str = ""
) -> logging.Handler:
    """Write everything from now on; in the form `auto` people at a terminal read lines of theirs.

    What a library has to say is written too, from warnings on. A collector on another machine is
    sent the same, as JSON.
    """
    to = stream or sys.stderr
    for_people = form == CONSOLE or (form == AUTO and to.isatty())
    handler = logging.StreamHandler(to)
    handler.setFormatter(ForPeople() if for_people else AsJson())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    if collector:
        elsewhere = collector_of(collector)
        elsewhere.setFormatter(AsJson())
        root.addHandler(elsewhere)
    root.setLevel(logging.WARNING)
    logging.getLogger("coi").setLevel(logging.INFO)
    return handler


class AsJson(logging.Formatter):
    """One JSON object on one line, in plain ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the line."""
        return json.dumps(_fields(record), default=str, separators=(",", ":"))


class ForPeople(logging.Formatter):
    """Time, level and event, and then each value that there is."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the line."""
        fields = _fields(record)
        rest = " ".join(f"{k}={_plain(v)}" for k, v in fields.items() if k not in _ASIDE)
        return f"{fields['at'][11:23]} {fields['level']:<8} {fields['event']:<17} {rest}"


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """What there is to say of an event, in a fixed order."""
    fields: dict[str, Any] = {
        "at": rfc3339(datetime.fromtimestamp(record.created, UTC)),
        "level": record.levelname.lower(),
        "event": getattr(record, "event", "notice"),
    }
    if number := events.request_number():
        fields["request"] = number
    if (told := getattr(record, "told", None)) is None:
        fields |= {"logger": record.name, "message": record.getMessage()}
    else:
        fields |= told
    if record.exc_info and record.exc_info[1] is not None:
        fields["trace"] = trace_of(record.exc_info[1])
    return fields


def trace_of(error: BaseException) -> list[str]:
    """Where an error came from, the last place first, and of which kind it and its causes are."""
    told: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(told) < _LONGEST_TRACE:
        told.append(type(cause).__qualname__)
        frames = reversed(traceback.extract_tb(cause.__traceback__))
        told += [f"{one.filename}:{one.lineno} {one.name}" for one in frames]
        cause = cause.__cause__ or cause.__context__
    return told[:_LONGEST_TRACE]


def _plain(value: object) -> str:
    """A value as people read it, with nothing in it that moves a cursor."""
    text = str(value)
    return text if text.isascii() and text.isprintable() else json.dumps(text)
