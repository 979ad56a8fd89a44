"""Certificate of destruction and out-of-specification letter, printed and read again."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from coi.reports.custody_contents import Item, Result, Signature, Verification
from coi.reports.destruction import Destruction, destruction_certificate
from coi.reports.deviation_letter import DeviationLetter, Weighed, deviation_letter
from coi.reports.extract import Extract
from labels.errors import DoesNotFit
from tests.coi.reports.pages import metadata_of, pages_of, symbols_of, text_of
from tests.coi.reports.records import A_RECORDING, A_TREE
from tests.labels.builders import a_coi

AT = datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=1)))
LATER = AT + timedelta(hours=3)
HASH = "5e" * 32
COI = a_coi().text


def an_extract(**changes):
    """Of entry 41, the second copy."""
    fields = {
        "coi": COI,
        "therapy": "Autologous CAR-T",
        "workflow": "autologous-car-t, version 1",
        "entry": 41,
        "entry_hash": HASH,
        "verification": Verification(holds=True, verdict="Verified", statement="All hashes hold."),
        "generated_at": AT,
        "generated_by": "Nina Needle",
        "software": "chain-of-identity 0.1",
        "recording": A_RECORDING,
        "copy": 2,
    }
    return Extract(**fields | changes)


def a_signature(meaning, name, role="infusion nurse"):
    """Somebody signed."""
    return Signature(meaning, name, role, AT)


def a_destruction(**changes):
    """A bag was burnt before a witness."""
    fields = {
        "extract": an_extract(),
        "name": "Product 2",
        "id": f"{COI}/30.2",
        "contents": "CAR-transduced T cells",
        "labels": ("B-TEST-OLD", "B-TEST-NEW"),
        "made_of": ("Lot 1, Batch number B-7",),
        "told": (("Method", "incineration"), ("Reason", "rejected: it leaks")),
        "happened_at": AT,
        "recorded_at": LATER,
        "late": False,
        "place": "Ward, North Hospital",
        "signatures": (
            a_signature("performed", "Ivo Infusion"),
            a_signature("witnessed", "Irma Infusion"),
        ),
    }
    return Destruction(**fields | changes)


def a_letter(**changes):
    """A lot of low viability was released all the same."""
    fields = {
        "extract": an_extract(),
        "lot": "Lot 1",
        "numbers": (("Batch number", "B-7"),),
        "sent_by": "Production, Riverside Cell Works",
        "sent_to": "Ward, North Hospital",
        "released_at": AT,
        "failed": (
            Result(
                "Lot 1",
                "Viability",
                "flow cytometry",
                "at least 70 %",
                "58.0",
                "%",
                within=False,
                entry=20,
            ),
        ),
        "weighed": (
            Weighed(
                "Evaluate the risk for this patient",
                (("Number of the risk evaluation", "RA-7"),),
                AT,
                (a_signature("evaluated", "Queenie Quality", "QA reviewer"),),
                33,
            ),
        ),
        "bags": (Item("Product 1", f"{COI}/30.1", "released", "Cold store", (), ("B-TEST-1",)),),
    }
    return DeviationLetter(**fields | changes)


def test_a_certificate_says_what_how_why_who_and_when():
    """With the time of the place and its offset, and where in the ledger it stands."""
    (page,) = pages_of(destruction_certificate(a_destruction()))

    for words in (
        *(
            COI,
            "Product 2",
            "CAR-transduced T cells",
            "B-TEST-OLD",
            "B-TEST-NEW",
            "Batch number B-7",
        ),
        *(
            "incineration",
            "rejected: it leaks",
            "2026-11-22 09:30:00 +01:00",
            "Ward, North Hospital",
        ),
        *("performed: Ivo Infusion", "witnessed: Irma Infusion", "Entry 41", HASH, "copy 2"),
    ):
        assert page.says(words), words
    assert "LATE" not in page.text


def test_a_destruction_that_was_entered_late_says_so():
    """Both times stand there."""
    (page,) = pages_of(destruction_certificate(a_destruction(late=True)))

    assert page.says("ENTERED LATE, recorded 2026-11-22 12:30:00 +01:00")


def test_a_letter_says_what_failed_and_who_answers_for_it():
    """The test with its limit, the number of the evaluation, whoever signed, and the bags."""
    text = text_of(deviation_letter(a_letter()))

    for words in ("Viability", "58.0 %", "at least 70 %", "RA-7", "Queenie Quality", "B-TEST-1"):
        assert words in text
    assert "at the request of the treating physician" in text


both = pytest.mark.parametrize(
    ("draw", "made"),
    [(destruction_certificate, a_destruction), (deviation_letter, a_letter)],
    ids=["certificate", "letter"],
)


@both
def test_the_seal_is_the_hash_of_the_entry(draw, made):
    """Whoever keeps the sheet holds a witness of the ledger."""
    pdf = draw(made())

    assert symbols_of(pdf) == [[HASH]] * len(pages_of(pdf))
    assert "None was signed yet" in text_of(pdf)
    assert metadata_of(pdf)["Title"].endswith(COI)


@both
def test_what_was_signed_of_the_whole_ledger_stands_on_it(draw, made):
    """As on the custody record (TL-10)."""
    pdf = draw(made(extract=an_extract(tree=A_TREE)))

    assert A_TREE.digest in text_of(pdf)
    assert symbols_of(pdf)[0] == [A_TREE.payload, HASH]


@both
def test_the_same_gives_the_same_bytes(draw, made):
    """Its hash stands in the record."""
    assert draw(made()) == draw(made())


@both
def test_a_ledger_that_does_not_hold_is_an_alarm(draw, made):
    """Above what it rests on, and in the foot: nobody relies on it."""
    broken = Verification(holds=False, verdict="NOT VERIFIED: entry 3", statement="Do not.")

    text = text_of(draw(made(extract=an_extract(verification=broken))))

    assert text.count("NOT VERIFIED: entry 3") == 2


@both
def test_a_demonstration_says_so(draw, made):
    """Nothing that a demonstration prints can be taken for real."""
    text = text_of(draw(made(extract=an_extract(demonstration=True))))

    assert "NOT FOR CLINICAL USE" in text


@both
def test_what_does_not_fit_the_foot_is_refused(draw, made):
    """A verdict is never cut."""
    wide = replace(an_extract().verification, verdict="x" * 300)

    with pytest.raises(DoesNotFit):
        draw(made(extract=an_extract(verification=wide)))
