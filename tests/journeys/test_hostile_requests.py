"""Whatever a request holds, it is answered in a sentence, and the record stays whole (SEC-26)."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import play
from coi.demo.stories import AT_LAB
from coi.errors import CoiError, DataRefused
from coi.services.acting import take_action
from coi.services.identity import Stated
from coi.services.scanning import Code
from coi.services.therapies import look
from workflows.facts import Mode, NewSubject

NASTY = (
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202e",
    "\u2028",
    "e\u0301",
    "'; DROP TABLE move; --",
    "1e9",
)
TOO_LONG = "x" * 1_000_000
MANY = 10_000


def spoilt_with(text):
    """Every place in which a request takes text, each with this text in it."""
    yield from ({name: text} for name in ("coi", "action", "unit"))
    yield {"action": "release_custody", "consignee": text}
    yield {"named": (text,)}
    yield {"values": {"frozen_at": text, "cryoprotectant": "DMSO"}}
    yield {"values": {text: "x"}}
    yield {"seen": {text: 1}}
    yield {"births": (NewSubject(text, {text: text}),)}
    yield {"codes": (Code(text, device=text),)}
    yield {"codes": (), "stated": (Stated("leo", {text: text, "family_name": text}),)}
    yield {"codes": (), "stated": (Stated(text, {"family_name": "x"}),)}


@pytest.fixture
def ask(performer):
    """Ask for the freezing of collected cells, spoilt in some way."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, AT_LAB)

    def asked(**changes):
        wanted, actor, signers = performer.request(coi, "freeze_material")
        return take_action(performer.installation, replace(wanted, **changes), actor, signers)

    asked.coi = coi
    return asked


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_hostile_text_is_answered_in_a_sentence(ask, performer, text):
    """Nothing but a refusal comes back, and no step is taken."""
    before = look(performer.installation, ask.coi).subjects

    for changes in spoilt_with(text):
        with suppress(CoiError):
            ask(**changes)

    assert look(performer.installation, ask.coi).subjects == before


def test_a_wrong_bag_is_held_whatever_is_scanned_beside_it(ask, performer):
    """What no database can store does not take the stop away with it."""
    other = performer.order(PATIENTS[1])
    play(performer, other, AT_LAB)
    view = look(performer.installation, other)
    (bag, *_) = (s.id for s in view.subjects.values() if s.machine == "material")
    codes = tuple(map(Code, (f"{view.labels[bag][-1]}/{other}", "\ud800", "\x00")))

    with pytest.raises(CoiError):
        ask(codes=codes)

    assert look(performer.installation, other).subjects[bag].position.stops == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"codes": tuple(Code(str(n)) for n in range(MANY))},
        {"named": tuple(map(str, range(MANY)))},
        {"births": (NewSubject("sample"),) * MANY},
        {"values": {str(n): "x" for n in range(MANY)}},
        {"stated": (Stated("leo", {"family_name": "x"}),) * MANY},
        {"seen": {str(n): 1 for n in range(MANY)}},
        {"values": {"cryoprotectant": TOO_LONG}},
        {"named": (TOO_LONG,)},
        {"stated": (Stated("leo", {"family_name": TOO_LONG}),)},
        {"mode": Mode.LATE, "happened_at": datetime(2026, 11, 1, 8)},  # noqa: DTZ001 - no zone
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_beyond_all_measure_is_not_even_recorded(ask, performer, changes):
    """Ten thousand scans of one step come from no bench; nothing is saved."""
    before = len(look(performer.installation, ask.coi).history)

    with pytest.raises(DataRefused):
        ask(**changes)

    assert len(look(performer.installation, ask.coi).history) == before
