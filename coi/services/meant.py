"""What an exception is about, in a line, where a form asks which one is meant."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from coi.services.forms import Thing
from coi.services.installation import Installation
from coi.services.looking import TherapyNow
from coi.services.therapies import COMMITMENT
from coi.store import facts
from coi.store.registers import texts_of
from coi.store.transactions import Transaction
from workflows.facts import Subject
from workflows.model import Kind

_SEEN = ("seen", "cause")
"""An exception says what was seen, and a hold why."""
_MOST = 160
_Said = Mapping[tuple[str, str], str]  # (subject, field) -> what is recorded now, as it can be read


def in_words(
    installation: Installation, page: TherapyNow, things: tuple[Thing, ...]
) -> tuple[Thing, ...]:
    """The same things; of each exception its kind, class, thing and first sentence are told."""
    exceptions = {one.id for one in things if _is_exception(page, page.view.subjects[one.id])}
    if not exceptions:
        return things
    said = installation.read(lambda tx: _said(tx, page.view.therapy.coi, exceptions))
    return tuple(
        replace(one, about=_about(page, page.view.subjects[one.id], said))
        if one.id in exceptions
        else one
        for one in things
    )


def _is_exception(page: TherapyNow, subject: Subject) -> bool:
    return page.view.workflow.machines[subject.machine].kind is Kind.EXCEPTION


def _said(tx: Transaction, coi: str, exceptions: Iterable[str]) -> _Said:
    values = [value for value in facts.values(tx, coi) if value.subject in exceptions]
    kept = [v.content for v in values if v.field in _SEEN and COMMITMENT.fullmatch(v.content)]
    texts = texts_of(tx, kept)
    return {
        (v.subject, v.field): texts.get(v.content, "(erased)") if v.content in kept else v.content
        for v in values
    }


def _about(page: TherapyNow, exception: Subject, said: _Said) -> str:
    kind = said.get((exception.id, "kind"), "exception")
    of_class = said.get((exception.id, "class"), "not classified")
    texts = (said.get((exception.id, field), "") for field in _SEEN)
    seen = next(filter(None, texts), "nothing was said")
    said_so, on = _first_sentence(seen), _on(page, exception)
    if not on:
        return f"{kind.capitalize()}, {of_class}, concerns the therapy: {said_so}"
    return f"{kind.capitalize()}, {of_class}, concerns the {on}: {said_so}"


def _on(page: TherapyNow, exception: Subject) -> str:
    """The thing that it is about; '' for the therapy."""
    coi = page.view.therapy.coi
    on = page.view.subjects.get(exception.origin or coi)
    if on is None or on.id == coi:
        return ""
    return f"{page.title(on).lower()} {on.id.removeprefix(coi)}"


def _first_sentence(text: str) -> str:
    first = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
    return first if len(first) <= _MOST else f"{first[:_MOST]}…"
