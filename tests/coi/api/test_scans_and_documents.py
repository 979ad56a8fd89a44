"""A program asks what a code is, prints, and reads lists: within rights, as on the pages."""

import pytest

from coi.demo.cast import PATIENTS
from coi.services.label_papers import PRINTED_AGAIN
from coi.services.looks import REASONS
from coi.services.therapies import look
from tests.coi.reports.pages import text_of
from tests.coi.web.test_scan_box import UNKNOWN
from tests.journeys.asking import labelled_anew


@pytest.fixture
def coi(lives):
    """A therapy with labels, at the northern hospital."""
    return lives.cois["on hold"]


@pytest.fixture
def serial(installation, coi):
    """The newest label of one of its bags."""
    return next(iter(look(installation, coi).labels.values()))[-1]


def scan(program, *codes):
    """What these codes are."""
    return program.send("POST", "/scans", {"codes": [{"raw": one} for one in codes]})


def test_a_bag_says_what_it_is_and_whose(program, installation, coi, serial):
    """And looking writes nothing."""
    before = look(installation, coi).head_hash

    answer = scan(program("nina"), f"{serial}/{coi}", coi, "no code")

    bag, order, nothing = answer.json["items"]
    assert (bag["sort"], bag["coi"], bag["thing"]["on_hold"]) == ("thing", coi, True)
    assert (order["sort"], nothing["sort"]) == ("order", "unreadable")
    assert look(installation, coi).head_hash == before


def test_what_is_anothers_is_as_unknown_as_what_is_not(program, lives, installation):
    """Nobody finds out about another hospital with a scanner (SEC-27)."""
    label = next(iter(look(installation, lives.cois["dispensed"]).labels.values()))[-1]
    nina = program("nina")

    theirs, nobodys = (scan(nina, one).json["items"][0] for one in (label, UNKNOWN))

    assert {**theirs, "raw": UNKNOWN} == nobodys


def test_a_label_is_printed_once_under_its_serial(program, coi, installation, performer):
    """A second piece takes a new serial; the answer says what to do (LB-05)."""
    bag = next(iter(look(installation, coi).labels))
    serial = labelled_anew(performer, bag)
    nina, path = program("nina"), f"/therapies/{coi}/labels/{serial}"

    first = nina.send("POST", path, Idempotency_Key="p1")
    second = nina.send("POST", path, Idempotency_Key="p2")

    assert first.mimetype == "application/pdf", first.text
    assert serial in text_of(first.data).replace("\n", "")
    assert second.status_code == 409
    assert [one["code"] for one in second.json["reasons"]] == ["NEW_SERIAL_NEEDED"]


def test_a_wristband_is_printed_again_only_when_it_is_signed_for(program, coi):
    """The second print says which copies there are; a grant and a reason print another one."""
    nina, path = program("nina"), f"/therapies/{coi}/wristband"

    first = nina.send("POST", path, {}, Idempotency_Key="p1")
    second = nina.send("POST", path, {}, Idempotency_Key="p2")
    body = {"again": {"reason": "lost", "seen": len(second.json.get("copies", ()))}}
    third = nina.signed(path, body, PRINTED_AGAIN)

    assert (first.mimetype, third.mimetype) == ("application/pdf", "application/pdf"), third.text
    assert (second.status_code, second.json["code"]) == (409, "PRINTED_BEFORE")
    assert second.json["copies"][0]["unit"]


def test_who_prints_again_signs_for_it(program, coi):
    """The record names who has printed, and nobody else who would have let them."""
    path = f"/therapies/{coi}/wristband"
    body = {"again": {"reason": "lost", "seen": 0}}
    other = program("quentin").grant(PRINTED_AGAIN, "POST", path, "other", body)

    answer = program("nina").send(
        "POST", path, body, Idempotency_Key="other", Signature_Grant=other
    )

    assert (answer.status_code, answer.json["problems"][0]["where"]) == (422, "Signature-Grant")


def test_order_sheet_custody_record_and_label_reconciliation_are_documents(program, coi):
    """With the COI in the name of the file, and nobody's name."""
    nina = program("nina")
    for what in ("order-sheet", "custody-record", "label-reconciliation"):
        answer = nina.send("POST", f"/therapies/{coi}/{what}", Idempotency_Key=what)
        assert answer.mimetype == "application/pdf", answer.text
        assert coi in answer.headers["Content-Disposition"]


def test_a_document_is_printed_once_for_a_request(program, coi):
    """Sent again, as when the line was dead, it makes no copy that nobody has; a new key does."""
    path, nina = f"/therapies/{coi}/custody-record", program("nina")

    first, again, of_leo, other = (
        one.send("POST", path, Idempotency_Key=key)
        for one, key in ((nina, "a"), (nina, "a"), (program("leo"), "a"), (nina, "b"))
    )

    assert (again.status_code, again.json["code"]) == (409, "PRINTED_FOR_THIS")
    assert again.json["detail"].startswith("Copy 1 was printed for this request")
    assert [one.mimetype for one in (first, of_leo, other)] == ["application/pdf"] * 3
    assert "copy 3" in text_of(other.data).lower()


def test_a_sheet_goes_along_with_a_label(program, coi, serial):
    """The name stands on it where that is asked for by whoever meets the patient."""
    nina, path = program("nina"), f"/therapies/{coi}/labels/{serial}/sheet"

    plain = nina.send("POST", path, {"named": False}, Idempotency_Key="s1")
    named = nina.send("POST", path, {"named": True}, Idempotency_Key="s2")
    band = nina.send("POST", f"/therapies/{coi}/wristband/sheet", Idempotency_Key="s3")

    assert plain.mimetype == "text/html", plain.text
    assert PATIENTS[0]["family_name"] not in plain.text
    assert PATIENTS[0]["family_name"] in named.text
    assert PATIENTS[0]["family_name"] in band.text


def test_who_the_patient_is_takes_a_reason_and_leaves_a_trace(program, coi):
    """Whoever may not know the patient is told no more than the page tells them."""
    path = f"/therapies/{coi}/patient"
    told = {"reason": "treatment"}

    seen = program("nina").send("POST", path, told, Idempotency_Key="look-1")
    refused = program("omar").send("POST", path, told, Idempotency_Key="look-2")
    looks = program("queenie").get(f"/therapies/{coi}/identity-looks")

    assert seen.json["patient"]["family_name"]
    assert refused.status_code == 403
    assert [one["reason"] for one in looks.json["items"]] == [REASONS["treatment"]]


def test_the_exceptions_come_by_what_deserves_attention(program):
    """With what is next, and whether it is one's own to take."""
    answer = program("quentin").get("/exceptions")

    assert answer.status_code == 200, answer.text
    assert {"class", "kind", "about", "next_step"} <= {*answer.json["items"][0]}
    assert answer.json["next"] is None


def test_a_therapy_that_cannot_move_says_so(program, coi):
    """There is no newer version; and only who changes versions is told."""
    answer = program("queenie").get(f"/therapies/{coi}/version")
    refused = program("nina").get(f"/therapies/{coi}/version")

    assert answer.json == {"newer": [], "proposal": None}
    assert refused.status_code == 403
