"""Which screens a step has, one thing on each, and what becomes of it when one is answered.

Pure: it is given the step and how things stand. Nothing is judged here but whether a screen has an
answer; what was scanned is judged in `coi.services.judging`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from coi.clock import parse_rfc3339, rfc3339
from coi.services.errand import NO_SESSION, Errand, Part, Proof, Read, Why
from coi.services.forms import MOST_BORN, ORDER, SHIPPER, WRISTBAND, Blank, Form
from coi.services.vault import IDENTITY_FIELDS
from workflows.facts import Subject, Therapy, Unit
from workflows.model import SignatureRule, Workflow
from workflows.shift import PAIR

READS = 3
"""So often a code may be unreadable before its characters are typed (BD-05)."""


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
_KEPT = frozenset({Asks.COUNT, Asks.NAMED, Asks.FIELD, Asks.TO})
"""What is told once, and stays where a colleague goes on."""
_AT_THE_END = frozenset({Asks.READ_BACK, Asks.SIGN})
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


def typed_before(scene: Scene) -> Errand:
    """The step with what was typed before it was begun, as far as a screen of it asks for that."""
    errand, form = scene.errand, scene.form
    asked = {one.name: one for one in (*filter(None, [form.bench]), *form.every_blank)}
    counts = {f"count-{machine}" for machine in counts_of(errand.answers)}
    counts &= {f"count-{born.machine}" for born in form.born}
    typed = {name: text for name, text in errand.answers.items() if name in {*asked, *counts}}
    if form.bench and typed.get(form.bench.name) not in form.bench.field.choices:
        typed.pop(form.bench.name, None)
    given = {name: (errand.person, rfc3339(scene.now)) for name in typed}
    return replace(errand, answers=typed, given=given)


# -- what becomes of an answer ---------------------------------------------------------------------


def done(scene: Scene) -> Errand:
    """The present screen is answered."""
    part = scene.errand.part
    answered = (*part.done, scene.present.name)
    return scene.errand.with_part(replace(part, done=answered, unread=0))


def told(scene: Scene, text: str) -> Errand:
    """The present field has this text; where it had it before, it stays whoever gave it."""
    name, after = scene.present.name, done(scene)
    is_new = after.answers.get(name) != text
    given = _given(scene, name) if is_new or name not in after.given else after.given
    return replace(after, answers={**after.answers, name: text}, given=given)


def retold(scene: Scene, typed: Mapping[str, str]) -> Errand:
    """These stand in place of what was answered; from the first of them on all is asked again.

    What else was answered stands in its screen, and is looked at there once more.
    """
    errand, part = scene.errand, scene.errand.part
    first = next((at for at, name in enumerate(part.done) if name in typed), None)
    # Whatever was read back is other now.
    done = tuple(name for name in part.done[:first] if name not in _AT_THE_END)
    by = (part.person, rfc3339(scene.now))
    return replace(
        errand.with_part(replace(part, done=done, unread=0)),
        answers={**errand.answers, **typed},
        given={**errand.given, **dict.fromkeys(typed, by)},
        reasons=(),
    )


def named(scene: Scene, names: tuple[str, ...]) -> Errand:
    """These are meant, of what carries no label."""
    return replace(done(scene), named=names, given=_given(scene, scene.present.name))


def _given(scene: Scene, name: str) -> Mapping[str, tuple[str, str]]:
    """Who has given each answer, and when; the present one just now."""
    return {**scene.errand.given, name: (scene.errand.part.person, rfc3339(scene.now))}


def said(scene: Scene, identifiers: Mapping[str, str], source: str) -> Errand:
    """This was heard or read, from this source."""
    after = done(scene)
    heard = {name: text for name, text in identifiers.items() if name in IDENTITY_FIELDS}
    return after.with_part(replace(after.part, said=heard, source=source))


def read(scene: Scene, found: Read) -> Errand:
    """A code was read; of order and wristband one is enough, and so of a bag where one is asked."""
    part = scene.errand.part
    after = scene.errand.with_part(replace(part, reads=(*part.reads, found), unread=0))
    one_is_enough = found.screen != Asks.THINGS or scene.form.action.asks("one_bag_is_in_hand")
    return done(replace(scene, errand=after)) if one_is_enough else after


def unread(scene: Scene) -> Errand:
    """The present code could not be read once more; where none is asked, nothing changes."""
    part = scene.errand.part
    if not scene.present.is_scan:
        return scene.errand
    return scene.errand.with_part(replace(part, unread=part.unread + 1))


def unconfirmed(scene: Scene) -> Errand:
    """The present code may have been typed: it is typed twice now, and confirmed by another."""
    return scene.errand.with_part(replace(scene.errand.part, unread=READS))


def back(scene: Scene) -> Errand:
    """The screen before is asked again; what it was answered with is forgotten.

    Where several things are scanned on the present one, and some are, it is begun anew.
    """
    errand, part = scene.errand, scene.errand.part
    begun = bool(scene.reads_of(scene.present))
    if not (begun or part.done):
        return errand
    name = scene.present.name if begun else part.done[-1]
    reads = tuple(one for one in part.reads if one.screen != name)
    done = part.done if begun else part.done[:-1]
    part = replace(part, done=done, reads=reads, unread=0)
    part = replace(part, said={}, source="") if name == "said" else part
    after = errand.with_part(part)
    named = () if name == "named" else errand.named
    return replace(after, reasons=(), named=named, seen=after.seen_by(after.parts))


def signed(scene: Scene, proof: Proof) -> Errand:
    """The first of two has signed; nobody has the step in hand until the second begins."""
    after = done(scene)
    return replace(after.with_part(replace(after.part, proof=proof)), session=NO_SESSION)


def given_back(errand: Errand, reasons: tuple[Why, ...]) -> Errand:
    """The first signs anew what they scanned and told, all of which stays; the second's part ends.

    It is in nobody's hand until the first goes on with it.
    """
    first = errand.parts[0]
    done = tuple(name for name in first.done if name not in _AT_THE_END)
    first = replace(first, done=done, proof=None)
    return replace(
        errand,
        parts=(first,),
        person=first.person,
        session=NO_SESSION,
        seen=errand.seen_by((first,)),
        tries=errand.tries + 1,
        reasons=reasons,
    )


def anew(errand: Errand, part: Part) -> Errand:
    """Somebody else does the present part, from its beginning: who signs has scanned.

    What is told once stays as it was typed. What the first of two has seen stays too: a bag that
    was handed over since their check is no longer the one that they checked.
    """
    earlier = errand.parts[:-1]
    seen = errand.seen_by(earlier)
    return replace(
        errand, parts=(*earlier, part), person=part.person, session=part.session, seen=seen
    )


def why_too_old(scene: Scene) -> Why:
    """What the second of two is told who signs, or begins to, too late."""
    sentence = f"The first check was signed more than {scene.minutes} minutes ago"
    if not scene.goes_back:
        return Why("FIRST_CHECK_TOO_OLD", sentence, "Check again from the beginning, both of you")
    next_step = (
        "Whoever signed first goes on with it, reads it back and signs anew, and then the second;"
        " all that was answered is kept"
    )
    return Why("FIRST_CHECK_TOO_OLD", sentence, next_step)


def started_again(errand: Errand, part: Part) -> Errand:
    """Somebody else begins it again at the patient: nothing that a colleague told is kept.

    The second of two begins their own check again, and what the first has signed stays.
    """
    after = anew(errand, part)
    if after.parts[:-1]:
        return after
    return replace(after, answers={}, named=(), given={}, tries=0, reasons=())


def taken_over(scene: Scene, part: Part) -> Errand:
    """Somebody else goes on with what was answered: each answer stays who gave it, and when.

    What was scanned is scanned again, and all of it is read back: who signs has seen it.
    """
    errand = scene.errand
    kept = {one.name for one in scene.screens if one.asks in _KEPT}
    done = tuple(name for name in errand.part.done if name in kept)
    hands = dict.fromkeys((*errand.hands, errand.person))
    hands.pop(part.person, None)
    after = anew(errand, replace(part, done=done))
    return replace(after, hands=tuple(hands), offer=None, reasons=())


def is_number_of_bags(text: str) -> bool:
    """It is a number of bags that a step at a bench can make."""
    return re.fullmatch("[0-9]{1,2}", text) is not None and 0 < int(text) <= MOST_BORN
