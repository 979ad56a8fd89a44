"""Who entered what in a step that changed hands, and where two have checked: as its entry tells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coi.services.decoding import Content
from coi.services.errand import Errand
from coi.services.forms import BENCH
from workflows.model import Workflow
from workflows.shift import KIND as SHIFT

KIND = "entered"
CHECKED = "checked_at"
"""What the document of a check by two says that it is: at which devices each has made it."""

_DEVICE = "device:"
_ANSWER = "answer:"
_FIXED = {"named": "Which is meant", "consignee": "Receiving unit", BENCH: "At which bench"}


@dataclass(frozen=True, slots=True)
class Entered:
    """One answer of a step: what it is called, who gave it, and when."""

    title: str
    person: str
    at: str


def entered_in(errand: Errand) -> dict[str, str]:
    """What the entry of a step says of its answers; nothing of one that never changed hands."""
    if not errand.hands:
        return {}
    answered = (*errand.answers, *(("named",) if errand.named else ()))
    told = {name: errand.given[name] for name in answered if name in errand.given}
    return {"kind": KIND, **{_ANSWER + name: f"{by} {at}" for name, (by, at) in told.items()}}


def entered_of(workflow: Workflow, content: Content) -> tuple[Entered, ...]:
    """Who entered which value, as an entry tells it, in the order in which they were given."""
    document = content.get("document", {})
    if document.get("kind") != KIND:
        return ()
    return tuple(sorted(_every(workflow, content["action"], document), key=lambda one: one.at))


def persons_in(document: Mapping[str, str]) -> Iterator[str]:
    """Everybody whom the document of a step names: who gave answers, took it over, or checked."""
    if document.get("kind") == SHIFT:
        yield from (document[name] for name in ("from", "to") if name in document)
    yield from (person for person, _devices in checked_in(document))
    if document.get("kind") == KIND:
        answers = (told for name, told in document.items() if name.startswith(_ANSWER))
        yield from (told.rpartition(" ")[0] for told in answers)


def told_of(checked_at: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """What the entry of a check by two says of where each made it; nothing where nobody knows."""
    known = {one: " ".join(filter(None, at)) for one, at in checked_at.items()}
    told = {f"{_DEVICE}{one}": at for one, at in known.items() if at}
    return {"kind": CHECKED, **told} if told else {}


def checked_in(document: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each who checked, and at which devices, as the document of such an entry says."""
    if document.get("kind") == CHECKED:
        for name, devices in document.items():
            if name.startswith(_DEVICE):
                yield name.removeprefix(_DEVICE), devices


def _every(workflow: Workflow, action: str, document: Mapping[str, str]) -> Iterator[Entered]:
    for name, told in document.items():
        if name.startswith(_ANSWER):
            person, _, at = told.rpartition(" ")
            yield Entered(_title(workflow, action, name.removeprefix(_ANSWER)), person, at)


def _title(workflow: Workflow, action: str, name: str) -> str:
    """What an answer is called: as the definition calls its field, and of which of several."""
    known = workflow.actions.get(action)
    titles = {one.name: one.title for one in known.fields} if known else {}
    first, _, rest = name.partition("-")
    if first == "value":
        return titles.get(rest, rest.replace("_", " "))
    if first == "count":
        return f"How many: {_machine(workflow, rest).lower()}"
    if first == "new":
        machine, number, field = rest.rsplit("-", 2)
        return f"{_machine(workflow, machine)} {number}: {titles.get(field, field)}"
    return _FIXED.get(name, name)


def _machine(workflow: Workflow, name: str) -> str:
    machine = workflow.machines.get(name)
    return machine.title if machine else name
