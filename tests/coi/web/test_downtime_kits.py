"""The kit that is printed before nothing can be reached: what it says, and the drill with it."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from coi.clock import parse_rfc3339, rfc3339
from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import AT_BEDSIDE, play
from coi.reports.downtime_kit import AT_THE_PATIENT
from coi.services import downtime_kits
from coi.services.downtime_kits import LOOK_ALIKE
from coi.services.therapies import look, wristband_of
from coi.store.entries import entries_of
from tests.coi.reports.pages import pages_of, symbols_of, text_of
from tests.coi.web.bedside import WARD
from tests.coi.web.steps import form_on

ON_LIST = "/exports/downtime-kits"


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


def test_what_is_due_stands_in_front_on_paper_too(someone, performer):
    """With a thawed bag in hand nobody turns pages for the check at the bedside."""
    coi = performer.order(PATIENTS[1])
    play(performer, coi, AT_BEDSIDE)

    _head, first, *others = text_of(kit(someone("ivo"), coi)).split("If it is done: ")

    assert first.startswith("Check bag and patient at the bedside")
    assert others


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


@dataclass(frozen=True)
class OnPaper:
    """All that somebody reads off a kit who has nothing else."""

    coi: str
    wristband: str
    ordered_by: str
    bags: tuple[str, ...]  # in the hands of the cell laboratory
    steps: tuple[str, ...]
    printed_at: datetime


def read_off(pdf):
    """What is printed on the pages of a kit of one therapy."""
    text = text_of(pdf)
    at = re.search(r"Copy 1, printed ([0-9-]{10} [0-9:]{8}) UTC", text)[1]
    return OnPaper(
        coi=re.search(r"Downtime kit (TEST-\S+)", text)[1],
        wristband=re.search(r"The wristband that counts bears (W-\S+)\.", text)[1],
        ordered_by=re.search(r"Ordered \S+ \S+ \S+ (.+?) Donations", text)[1],
        bags=tuple(re.findall(r"(B-TEST-\S+) Cell laboratory, North Hospital", text)),
        steps=tuple(re.findall(r"If it is done: (.+?) Write here", text)),
        printed_at=datetime.fromisoformat(f"{at}+00:00"),
    )


def entered_late(browser, paper, step, happened_at):
    """Choose the step by its name, and type what stands on the paper."""
    steps = browser.get(f"/therapies/{paper.coi}/late").text
    (path,) = re.findall(rf'href="([^"]+)">{re.escape(step)}<', steps)
    page = browser.get(path).text
    unit, site = paper.ordered_by.split(", ")
    told = form_on(page)
    told["typed"] = "\r\n".join(paper.bags)
    told["consignee"] = re.search(rf'value="([^"]+)">{site}, {unit}<', page)[1]
    told["happened_at"] = happened_at.astimezone(ZoneInfo("Europe/Berlin")).isoformat()[:16]
    told["signer-1-username"], told["signer-1-password"] = "leo", PASSWORD
    return browser.client.post(path, data=told)


def test_the_drill(someone, installation, leo, coi):
    """The line is cut: people go on with the kit, enter it late, and it is reviewed (BD-20)."""
    before, paper = look(installation, coi), read_off(kit(leo, coi))
    held = {one for one in before.labels if before.subjects[one].position.holder == "north-lab"}
    assert {*paper.bags} == {before.labels[one][-1] for one in held}
    assert paper.wristband == installation.read(lambda tx: wristband_of(tx, coi))
    assert "Hand over" in paper.steps
    installation.clock.advance(timedelta(hours=2))  # what follows is nowhere but on the paper
    happened_at = paper.printed_at.replace(second=0) + timedelta(minutes=20)

    answer = entered_late(someone("leo"), paper, "Hand over", happened_at)

    assert answer.status_code == 303
    newest = look(installation, coi).history[-1]
    assert (newest.kind, newest.title) == ("late", "Hand over")
    assert held <= {move["subject"] for move in newest.content["moves"]}
    assert {code["how"] for code in newest.content["scans"]} == {"typed"}
    assert {look(installation, coi).subjects[one].position.consignee for one in held} == {WARD}
    assert parse_rfc3339(newest.happened_at) == happened_at
    assert parse_rfc3339(newest.recorded_at) > happened_at + timedelta(hours=1)
    assert "Yes, up to entry" in reviewed_by(someone("quirin"), coi, newest)


def reviewed_by(browser, coi, entry):
    """Somebody who took no part looks at the late entry, and signs for the trail up to it."""
    path = f"/therapies/{coi}/trail"
    (row,) = re.findall(
        r"<th scope=\"row\".*?</tr>", browser.get(f"{path}?why=late").text, re.DOTALL
    )
    assert all(told in row for told in ("entered late", "Hand over", "Leo Lab"))
    assert {entry.happened_at[:16], entry.recorded_at[:16]} <= in_utc(row)
    page = browser.get(path).text
    shown = dict(re.findall(r'type="hidden" name="(entry|hash)" value="([^"]+)"', page))
    assert browser.send(path, path, **shown, password=PASSWORD).status_code == 303
    return browser.get(path).text


def in_utc(row):
    """The minutes that stand in a line, as the record has them."""
    found = re.findall(r'datetime="([^"]+)"', row)
    return {rfc3339(datetime.fromisoformat(one))[:16] for one in found}
