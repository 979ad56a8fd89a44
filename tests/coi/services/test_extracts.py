"""Certificates and letters as they are written from the ledger."""

import re
import subprocess

import pytest

from coi.demo.cast import PATIENTS, STAFF
from coi.demo.chapters import Step, closed, play
from coi.demo.deviations import ASKED_FOR
from coi.errors import Unknown
from coi.services.documents import write_destruction_certificate, write_deviation_letter
from coi.services.extracts import is_destroyed, is_out_of_specification
from coi.services.reconciling import write_reconciliation
from coi.services.therapies import look
from coi.services.verifying import verify_record
from tests.coi.reports.pages import pages_of, squeezed, text_of
from tests.journeys.worlds import Databases, copy_of

RA = "RA-2026-014"


@pytest.fixture
def performer(lives, migrated_file, tmp_path):
    """The cast, in a world of therapies that went through a good deal, for this test alone."""
    with copy_of(Databases(migrated_file), lives, tmp_path) as acting:
        yield acting


@pytest.fixture
def destroyed(lives):
    """A therapy of which a bag was rejected and destroyed."""
    return lives.cois["positive after infusion"]


@pytest.fixture
def supplied(performer, lives):
    """A therapy whose lot was released out of specification, and its bags labelled anew."""
    coi = lives.cois["out of specification"]
    steps = (*closed(1), *ASKED_FOR[2:])
    play(performer, coi, [*steps, Step("relabel", "product", "released", first=1)])
    return coi


def the(performer, coi, is_meant):
    """The first thing of a therapy of which this is true."""
    return next(one for one in look(performer.installation, coi).subjects.values() if is_meant(one))


def test_a_certificate_tells_of_the_destruction_alone(performer, destroyed):
    """One page: the bag, its labels, its lot, both who signed, the entry and its hash."""
    thing = the(performer, destroyed, is_destroyed)
    view = look(performer.installation, destroyed)
    event = next(one for one in view.history if one.action == "destroy")

    nina = performer.proven["nina"]
    pdf = write_destruction_certificate(performer.installation, nina, destroyed, thing.id)

    (page,) = pages_of(pdf)
    for words in (
        *(thing.id, *view.labels[thing.id], "Lot 1, Batch number", "incineration", "+01:00"),
        *(f"Entry {event.seq};", "by Nina Needle, copy 1"),
        *(f"{one.meaning}: {one.printed_name}" for one in event.signatures),
    ):
        assert page.says(words), words


def test_the_newest_entry_has_the_hash_of_the_ledger_s_head(performer, destroyed):
    """No entry after it names it."""
    thing = the(performer, destroyed, is_destroyed)
    view = look(performer.installation, destroyed)

    nina = performer.proven["nina"]
    pdf = write_destruction_certificate(performer.installation, nina, destroyed, thing.id)

    (page,) = pages_of(pdf)
    assert view.history[-1].action == "destroy"
    assert page.says(view.head_hash)


def test_a_destruction_on_hold_is_told_by_its_own_entry(performer, lives):
    """A hold that is lifted afterwards is another entry, and no destruction."""
    coi = lives.cois["a bag on hold"]
    thing = the(performer, coi, is_destroyed)
    before = look(performer.installation, coi)
    play(performer, coi, [Step("lift", "exception", "open")])

    leo = performer.proven["leo"]
    (page,) = pages_of(write_destruction_certificate(performer.installation, leo, coi, thing.id))

    assert page.says(before.head_hash)
    assert "lifted" not in page.text


def test_a_method_that_was_corrected_is_told_as_it_is_now(performer, destroyed):
    """And that it was corrected, by which entry."""
    thing = the(performer, destroyed, is_destroyed)
    avoid = tuple(one.username for one in STAFF if one.username not in {"leo", "lena"})
    values = {"of": "method", "content": "autoclave"}
    play(performer, destroyed, [Step("correct_value", values=values, avoid=avoid)])

    nina = performer.proven["nina"]
    pdf = write_destruction_certificate(performer.installation, nina, destroyed, thing.id)

    newest = look(performer.installation, destroyed).history[-1].seq
    assert f"autoclave (corrected, entry {newest})" in text_of(pdf)


def test_the_letter_tells_what_failed_and_who_answers(performer, supplied):
    """The limit that was missed, each piece with its signature, the batch and the bags."""
    lot = the(performer, supplied, is_out_of_specification)
    view = look(performer.installation, supplied)

    pdf = write_deviation_letter(performer.installation, performer.proven["ines"], supplied, lot.id)

    text = squeezed(text_of(pdf))
    titles = [view.workflow.actions[step.action].title for step in ASKED_FOR]
    signed = [
        f"{meaning}: {name}"
        for meaning, name in (
            ("requested", "Dr. Ines Okafor"),
            ("accepted", "Dr. Ines Okafor"),
            ("evaluated", "Queenie Quality"),
            ("released", "Dr. Quentin Release"),
        )
    ]
    for words in (
        *titles,
        *signed,
        RA,
        "Viability",
        "58.0 %",
        "Batch number",
        "Ward, North Hospital",
    ):
        assert squeezed(words) in text, words
    assert text.count(squeezed("Label says: out of specification")) == 1
    assert text.count(squeezed("Label says: nothing of it")) == 3


def test_the_letter_goes_to_the_hospital_that_treats(performer, supplied):
    """Another one took the patient over: it is told what it is to infuse."""
    play(performer, supplied, [Step("ask_other_hospital"), Step("take_over_treatment")])
    lot = the(performer, supplied, is_out_of_specification)

    by = performer.proven["queenie"]
    text = squeezed(text_of(write_deviation_letter(performer.installation, by, supplied, lot.id)))

    assert squeezed("To Ward, South Hospital") in text


def test_the_letter_names_every_result_of_a_test_that_failed(performer, supplied):
    """A better one that came before does not hide it; other tests are not listed."""
    lot = the(performer, supplied, is_out_of_specification)

    pdf = write_deviation_letter(performer.installation, performer.proven["ines"], supplied, lot.id)

    assert "Mycoplasma" not in text_of(pdf)


def test_no_paper_carries_a_name_of_the_patient(performer, destroyed, supplied):
    """The vault is not opened for them."""
    installation, ines = performer.installation, performer.proven["ines"]
    thing = the(performer, destroyed, is_destroyed)
    lot = the(performer, supplied, is_out_of_specification)

    text = text_of(write_destruction_certificate(installation, ines, destroyed, thing.id))
    text += text_of(write_deviation_letter(installation, ines, supplied, lot.id))

    assert not [value for value in PATIENTS[0].values() if len(value) > 1 and value in text]


def test_each_copy_is_counted_and_the_record_holds(performer, destroyed):
    """Who printed, and which copy, stands on each."""
    thing = the(performer, destroyed, is_destroyed)
    nina = performer.proven["nina"]

    for copy in (1, 2):
        pdf = write_destruction_certificate(performer.installation, nina, destroyed, thing.id)
        assert re.search(f"by Nina Needle, copy {copy}", text_of(pdf))

    assert verify_record(performer.installation).holds


def test_each_certificate_and_letter_is_sealed_as_poppler_sees_it(
    performer, destroyed, supplied, tmp_path
):
    """As the custody record is; one changed byte, and its seal does not hold (T11)."""
    installation, ines = performer.installation, performer.proven["ines"]
    thing = the(performer, destroyed, is_destroyed)
    lot = the(performer, supplied, is_out_of_specification)
    papers = (
        write_destruction_certificate(installation, ines, destroyed, thing.id),
        write_deviation_letter(installation, ines, supplied, lot.id),
        write_reconciliation(installation, performer.proven["queenie"], destroyed),
    )
    spoilt = [_changed(paper) for paper in papers]

    told = [_read_by_poppler(tmp_path / "paper.pdf", one) for one in (*papers, *spoilt)]

    for said in told[: len(papers)]:
        assert "Signature is Valid" in said
        assert "Total document signed" in said
        assert "ETSI.CAdES.detached" in said
    assert not [said for said in told[len(papers) :] if "Signature is Valid" in said]


def _changed(paper):
    """Another byte in what is drawn."""
    at = paper.index(b"stream") + 60
    return paper[:at] + bytes([paper[at] ^ 1]) + paper[at + 1 :]


def _read_by_poppler(file, paper):
    """What a program of others says of the seal."""
    file.write_bytes(paper)
    asked = ["pdfsig", str(file)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout


def test_of_what_still_is_there_is_no_certificate(performer, destroyed, lives):
    """Neither of a bag that was used, nor a letter of a lot that nobody has released so."""
    installation, ines = performer.installation, performer.proven["ines"]
    infused = the(performer, destroyed, lambda one: one.position.state == "infused")
    asked = lives.cois["out of specification"]
    lot = the(performer, asked, lambda one: one.machine == "lot")

    with pytest.raises(Unknown):
        write_destruction_certificate(installation, ines, destroyed, infused.id)
    with pytest.raises(Unknown):
        write_deviation_letter(installation, ines, asked, lot.id)


def test_who_may_not_see_the_therapy_gets_no_paper(performer, destroyed):
    """As if there were none (SEC-07)."""
    thing = the(performer, destroyed, is_destroyed)

    with pytest.raises(Unknown):
        write_destruction_certificate(
            performer.installation, performer.proven["jonas"], destroyed, thing.id
        )
