"""A manufacturer's own label on a bag: recorded once beside ours, recognised, and never ours."""

from concurrent.futures import ThreadPoolExecutor
from csv import DictReader
from dataclasses import replace
from io import BytesIO, StringIO
from threading import Barrier
from zipfile import ZipFile

import pytest

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, filled, play
from coi.demo.performer import Wish
from coi.errors import DataRefused, Refused
from coi.services.exceptions import exceptions_of
from coi.services.over_labels import is_on_now
from coi.services.proofs import authenticate
from coi.services.scanning import Code
from coi.services.therapies import look
from coi.services.vault import Vault, VaultClosed
from coi.services.whole_record import write_whole_record
from coi.store.registers import text_of
from tests.journeys.asking import act, ids, refused, values

THEIRS = "]d201095060001343522110ABC\x1d10LOT7"
KEPT = "01095060001343522110ABC\\u001d10LOT7"


@pytest.fixture
def bags(performer):
    """Two frozen bags of one therapy, and one of another patient's."""
    found = []
    for patient, many in ((PATIENTS[0], 2), (PATIENTS[1], 1)):
        coi = performer.order(patient)
        play(performer, coi, (*IN_MANUFACTURE, *MADE, *filled(many)))
        found += [(coi, bag) for bag in ids(performer, coi, "product", "frozen")]
    return found


def carries(performer, coi, bag, code=THEIRS):
    """Record another's label on a bag."""
    told = {"over_label": code, "over_label_of": "Acme Cells Ltd"}
    return performer.do(coi, "record_over_label", Wish(on=(bag,), values=told))


def scanning_theirs(wanted):
    """Scan the other's label in the place of ours."""
    return replace(wanted, codes=(Code(THEIRS),))


def told_of(performer, coi, bag):
    """What exceptions say of a bag: kind and class."""
    found = exceptions_of(look(performer.installation, coi))
    return [(one.kind, one.of_class) for one in found if one.on == bag]


def test_it_is_kept_beside_ours_apart_and_signed_by_two(performer, bags):
    """The ledger holds a commitment; the text can be read, and erased."""
    (coi, bag), *_ = bags

    carries(performer, coi, bag)

    (kept,) = values(performer, coi, "over_label")
    newest = look(performer.installation, coi).history[-1]
    assert performer.installation.read(lambda tx: text_of(tx, kept)) == KEPT
    assert "LOT7" not in str(newest.content)
    assert [one.meaning for one in newest.signatures] == ["compared", "verified"]


def test_the_whole_record_names_it_beside_ours(performer, bags):
    """One row for each, as it stands: which bag, whose, what it reads; of another therapy none."""
    (coi, bag), _, (other, _) = bags
    carries(performer, coi, bag)

    def rows(therapy):
        by = authenticate(performer.installation, "queenie", PASSWORD)
        file = ZipFile(BytesIO(write_whole_record(performer.installation, by, therapy)))
        text = file.read("labels-of-others.csv").decode("utf-8-sig")
        return [*DictReader(StringIO(text, newline=""))]

    (row,) = rows(coi)
    assert (row["Subject"], row["Whose"], row["Code"]) == (bag, "Acme Cells Ltd", KEPT)
    assert row["Void with it"] == "no"
    assert rows(other) == []


def test_the_same_label_on_two_bags_is_a_stop_and_an_exception(performer, bags):
    """Of one patient or of two: each bag that was in hand is barred until QA has looked."""
    (coi, bag), (_, second), (other, strange) = bags
    carries(performer, coi, bag)

    with refused(performer, coi, "OVER_LABEL_ELSEWHERE"):
        carries(performer, coi, second)
    with refused(performer, other, "OVER_LABEL_ELSEWHERE"):
        carries(performer, other, strange)

    assert told_of(performer, coi, second) == [("mismatch", "critical")]
    assert told_of(performer, other, strange) == [("mismatch", "critical")]
    assert told_of(performer, coi, bag) == [("mismatch", "major")]
    assert values(performer, other, "over_label") == []


def test_how_it_was_read_makes_no_other_label_of_it(performer, bags):
    """A scanner that does not tell its symbol reads the same label."""
    (coi, bag), (_, second), _ = bags
    carries(performer, coi, bag)

    with refused(performer, coi, "OVER_LABEL_ELSEWHERE"):
        carries(performer, coi, second, THEIRS.removeprefix("]d2"))


def test_it_is_recorded_once(performer, bags):
    """A second time on the same bag says nothing new, and harms nothing."""
    (coi, bag), *_ = bags
    carries(performer, coi, bag)

    with refused(performer, coi, "OVER_LABEL_RECORDED"):
        carries(performer, coi, bag)

    assert told_of(performer, coi, bag) == []


def test_our_own_label_is_no_other(performer, bags):
    """Whoever scans ours twice is told so; nothing is recorded."""
    (coi, bag), *_ = bags
    ours = look(performer.installation, coi).labels[bag][-1]

    with pytest.raises(DataRefused, match="this system printed"):
        carries(performer, coi, bag, ours)

    assert values(performer, coi, "over_label") == []


def test_at_a_step_it_is_recognised_and_never_taken_for_ours(performer, bags):
    """The bag does not move; who scanned it is told whose label it is, and what to scan."""
    (coi, bag), *_ = bags
    carries(performer, coi, bag)
    wanted, actor, signers = performer.request(
        coi, "release_custody", Wish(on=(bag,), to="works-store")
    )
    theirs = scanning_theirs(wanted)

    with refused(performer, coi, "OVER_LABEL") as caught:
        act(performer, (theirs, actor, signers))

    (told,) = [one for one in caught.value.refusals if one.code == "OVER_LABEL"]
    assert bag in told.sentence
    assert "this system printed" in told.next_step


def test_anothers_label_of_another_therapy_stops_the_hand(performer, bags):
    """It shows that the other patient's bag is here; that therapy is told."""
    (coi, bag), _, (other, strange) = bags
    carries(performer, coi, bag)
    wanted, actor, signers = performer.request(
        other, "release_custody", Wish(on=(strange,), to="works-store")
    )

    with refused(performer, other, "OVER_LABEL_OF_ANOTHER") as caught:
        act(performer, (scanning_theirs(wanted), actor, signers))

    (told,) = exceptions_of(look(performer.installation, other))
    assert (told.kind, told.of_class, told.stops) == ("mismatch", "critical", "pairing")
    assert caught.value.refusals[0].sentence.startswith("STOP")
    assert not any(coi in one.sentence for one in caught.value.refusals)
    assert told_of(performer, coi, bag) == [("mismatch", "major")]


def test_with_another_vault_key_no_code_is_taken_for_a_new_one(performer, bags):
    """It would not be recognised: so nothing is recorded, and no step goes on."""
    (coi, bag), (_, second), _ = bags
    carries(performer, coi, bag)
    own = performer.installation
    performer.installation = own.with_vault(Vault(bytes(32), own.vault.draw))

    with pytest.raises(VaultClosed):
        carries(performer, coi, second)
    with pytest.raises(VaultClosed):
        performer.installation.read(lambda tx: is_on_now(tx, performer.installation, THEIRS))

    performer.installation = own
    with refused(performer, coi, "OVER_LABEL_ELSEWHERE"):
        carries(performer, coi, second)
    assert own.read(lambda tx: is_on_now(tx, own, THEIRS)) == ((coi, bag),)


def test_of_two_who_record_one_code_at_once_the_later_is_stopped(performer, bags):
    """In two therapies, which wait for nobody: the later one is told where the code is."""
    (coi, bag), _, (other, strange) = bags
    told = {"over_label": THEIRS, "over_label_of": "Acme Cells Ltd"}
    wanted = {
        of: performer.request(of, "record_over_label", Wish(on=(on,), values=told))
        for of, on in ((coi, bag), (other, strange))
    }
    ready = Barrier(len(wanted))

    def record(of):
        ready.wait()
        try:
            act(performer, wanted[of])
        except Refused as refused:
            return [one.code for one in refused.refusals]
        return []

    with ThreadPoolExecutor(len(wanted)) as pool:
        answers = list(pool.map(record, wanted))

    assert sorted(answers) == [[], ["OVER_LABEL_ELSEWHERE"]]
    kept = [len(values(performer, of, "over_label")) for of in wanted]
    assert kept == [int(answer == []) for answer in answers]
