"""Which screens a step has, one thing on each, and which of them is asked now.

Pure: it is given the step and how things stand. What becomes of it when a screen is answered stands
in `coi.services.answering`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from coi.clock import parse_rfc3339
from coi.services.errand import Errand, Read
from coi.services.forms import MOST_BORN, ORDER, SHIPPER, WRISTBAND, Blank, Form
from workflows.facts import Subject, Therapy, Unit
from workflows.model import SignatureRule, Workflow
from workflows.shift import PAIR


class Asks(StrEnum):
    """What a screen asks for."""

    ORDER = "order"
    WRISTBAND = "wristband"
    SHIPPER = "shipper"
    THINGS = "things"
    SAID = "said"
    COUNT = "count"
    NAMED = "named"
    FIELD = "field"
    TO = "consignee"
    READ_BACK = "read_back"
    SIGN = "sign"


LAYER, INSIDE = "layer", "things"
"""The screens of a step that opens a package: that one's label, and then all that is in it."""
SCANS = frozenset({Asks.ORDER, Asks.WRISTBAND, Asks.SHIPPER, Asks.THINGS})
_WORDS: Mapping[str, tuple[Asks, str]] = {
    ORDER: (Asks.ORDER, "Scan the order"),
    WRISTBAND: (Asks.WRISTBAND, "Scan the wristband on the patient's arm"),
    SHIPPER: (Asks.SHIPPER, "Scan the shipper"),
}


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: what it asks, under which name it is answered, and its heading."""

    name: str
    asks: Asks
    title: str
    blank: Blank | None = None

    @property
    def is_scan(self) -> bool:
        """It is answered with the scanner."""
        return self.asks in SCANS


@dataclass(frozen=True, slots=True)
class Scene:
    """A step under way beside how things stand: what a screen is drawn from."""

    errand: Errand
    therapy: Therapy
    workflow: Workflow
    subjects: Mapping[str, Subject]
    unit: Unit
    form: Form
    sites: frozenset[str]  # those that take part
    now: datetime
    serials: Mapping[str, str] = field(default_factory=dict)  # where something is opened

    @property
    def number(self) -> int:
        """Which part is being done, from 0."""
        return len(self.errand.parts) - 1

    @property
    def screens(self) -> tuple[Screen, ...]:
        """Every screen of the present part, in its order."""
        return tuple(_screens(self.form, self.errand, self.number))

    @property
    def present(self) -> Screen:
        """The first screen that is not answered; at the end it stays the last one."""
        done, screens = self.errand.part.done, self.screens
        return next((one for one in screens if one.name not in done), screens[-1])

    @property
    def place(self) -> tuple[int, int]:
        """The number of the present screen, and how many there are."""
        names = [one.name for one in self.screens]
        return names.index(self.present.name) + 1, len(names)

    @property
    def rules(self) -> tuple[SignatureRule, ...]:
        """The signatures that are given at the end of the present part."""
        signatures, is_one = self.form.signatures, self.form.is_blind or self.number > 0
        return signatures[self.number : self.number + 1] if is_one else signatures

    @property
    def may_sign_apart(self) -> bool:
        """The second of two may sign in a session of their own, once the first has signed."""
        is_pair = len(self.form.signatures) == PAIR
        return is_pair and self.number == 0 and not self.form.is_blind

    @property
    def waits_for_the_second(self) -> bool:
        """The first part is in, and nobody has begun with the second."""
        return self.number == 0 and self.errand.part.proof is not None

    @property
    def is_first_part(self) -> bool:
        """What is told once is told now."""
        return self.number == 0

    @property
    def is_read_by_two(self) -> bool:
        """Whoever types the code that is asked for may have it from a list: a second reads it too.

        So it is at the patient, and where something is opened: the screen names what is expected.
        """
        is_opened = bool(self.form.opens) and self.present.asks is Asks.THINGS
        return self.form.is_at_the_patient or is_opened

    @property
    def minutes(self) -> int:
        """How long a check counts."""
        return int(str(self.workflow.product["bedside_session_minutes"]))

    @property
    def is_too_old(self) -> bool:
        """What the first of two checked and signed counts no longer."""
        proof = self.errand.parts[0].proof
        if proof is None:
            return False
        # A negative age is no fresh check: a clock that went back makes nothing fresh.
        age = self.now - parse_rfc3339(proof.at)
        return not timedelta() <= age <= timedelta(minutes=self.minutes)

    @property
    def goes_back(self) -> bool:
        """The first has signed apart at the bench, and may sign what they told once more.

        At the patient nothing goes back: there both check again from the beginning.
        """
        has_signed = self.errand.parts[0].proof is not None
        return has_signed and not self.form.is_at_the_patient

    @property
    def is_signed_anew(self) -> bool:
        """So it is: too long ago for the second to sign it."""
        return self.goes_back and self.is_too_old

    def reads_of(self, screen: Screen) -> tuple[Read, ...]:
        """What was read on a screen so far."""
        return tuple(one for one in self.errand.part.reads if one.screen == screen.name)


def _screens(form: Form, errand: Errand, number: int) -> Iterator[Screen]:
    """One thing on each: what is scanned, heard, typed, read back, signed."""
    # Whoever signs second beside the patient checks anew; elsewhere they read what was told.
    if number == 0 or form.is_blind:
        yield from _of_whom(form)
        yield from _of_opening(form, errand) if form.opens else _of_things(form)
    if form.identifies:
        yield Screen("said", Asks.SAID, "What the patient says")
    if number == 0:
        yield from _told_once(form, errand)
    yield Screen("read_back", Asks.READ_BACK, "Read it back")
    yield Screen("sign", Asks.SIGN, "Sign" if form.signatures else "Record it")


def _of_whom(form: Form) -> Iterator[Screen]:
    """The order, the wristband and the shipper, where they are asked for; then come the things."""
    for what in form.scans:
        if what in _WORDS:
            asks, title = _WORDS[what]
            yield Screen(asks, asks, title)


def _of_things(form: Form) -> Iterator[Screen]:
    labels = [what for what in form.scans if what not in _WORDS]
    if labels and form.action.asks("one_bag_is_in_hand"):
        yield Screen("things", Asks.THINGS, "Scan the label of the bag")
    elif labels:
        yield Screen("things", Asks.THINGS, f"Scan {' and '.join(labels)}")


def _of_opening(form: Form, errand: Errand) -> Iterator[Screen]:
    """One layer, and what is directly in it."""
    yield Screen(LAYER, Asks.THINGS, f"Scan the label of the {' or '.join(form.opens.values())}")
    read = next((one.title for one in errand.part.reads if one.screen == LAYER), "it")
    yield Screen(INSIDE, Asks.THINGS, f"Open it, and scan what is in {read}")


def _told_once(form: Form, errand: Errand) -> Iterator[Screen]:
    """What the first tells for both: where, how many, which, what is recorded, to whom it goes."""
    if form.bench:
        yield Screen(form.bench.name, Asks.FIELD, form.bench.field.title, form.bench)
    for born in form.born:
        title = f"How many: {born.title.lower()}"
        yield Screen(f"count-{born.machine}", Asks.COUNT, title)
    # The only one is meant; of several somebody says which.
    if len(form.things) > 1:
        yield Screen("named", Asks.NAMED, "Which is meant")
    counted = {f"count-{born.machine}" for born in form.born} <= set(errand.part.done)
    blanks = form.every_blank if counted else form.blanks
    for blank in blanks:
        yield Screen(blank.name, Asks.FIELD, f"{blank.of} {blank.field.title}".strip(), blank)
    if form.is_sent:
        yield Screen("consignee", Asks.TO, "To whom it goes")


def counts_of(answers: Mapping[str, str]) -> dict[str, int]:
    """How many are born of each sort, as far as it is answered."""
    return {
        name.removeprefix("count-"): int(text)
        for name, text in answers.items()
        if name.startswith("count-") and is_number_of_bags(text)
    }


def is_number_of_bags(text: str) -> bool:
    """It is a number of bags that a step at a bench can make."""
    return re.fullmatch("[0-9]{1,2}", text) is not None and 0 < int(text) <= MOST_BORN
