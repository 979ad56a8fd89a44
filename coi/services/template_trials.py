"""The text of a template, tried as it is typed: what it would print, or everything wrong with it.

Nothing of it is kept here. `coi.services.keeping_templates` keeps one that was tried.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Final

from coi.errors import Busy, CoiError
from labels.layout import Resolution, Template
from labels.png import png_of
from labels.sample import Trial, Values, tried
from labels.template_reader import MAX_CHARACTERS, TemplateRefused, read_template

__all__ = ["MAX_CHARACTERS", "TextTried", "TriesUnderWay", "in_words", "one_turn", "try_text"]

AT_ONCE: Final = 2
"""The largest label at 600 dpi takes a second and 300 MB: few are drawn at once in a process."""

_TURNS = BoundedSemaphore(AT_ONCE)
_PLACE: Final = re.compile(r"\b(slots|symbols|rules)\[(\d{1,6})\](?:\.(\w+))?")
_ONE_OF: Final = {"slots": "text", "symbols": "symbol", "rules": "line"}


class TriesUnderWay(Busy):
    """Others' texts are being drawn; this one was not looked at."""

    code = "TRIES_UNDER_WAY"

    def __init__(self) -> None:
        CoiError.__init__(
            self,
            f"{AT_ONCE} templates are being drawn already. This one was not looked at.",
            "Wait a second and draw it again.",
        )


@dataclass(frozen=True, slots=True)
class TextTried:
    """What came of a text: a template and how its sample comes out, or why it is none.

    `picture` is a PNG in the dots of a printer; empty where nothing would be printed.
    """

    problems: tuple[str, ...] = ()
    template: Template | None = None
    trial: Trial | None = None
    picture: bytes = b""


def try_text(text: str, values: Values, resolution: Resolution) -> TextTried:
    """Read a text and draw a sample of it; nothing is kept.

    Raises:
        TriesUnderWay: others are being drawn.
    """
    with one_turn():
        try:
            template = read_template(text)
        except TemplateRefused as error:
            return TextTried(error.problems)
        trial = tried(template, values, resolution)
        picture = png_of(trial.raster, resolution) if trial.raster else b""
        return TextTried((), template, trial, picture)


@contextmanager
def one_turn() -> Iterator[None]:
    """One of the few turns in which a template is drawn; raises TriesUnderWay when none is left."""
    if not _TURNS.acquire(blocking=False):
        raise TriesUnderWay
    try:
        yield
    finally:
        _TURNS.release()


def in_words(problem: str) -> str:
    """A problem with its places as people count: `slots[0].size_pt` is text 1, size_pt."""
    return _PLACE.sub(_said, problem)


def _said(place: re.Match[str]) -> str:
    sort, at, key = place.groups()
    return f"{_ONE_OF[sort]} {int(at) + 1}" + (f", {key}" if key else "")
