"""The whole record of one therapy as a page that any browser opens, years later and off the net.

One file, with nothing to run and nothing to fetch: what cannot be asked of the house that made it
stands in it. What must not be missed stands first; every text is escaped (A11d-12.9).
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from coi.reports.custody_contents import CustodyRecord, Event, Value
from coi.reports.custody_timeline import HOW, marks
from coi.reports.wording import both, listed, measured, signature_block, utc

_FOLDER: Final = Path(__file__).parent / "offline"

Key = tuple[tuple[str, ...], str]
Before = Mapping[tuple[int, Key], Value]
"""Entry and what was recorded in it -> the revision that this one took the place of."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A document or a copy that left the system, or a look at who the patient is."""

    at: str
    by: str
    what: str
    copy: str
    sha256: str
    reason: str


@dataclass(frozen=True, slots=True)
class Papers:
    """A picture of papers, or a file of a step: where it lies, its hash, and its commitment."""

    file: str  # '' where it was erased
    sha256: str
    commitment: str


def viewer(
    record: CustodyRecord,
    made: str,
    taken: Iterable[Taken],
    *,
    papers: Mapping[int, Papers],
    files: Mapping[int, Sequence[Papers]],
    identity: bool,
) -> bytes:
    """The page in UTF-8; `made` says when and by whom, `identity` that it lies beside.

    `papers` are those of what drivers stated, by the entry of the statement; `files` those that
    steps kept, by the entry of the step.
    """
    style = (_FOLDER / "viewer.css").read_text(encoding="utf-8")
    text = _template().render(
        record=record,
        made=made,
        taken=tuple(taken),
        papers=papers,
        files=files,
        identity=identity,
        before=_before(record.events),
        style=style,
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
    )
    return text.encode()


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "both": both,
        "utc": utc,
        "listed": listed,
        "signature": signature_block,
    }
    environment.globals |= {"how": HOW, "marks": marks, "measured": measured}
    return environment.get_template("viewer.html")


def _before(events: Iterable[Event]) -> Before:
    """The value that each corrected one took the place of."""
    found: dict[tuple[int, Key], Value] = {}
    newest: dict[Key, Value] = {}
    for event in events:
        for value in event.values:
            key = (value.items, value.title)
            if value.revision > 1 and key in newest:
                found[event.entry, key] = newest[key]
            newest[key] = value
    return found
