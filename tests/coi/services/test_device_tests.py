"""Registered devices are tested: by a code that is scanned at them, in time, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock, parse_rfc3339
from coi.errors import DataRefused, Refused
from coi.services.decoding import content_of_text
from coi.services.device_tests import (
    CHARACTERS,
    Symbol,
    code_asked,
    every_standing,
    record_test,
    stands_here,
    try_scanner,
    why_untested,
)
from coi.services.devices import device_named, register_device
from coi.services.received import Sent
from coi.services.therapies import look
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from labels.check_character import ALPHABET
from tests.coi.line import UNIT
from workflows.model import Verb

DAYS, GRACE = 90, 7


@pytest.fixture
def device(line):
    """A registered device of the works."""
    held = register_device(line.installation, line.performer.proven["queenie"], UNIT, "Tablet")
    return held.partition(".")[0]


def mia_at(line, device):
    """Mia, at this device."""
    return replace(line.performer.proven["mia"], device=device)


def later(installation, days, **settings):
    """The same installation so many days later, set otherwise."""
    moment = installation.clock.now() + timedelta(days=days)
    changed = replace(installation.settings, **settings)
    clock = SteppedClock(moment, timedelta(seconds=1))
    return replace(installation, clock=clock, settings=changed)


def activate(line, installation, device):
    """Mia activates the first lot at a device."""
    wanted, actor, signers = line.wanted(line.first, line.benches[0])
    performer = replace(line.performer, installation=installation)
    return replace(line, performer=performer).take(wanted, replace(actor, device=device), signers)


def test_the_code_holds_every_character_of_our_codes_and_is_another_each_time(line, device):
    """What a wrong keyboard swaps is seen; the sheet of last year is not read again (P11-300e)."""
    here, mia = line.installation, mia_at(line, device)
    first = code_asked(here, mia).code

    assert {*CHARACTERS} >= {*ALPHABET, *"-=&%"}
    assert len({*CHARACTERS}) == len(CHARACTERS)
    assert first.startswith(CHARACTERS)
    assert record_test(here, mia, Sent(f"{first}\r"), "scanned").wrong is None
    assert code_asked(here, mia).code != first
    assert record_test(here, mia, Sent(first), "scanned").wrong


@pytest.mark.parametrize("spoil", [str.swapcase, lambda code: code[:-1], lambda _code: ""])
def test_whatever_is_read_is_on_record_and_only_the_code_passes(line, device, spoil):
    """Who tested which device when, and whether it read what was there (P11-300e)."""
    here, mia = line.installation, mia_at(line, device)
    assert stands_here(here, mia).is_overdue  # never tested

    passed = record_test(here, mia, Sent(code_asked(here, mia).code), "scanned")
    after = stands_here(here, mia)
    failed = record_test(here, mia, Sent(spoil(code_asked(here, mia).code)), "scanned")
    at_last = stands_here(here, mia)

    assert (passed.wrong, after.passed, after.is_overdue) == (None, True, False)
    assert after.due_at - timedelta(days=DAYS) < here.clock.now()
    assert failed.wrong
    assert (at_last.passed, at_last.is_overdue) == (False, True)
    assert every_standing(here)[device].at == at_last.at
    assert verify_record(here).findings == ()


def newest(line):
    """What the newest entry of the works says."""
    found = line.installation.read(lambda tx: list(entries_of(tx, "site:works")))
    return content_of_text(found[-1][1])


@pytest.mark.parametrize(("how", "seen"), [("scanned", "scanned"), ("", "unknown")])
def test_what_was_asked_and_how_it_was_read_stands_on_record(line, device, how, seen):
    """By whom, at which device of which unit, and whether it held (P11-300e)."""
    here, mia = line.installation, mia_at(line, device)
    for raw, holds in ((code_asked(here, mia).code, 1), (f"{CHARACTERS}?", 0)):
        asked = code_asked(here, mia).code
        record_test(here, mia, Sent(raw), how)

        told = newest(line)
        by = (told["action"], told["actor"], told["unit"], told["device"])
        assert by == ("test_device", mia.person, UNIT, device)
        assert told["document"] == {"kind": "device_test", "about": asked}
        (one,) = told["attestations"]
        assert (one["kind"], one["about"], one["unit"]) == ("device_test", device, UNIT)
        assert (one["holds"], one["detail"]) == (holds, f"{seen}, QR code")


@pytest.mark.parametrize("symbol", list(Symbol))
def test_a_scanner_passes_with_the_symbol_that_it_reads(line, device, symbol):
    """A linear one with bars; on record stands which, and what the device took off (P11-300e)."""
    here, mia = line.installation, mia_at(line, device)
    code = code_asked(here, mia).codes[symbol]

    read = record_test(here, mia, Sent(f"#{code}!\r", "#", "!", is_heard=True), "scanned")

    told = newest(line)
    assert (read.symbol, read.wrong, read.notes) == (symbol, None, ())
    assert told["attestations"][0]["detail"] == f"scanned, {symbol}, without #…!"
    assert told["document"]["about"] == code.replace("\x1d", "<GS>")
    assert stands_here(here, mia).passed
    assert verify_record(here).findings == ()


def test_a_scanner_is_tried_at_any_computer_and_nothing_is_recorded(line):
    """The same is said of it; whoever sets one up has no registered device yet."""
    here, mia = line.installation, mia_at(line, "")
    asked, before = code_asked(here, mia), newest(line)

    right = try_scanner(mia, Sent(asked.codes[Symbol.BARS]))
    wrong = try_scanner(mia, Sent(asked.code.swapcase()))

    assert (right.symbol, right.wrong) == (Symbol.BARS, None)
    assert "Caps Lock" in wrong.wrong.what
    assert newest(line) == before


def test_it_is_overdue_and_refused_after_the_moment_and_not_at_it(line, device):
    """A test is good for so many days, and the days of grace begin when they are over."""
    here, mia = line.installation, mia_at(line, device)
    record_test(here, mia, Sent(code_asked(here, mia).code), "scanned")
    settings = replace(here.settings, device_refused_days=GRACE)
    tested_at = parse_rfc3339(stands_here(here, mia).at)
    due_at = tested_at + timedelta(days=DAYS)
    refused_at = due_at + timedelta(days=GRACE)

    def at(moment):
        clock = SteppedClock(moment, timedelta(0))
        found = stands_here(replace(here, clock=clock, settings=settings), mia)
        assert (found.due_at, found.refused_at) == (due_at, refused_at)
        return found.is_overdue, found.is_refused

    soon = timedelta(microseconds=1)
    assert (at(due_at), at(due_at + soon)) == ((False, False), (True, False))
    assert (at(refused_at), at(refused_at + soon)) == ((True, False), (True, True))


def test_a_code_that_was_typed_or_at_no_registered_device_tests_nothing(line, device):
    """It is the scanner that is tested; without a script nobody can tell, and it counts."""
    here, mia = line.installation, mia_at(line, device)
    code = code_asked(here, mia).code

    with pytest.raises(DataRefused, match="typed"):
        record_test(here, mia, Sent(code), "typed")
    with pytest.raises(DataRefused, match="not registered"):
        record_test(here, mia_at(line, ""), Sent(code), "scanned")
    assert code_asked(here, mia_at(line, "")).stands is None
    assert stands_here(here, mia).at == ""
    assert record_test(here, mia, Sent(code), "").wrong is None
    assert here.read(lambda tx: device_named(tx, device)).name == "Tablet"


def test_by_default_nobody_is_kept_from_work_by_a_test_that_nobody_made(line, device):
    """The pages say that it is overdue, however long; the step is taken."""
    long_after = later(line.installation, 3 * DAYS)

    stands = stands_here(long_after, mia_at(line, device))
    assert (stands.is_overdue, stands.refused_at, stands.is_refused) == (True, None, False)
    activate(line, long_after, device)

    assert look(line.installation, line.first).history[-1].content["device"] == device


def test_where_it_is_set_steps_are_refused_until_the_device_is_tested(line, device):
    """First a warning, and after so many days a refusal that is on record (P11-300e)."""
    set_so = {"device_refused_days": GRACE}
    warned, refused = (later(line.installation, days, **set_so) for days in (GRACE - 1, GRACE + 1))
    assert not stands_here(warned, mia_at(line, device)).is_refused

    with pytest.raises(Refused) as caught:
        activate(line, refused, device)

    (why,) = caught.value.refusals
    assert why.code == "DEVICE_NOT_TESTED"
    assert why.sentence.startswith("The test of Tablet is overdue")
    assert why.next_step.startswith("Press “Test this device”")
    assert look(line.installation, line.first).history[-1].kind == "refused"
    at_it = mia_at(line, device)
    record_test(refused, at_it, Sent(code_asked(refused, at_it).code), "scanned")
    activate(line, refused, device)


@pytest.mark.parametrize(("verb", "is_refused"), [(Verb.CHECK, True), (Verb.DECIDE, False)])
def test_what_is_done_at_a_desk_is_not_refused(line, device, verb, is_refused):
    """Only what is done where things and patients are asks for a scanner that reads well."""
    refused = later(line.installation, GRACE + 1, device_refused_days=GRACE)

    why = refused.read(lambda tx: why_untested(tx, refused, device, verb))

    assert (why is not None) == is_refused


def test_where_no_test_is_asked_for_none_is_overdue(line, device):
    """Neither on the pages, nor at a step."""
    never = later(line.installation, 400, device_test_days=0, device_refused_days=GRACE)

    assert not stands_here(never, mia_at(line, device)).is_overdue
    activate(line, never, device)
