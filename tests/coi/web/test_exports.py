"""Lists as files: what the page shows that person, all of it, nobody's name, and on record."""

import csv
import io
import json
from hashlib import sha256

import openpyxl
import pytest

from coi.demo.cast import PATIENTS
from coi.services.looks import look_at_patient
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from coi.store.facts import ORGANISATION
from tests.cast import WHY

WORK = "/exports/work"
FORMULA = '=HYPERLINK("http://x";"Nina")'


def taken(browser, where, page="/", **fields):
    """The rows of a list as CSV, the headings first; and the answer."""
    answer = browser.send(where, page=page, **{"form": "csv", **fields})
    assert answer.status_code == 200, answer.text
    rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    return [*rows], answer


def exports(installation, chain="site:north"):
    """The exports that are on record, with who took them."""
    texts = installation.read(lambda tx: [text for _, text, _ in entries_of(tx, chain)])
    told = [json.loads(text) for text in texts]
    return [(one["actor"], one["document"]) for one in told if one["action"] == "export_list"]


def test_all_at_my_sites_is_every_therapy_that_the_page_shows(someone, lives):
    """One row each, with where it stands; another hospital's is not among them (SEC-07)."""
    (headings, *rows), _answer = taken(someone("nina"), WORK, which="all")

    assert headings[:4] == ["COI", "Therapy", "Where it stands", "On hold"]
    assert {lives.cois["on hold"], lives.cois["packed"]} <= {row[0] for row in rows}
    assert lives.cois["dispensed"] not in {row[0] for row in rows}


def test_the_file_is_narrowed_down_as_the_page_is(someone, lives):
    """By every condition of the page; the form on it repeats them."""
    nina, coi = someone("nina"), lives.cois["on hold"]

    (_headings, *rows), _answer = taken(nina, WORK, which="all", held="1", coi=coi[:8])

    assert [(row[0], row[3]) for row in rows] == [(coi, "yes")]
    page = nina.get("/?which=all&held=1").text
    assert '<input type="hidden" name="held" value="1">' in page


def test_an_export_is_on_record_with_what_was_taken(someone, installation, performer):
    """Who, which list, narrowed down to what, how many rows, and the hash of the bytes."""
    (_headings, *rows), answer = taken(someone("nina"), WORK, which="all")

    assert exports(installation)[-1] == (
        performer.proven["nina"].person,
        {
            "kind": "list",
            "about": "work",
            "form": "csv",
            "narrowed": "which=all",
            "rows": str(len(rows)),
            "sha256": sha256(answer.data).hexdigest(),
        },
    )
    assert verify_record(installation).holds


def test_what_was_typed_and_fits_nothing_is_not_kept(someone, installation):
    """It may be a patient's name in the wrong field, and no entry ever forgets."""
    taken(someone("nina"), WORK, which="all", coi="WUCKERT")

    told = exports(installation)[-1][1]
    assert told["narrowed"] == "to what there is not"
    assert "WUCKERT" not in json.dumps(exports(installation))


def test_a_workbook_holds_the_same_rows(someone):
    """With dates that are dates, in the zone that the heading names."""
    nina = someone("nina")
    rows, _answer = taken(nina, WORK, which="all")

    answer = nina.send(WORK, page="/", form="xlsx", which="all")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert [row[0].value for row in sheet] == [row[0] for row in rows]
    assert sheet["E1"].value == "Due (Europe/Berlin)"
    assert any(cell.is_date for cell in sheet["E"])
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')


def test_the_file_is_named_by_the_list_and_the_day(someone):
    """By nobody's name; and no browser keeps it (SEC-33)."""
    _rows, answer = taken(someone("nina"), WORK)

    name = answer.headers["Content-Disposition"]
    assert name.startswith('attachment; filename="work-20')
    assert name.endswith('.csv"')
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type == "text/csv; charset=utf-8"


def test_the_exceptions_are_taken_along_with_their_owner_and_next_step(someone, lives):
    """Open ones, or closed ones; by class as on the page."""
    queenie = someone("queenie")

    (headings, *rows), _answer = taken(queenie, "/exports/exceptions", **{"class": "critical"})

    assert headings[-2:] == ["Owner", "Next step"]
    assert {row[3] for row in rows} == {"critical"}
    assert lives.cois["out of specification"] in {row[1] for row in rows}


def test_the_people_are_a_list_of_who_may_do_what(administrator, installation):
    """A row for each role, with unit and training (DI-05); a name is text, whatever it is."""
    administrator.send("/people/nina/name", page="/people/nina", printed_name=FORMULA, why=WHY)

    (headings, *rows), _answer = taken(administrator, "/exports/people", q="nina")

    assert headings[:2] == ["User name", "Printed name"]
    (nina,) = [row for row in rows if row[0] == "nina"]
    assert nina[1] == f"'{FORMULA}"
    assert nina[2:7] == ["open", "yes", "yes", "", "apheresis nurse"]
    assert exports(installation, ORGANISATION)[-1][1]["narrowed"] == "called=a name"


def test_sites_benches_and_places_are_taken_along(administrator, someone):
    """Each with what its page shows."""
    bench = {"unit": "works-production", "name": "Isolator 1", "key": "isolator"}
    administrator.send("/benches/new", page="/benches/new", **bench)
    mia = someone("mia")

    (_headings, *sites), _ = taken(administrator, "/exports/sites", page="/sites")
    (_headings, *benches), _ = taken(mia, "/exports/benches", page="/benches")
    (_headings, *places), _ = taken(mia, "/exports/places", page="/places")

    assert ["North Hospital", "north", "hospital", "DE", "Europe/Berlin"] in [x[:5] for x in sites]
    assert [row[2::2] for row in benches] == [["Isolator 1", "nothing"]]
    assert benches[0][1:4] in [row[1:] for row in places]


def test_who_looked_is_taken_along_by_who_may_know_it(someone, installation, performer, lives):
    """And the file tells no patient's name, nor does its own (SEC-33)."""
    coi = lives.cois["on hold"]
    look_at_patient(installation, performer.proven["nina"], coi, "chart")

    where = f"/therapies/{coi}/identity-looks"
    (_headings, *rows), answer = taken(someone("queenie"), where, page=where)

    assert [row[1:] for row in rows] == [["Nina Needle", "I compare the order with the chart"]]
    assert f"identity-looks-{coi}-" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("where", ["work", "exceptions", "benches", "places"])
def test_no_list_tells_who_a_patient_is(someone, where):
    """Neither name, nor birth date, nor record number, of anybody (SEC-33)."""
    _rows, answer = taken(someone("nina"), f"/exports/{where}")

    for patient in PATIENTS:
        for text in (patient["family_name"], patient["birth_date"]):
            assert text.encode() not in answer.data


def test_a_form_that_there_is_not_is_refused(someone, installation):
    """Nothing is taken, and nothing is on record."""
    answer = someone("nina").send(WORK, page="/", form="pdf")

    assert answer.status_code == 422
    assert exports(installation) == []
