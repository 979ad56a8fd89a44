"""The kit that is printed before nothing can be reached: what it says, and the drill with it."""

import json
import re
from dataclasses import replace

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import AT_BEDSIDE, play
from coi.demo.performer import Wish
from coi.reports.downtime_kit import AT_THE_PATIENT
from coi.services import downtime_kits
from coi.services.downtime_kits import LOOK_ALIKE
from coi.services.scanning import Code
from coi.services.therapies import look
from coi.store.entries import entries_of
from tests.coi.reports.pages import pages_of, symbols_of, text_of
from tests.coi.web.steps import send
from workflows.facts import Mode

ON_LIST = "/exports/downtime-kits"
EARLIER = Wish(mode=Mode.LATE, hours_ago=0.25)


@pytest.fixture
def coi(lives):
    """A therapy with a bag that waits to be frozen in the cell laboratory of the hospital."""
    return lives.cois["a bag on hold"]


@pytest.fixture
def leo(someone):
    """Who works in that laboratory."""
    return someone("leo")


def kit(browser, coi):
    """Print the kit of one therapy."""
    answer = browser.send(f"/therapies/{coi}/downtime-kit", page=f"/therapies/{coi}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return answer.data


def test_it_says_where_everything_is_and_what_each_step_asks(leo, installation, coi):
    """Labels as they are printed, in whose hands, what to measure between which limits."""
    found, text = look(installation, coi), text_of(kit(leo, coi))

    for name, serials in found.labels.items():
        thing = found.subjects[name]
        is_over = found.workflow.machines[thing.machine].states[thing.position.state].final
        assert (serials[-1] in text) is not is_over
    for words in ("Cell laboratory, North Hospital", "Freeze starting material", "Write here"):
        assert words in text
    freeze = found.workflow.actions["freeze_material"]
    assert all(field.title in text for field in freeze.fields)


def test_it_says_up_to_which_entry_it_tells(leo, installation, coi):
    """The hash of the chain's head, as text and as a code; and what was signed of all chains."""
    found = look(installation, coi)
    pdf = kit(leo, coi)

    (first, *_more) = pages_of(pdf)
    assert first.says(f"As of entry {found.therapy.next_seq - 1} of chain {coi}, SHA-256")
    assert first.says(found.head_hash)
    assert found.head_hash in symbols_of(pdf)[0]


def test_no_symbol_on_it_can_be_scanned_in_place_of_a_bag(leo, installation, coi):
    """Neither the order's nor a label's: three checks would be one."""
    found = look(installation, coi)
    codes = {coi, *(serial for serials in found.labels.values() for serial in serials)}

    for symbols in symbols_of(kit(leo, coi)):
        assert not [code for symbol in symbols for code in codes if code in symbol]


def test_it_names_nobody(leo, lives):
    """Whoever finds it learns which therapy, and not whose."""
    for coi in (lives.cois["a bag on hold"], lives.cois["on hold"]):
        text = text_of(kit(leo, coi))
        for patient in PATIENTS:
            for told in ("family_name", "given_name", "birth_date", "medical_record_number"):
                assert str(patient[told]) not in text


def test_what_is_on_hold_says_so(someone, lives):
    """In large letters, before anything else."""
    (first, *_more) = pages_of(kit(someone("nina"), lives.cois["on hold"]))

    assert "ON HOLD" in first.text


def test_a_look_alike_is_said_to_be_one(someone, performer):
    """Where people compare by eye; who the other is stands nowhere (SEC-48)."""
    coi = performer.order(PATIENTS[1])
    before = text_of(kit(someone("carla"), coi))
    twin = performer.order(dict(performer.identities[coi]) | {"medical_record_number": "98765"})

    after = text_of(kit(someone("carla"), coi))

    assert "LOOK-ALIKE" not in before
    assert LOOK_ALIKE in after
    assert not [told for told in (twin, "98765") if told in after]


def test_at_the_bedside_two_people_check_and_the_paper_vouches_for_nothing(someone, performer):
    """A kit is never the verdict."""
    coi = performer.order(PATIENTS[1])
    play(performer, coi, AT_BEDSIDE)
    _wanted, actor, _signers = performer.request(coi, "check_at_bedside")

    text = text_of(kit(someone(actor.username), coi))

    assert AT_THE_PATIENT in text
    assert "What the patient said to person 2" in text


def test_each_print_is_on_record(leo, installation, coi):
    """Who, which copy, and its hash; a new day's is the next copy."""
    before = kit(leo, coi)
    assert "Copy 2" in text_of(kit(leo, coi))

    told = documents(installation)
    assert [one["kind"] for one in told[-2:]] == ["downtime_kit"] * 2
    assert told[-1]["about"] == coi
    assert "Copy 1" in text_of(before)


def documents(installation, chain="site:north"):
    """The papers that are on record."""
    texts = installation.read(lambda tx: [text for _, text, _ in entries_of(tx, chain)])
    found = [json.loads(text) for text in texts]
    return [one["document"] for one in found if one["action"] == "write_document"]


def test_all_kits_of_a_list_are_one_file(leo, lives):
    """Each counts its own pages; what is due first lies in front."""
    answer = leo.send(ON_LIST, page="/", which="all")

    pages = pages_of(answer.data)
    text = " ".join(page.text for page in pages)
    assert lives.cois["a bag on hold"] in text
    assert lives.cois["dispensed"] not in text
    first = [page.text for page in pages if re.search(r"Page 1 of \d", page.text)]
    told = [re.search(r"TEST-[0-9A-Z]{8}-[0-9A-Z]", page)[0] for page in first]
    assert len(told) > 3
    assert len(told) == len({*told})


def test_an_empty_list_has_no_kits(leo):
    """Nothing is printed, and nothing is on record."""
    answer = leo.send(ON_LIST, page="/", which="all", coi="ZZZZ")

    assert answer.status_code == 422
    assert "no therapy is on this list" in answer.text


def test_more_than_somebody_files_by_hand_are_refused(leo, monkeypatch):
    """With what to do, and without reading the whole of a long list."""
    monkeypatch.setattr(downtime_kits, "MOST", 1)
    listed, read = downtime_kits.every_waiting, []

    def counted(*told):
        for one in listed(*told):
            read.append(one.coi)
            yield one

    monkeypatch.setattr(downtime_kits, "every_waiting", counted)

    answer = leo.send(ON_LIST, page="/", which="all")

    assert answer.status_code == 422
    assert "narrow it down" in answer.text
    assert len(read) == 2


def test_a_therapy_of_others_has_no_kit(leo, lives):
    """As if there were none (SEC-07)."""
    coi = lives.cois["dispensed"]

    assert leo.send(f"/therapies/{coi}/downtime-kit", page="/").status_code == 404


def test_the_drill(someone, installation, performer, coi):
    """The line is cut: people go on with the kit alone, and enter it late from there (BD-20)."""
    wanted, actor, signers = performer.request(
        coi, "release_custody", replace(EARLIER, to="north-ward")
    )
    printed = text_of(kit(someone(actor.username), coi))

    on_paper = set(re.findall(r"\bB-TEST-[0-9A-Z]{8}-[0-9A-Z]\b", printed))
    handed_over = [code.raw.partition("/")[0] for code in wanted.codes]
    assert handed_over
    assert on_paper >= set(handed_over)
    written = replace(wanted, codes=tuple(Code(one, how="typed") for one in handed_over))
    answer = send(someone(actor.username), written, signers)

    newest = look(installation, coi).history[-1]
    assert answer.status_code == 303
    assert (newest.kind, newest.action) == ("late", "release_custody")
    assert newest.happened_at < newest.recorded_at
