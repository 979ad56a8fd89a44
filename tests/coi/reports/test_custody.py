"""The custody record says everything that it was given, on every page, the same each time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.reports.custody import custody_record
from coi.reports.custody_contents import Recording, Scan, Value, Verification
from coi.reports.paper import LEFT, WIDTH
from coi.reports.wording import INVALID
from labels.errors import DoesNotFit
from tests.coi.reports.pages import as_given, metadata_of, pages_of, squeezed, symbols_of, text_of
from tests.coi.reports.records import (
    A_RECORDING,
    A_TREE,
    COI,
    HEAD,
    MORNING,
    a_change,
    a_departure,
    a_record,
    a_signature,
    an_event,
)

HOSTILE = (
    "O'Brien <b>",
    "<img src=file:///etc/passwd>",
    "&amp; &lt;",
    "דוד כהן",
    "Łukasiewicz Zoë",
    "</para><para>",
    "X" * 500,
    "%s {0} \\n ${PATH}",
)


def with_name(name):
    """A record in which this name stands wherever a text of the clinic can stand."""
    event = an_event(
        actor=name,
        unit=name,
        site=name,
        signatures=(a_signature(printed_name=name),),
        values=(Value((), name, name),),
        scans=(Scan("label", name, "typed", name),),
    )
    departure = a_departure(told=(("Reason", name),), opened_by=name)
    return a_record(events=(event,), head_entry=0, departures=(departure,), generated_by=name)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_printed_as_it_is(name):
    """Markup means nothing, nothing is cut off, and nothing changes unseen (SEC-21)."""
    text = text_of(custody_record(with_name(name)))

    assert squeezed(as_given(text)).count(squeezed(name)) >= 10


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stays_within_the_margins_and_fetches_nothing(name):
    """Long texts wrap; a name that looks like an image is no image."""
    pages = pages_of(custody_record(with_name(name)))

    assert all(page.left >= LEFT - 1 and page.right <= LEFT + WIDTH + 1 for page in pages)
    assert not any(page.images for page in pages)


def test_the_same_record_has_the_same_bytes():
    """Two prints of one record can be compared byte by byte."""
    assert custody_record(a_record()) == custody_record(a_record())


def test_every_page_carries_the_head_of_the_ledger_as_a_symbol():
    """The QR code of each page is the hash of the last entry."""
    record = a_record(events=tuple(an_event(n) for n in range(30)), head_entry=29)

    found = symbols_of(custody_record(record))

    assert found == [[A_TREE.payload, HEAD]] + [[HEAD]] * (len(found) - 1)
    assert len(found) > 3


def test_what_was_signed_of_the_whole_ledger_is_typed_from_its_first_page():
    """Size, 16 digits of the root, key and time; the code beside the title holds all (TL-10)."""
    first = text_of(custody_record(a_record()))

    assert "1204 / 4a06 15fe 3789 8c9d" in first
    assert "recorded until 2026-11-22 08:05:07 UTC" in first
    assert "key c74f20a3" in first
    assert A_TREE.payload.partition("/")[2] == A_TREE.root.upper()


def test_a_record_of_which_nothing_was_signed_says_so():
    """And has no code for it."""
    pdf = custody_record(a_record(tree=None))

    assert "None was signed yet" in text_of(pdf)
    assert symbols_of(pdf) == [[HEAD]] * len(pages_of(pdf))


def test_it_says_since_when_there_is_a_record_and_what_casts_a_doubt_on_it():
    """Its age, each time in which nothing was recorded, and the clocks (WL-02, WL-03, CL-04)."""
    gap = ("coi-1", MORNING - timedelta(hours=2), MORNING - timedelta(hours=1))
    told = Recording(
        MORNING - timedelta(days=400),
        gaps=(gap,) * 22,
        alone=(("coi-2", MORNING - timedelta(days=2)),),
        clock_in_doubt="The clock of coi-1 was set forward by 1:00:00",
    )

    sound, doubtful = (text_of(custody_record(a_record(recording=r))) for r in (A_RECORDING, told))

    assert "Since 2025-10-18 07:05:07 UTC there is a record here: for 400 days." in sound
    assert "CLOCK" not in sound
    assert "Not recording from 2026-11-22 06:05:07 UTC to 2026-11-22 07:05:07 UTC" in doubtful
    assert "And 2 times more" in doubtful
    assert "CLOCK IN DOUBT: The clock of coi-1 was set forward by 1:00:00." in doubtful
    assert "CLOCK FOLLOWS NO OTHER: that of coi-2, since 2026-11-20 08:05:07 UTC." in doubtful


def test_a_checkpoint_that_does_not_fit_its_corner_is_refused():
    """Its code is scanned, or is not there."""
    with pytest.raises(DoesNotFit) as refused:
        custody_record(a_record(tree=replace(A_TREE, root="f" * 300)))

    assert refused.value.field == "checkpoint"


def test_every_page_says_what_it_belongs_to():
    """A single sheet says whose record it is, where the chain ends, and that it is controlled."""
    record = a_record(events=tuple(an_event(n) for n in range(30)), head_entry=29)

    pages = pages_of(custody_record(record))

    for page in pages:
        assert f"entry 29 of chain {COI}" in page.text
        assert HEAD in page.text
        assert "CONTROLLED COPY" in page.text
        assert "Verified: 2 entries" in page.text


def test_three_hundred_entries_are_set_on_numbered_pages():
    """Every entry is there, below repeated titles, and the pages count themselves."""
    record = a_record(events=tuple(an_event(n) for n in range(300)), head_entry=299)

    pages = pages_of(custody_record(record))
    timeline = [page for page in pages if "Where, who, signatures" in page.text]

    assert all(f"Page {n} of {len(pages)}" in p.text for n, p in enumerate(pages, start=1))
    assert pages[-len(timeline) :] == timeline
    # What stands above the first title belongs to the section before.
    below = [page.text.partition("Where, who, signatures")[2] for page in timeline]
    assert sum(text.count("performed: Nina Needle") for text in below) == 300


def test_an_entry_longer_than_a_page_goes_on_on_the_next():
    """Nothing of a very long account is lost, and the next page says what it continues."""
    account = " ".join(f"word{n}" for n in range(6000))
    event = an_event(values=(Value((), "What is known", account),))

    pages = pages_of(custody_record(a_record(events=(event,), head_entry=0)))
    text = " ".join(page.text for page in pages)

    assert "0 (continued)" in text
    assert all(f"word{n}" in text for n in (0, 2000, 4000, 5999))


def test_times_are_local_and_in_utc():
    """Each time stands with its offset and in UTC."""
    text = text_of(custody_record(a_record()))

    assert "2026-11-22 09:05:07 +01:00" in text
    assert "2026-11-22 08:05:07 UTC" in text


def test_a_label_that_is_not_accounted_for_is_looked_at_first():
    """By its serial; what became of each label stands beside it, and in the timeline."""
    ours = a_record()
    torn = replace(ours.labels[0], is_open=True, became=("entry 9: voided: it tore",))
    event = an_event(labels=("B-TEST-0FASSS8C-K: printed, verified, applied",))
    record = replace(ours, labels=(torn,), events=(event,), head_entry=0)

    first, *_ = pages_of(custody_record(record))
    text = text_of(custody_record(record))

    assert first.says("Labels not accounted for B-TEST-0FASSS8C-K (entry 0)")
    for words in ("NOT ACCOUNTED FOR", "entry 9: voided: it tore", "applied"):
        assert words in text, words
    assert pages_of(custody_record(ours))[0].says("Labels not accounted for none")


def test_a_late_entry_shows_both_times_and_its_mark():
    """When it happened and when it was recorded are two things."""
    event = an_event(late=True, recorded_at=MORNING + timedelta(hours=5))

    text = text_of(custody_record(a_record(events=(event,), head_entry=0)))

    assert "ENTERED LATE" in text
    assert "2026-11-22 09:05:07 +01:00" in text
    assert "2026-11-22 14:05:07 +01:00" in text
    assert "Entered late entry 0" in text


def test_a_refused_attempt_is_there_with_its_reasons():
    """What was tried and refused stands in its own part and in the timeline."""
    text = text_of(custody_record(a_record()))

    assert text.count("STOP. The bag is not this patient's (WRONG_THERAPY)") == 2
    assert "REFUSED: nothing was moved by this attempt" in text
    assert "Refused attempts entry 1" in text


def test_a_typed_code_stands_out():
    """A code from the keyboard is not taken for a scan."""
    event = an_event(scans=(Scan("label", "b test 0fasss8c k", "typed", "desk-3", "was 3 days"),))

    text = text_of(custody_record(a_record(events=(event,), head_entry=0)))

    assert "label TYPED BY HAND: b test 0fasss8c k, device desk-3, its clock was 3 days" in text
    assert "Codes typed by hand entry 0" in text


def test_a_changed_value_is_marked_wherever_it_stands():
    """Old and new value, reason, who and when; and a mark in the timeline (Annex 11, 8.2)."""
    value = Value(("Starting material 1",), "Volume", "60", "mL", None, 2, "a zero too many")
    record = a_record(events=(an_event(0), an_event(1, values=(value,))), changes=(a_change(),))

    text = text_of(custody_record(record))

    assert "600 mL" in text
    assert "CHANGED (revision 2): Volume: 60 mL, because: a zero too many" in text
    assert "Values changed since their entry entry 2" in text


def test_a_missing_and_a_failed_result_stand_out():
    """A reviewer need not count tests."""
    ours = a_record()
    failed = replace(ours.results[0], result="55.0", within=False)

    text = text_of(custody_record(replace(ours, results=(failed, ours.results[1]))))

    assert "55.0 % ≥ 70 % NO" in text
    assert "NO RESULT" in text
    assert "Tests without a result Sterility (Lot 1)" in text
    assert "Test results out of limits entry 0" in text


def test_a_review_of_the_trail_says_who_when_and_how_far():
    """With the whole signature; one that is not what was signed is marked (A11d-12.8)."""
    ours = a_record()
    text = text_of(custody_record(ours))
    invalid = replace(ours.reviews[0], is_invalid=True)

    assert "Reviews of the audit trail" in text
    assert "chain site:factory entry 7" in text
    assert INVALID not in text
    assert INVALID in text_of(custody_record(replace(ours, reviews=(invalid,))))


def test_an_open_exception_is_named_first():
    """What is still open stands on the first page."""
    first, *_ = pages_of(custody_record(a_record()))

    assert "Exceptions and dispensations still open Exception 1 (entry 1)" in first.text


def test_what_is_critical_or_was_mixed_up_stands_on_the_first_page():
    """Whoever reads one record finds the other therapy, also when the exception is closed."""
    ours = a_record()
    critical = replace(ours.departures[0], of_class="critical", other_coi="TEST-2-2")

    first, *_ = pages_of(custody_record(replace(ours, departures=(critical,))))

    assert "Critical exceptions still open Exception 1 (entry 1)" in first.text
    assert "Mixed up with another therapy TEST-2-2 (entry 1)" in first.text


def test_an_unverified_chain_says_so_on_every_page():
    """Nobody signs what could not be verified without seeing it."""
    verification = Verification(
        holds=False, verdict="NOT VERIFIED: entry 1", statement="The hashes do not hold."
    )

    pages = pages_of(custody_record(a_record(verification=verification)))

    assert all("NOT VERIFIED: entry 1" in page.text for page in pages)
    assert "The hashes do not hold." in pages[0].text


def test_a_demonstration_is_marked_on_every_page():
    """What is made up is never taken for a record."""
    made_up = pages_of(custody_record(a_record(demonstration=True)))
    real = pages_of(custody_record(a_record()))

    assert all("NOT FOR CLINICAL USE" in page.text for page in made_up)
    assert not any("NOT FOR CLINICAL USE" in page.text for page in real)


def test_the_metadata_is_ours_and_names_nobody():
    """Outside its pages the file says what it is, and nothing of any person."""
    told = metadata_of(custody_record(with_name("Nina Needle")))

    assert told["Title"] == f"Chain-of-custody record {COI}"
    assert not any("Nina" in text for text in told.values())


def test_a_head_that_does_not_fit_raises():
    """What stands on every page is never clipped."""
    with pytest.raises(DoesNotFit):
        custody_record(a_record(coi="C" * 80))


def test_a_closed_departure_says_where_when_and_by_whom():
    """The entry that closed it, its time, and the signature under it."""
    closed = a_departure(
        is_open=False,
        state="closed",
        closed=7,
        closed_at=MORNING,
        closed_by=(a_signature(printed_name="Queenie Example"),),
    )

    text = text_of(custody_record(a_record(departures=(closed,))))

    assert "closed entry 7 2026" in text
    assert "Queenie Example" in text


def test_a_seal_that_cannot_be_scanned_any_more_is_refused():
    """What makes the symbol larger than its place is no hash, and is not printed in part."""
    with pytest.raises(DoesNotFit) as refused:
        custody_record(a_record(head_hash="f" * 600))

    assert refused.value.field == "seal"
