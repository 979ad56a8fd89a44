"""The whole record of one therapy: complete, its own and nobody else's, and checked by anybody."""

import csv
import io
import json
import re
import subprocess
from hashlib import sha256
from html import unescape
from zipfile import ZipFile

import jsonschema
import pytest
from sqlalchemy import select

from coi.app import create_app
from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import play
from coi.errors import DataRefused, Unknown
from coi.reports.archive import archive
from coi.services.documents import write_custody_record
from coi.services.label_ledger import TurnLabel, turn_label
from coi.services.labelling import newest_serial
from coi.services.looks import REASONS, look_at_patient
from coi.services.proofs import authenticate
from coi.services.reconciling import write_reconciliation
from coi.services.therapies import look
from coi.services.trail_reviews import reviews_of
from coi.services.verifying import verify_record
from coi.services.whole_record import SCHEMA, write_whole_record
from coi.store.entries import entries_of
from coi.store.tables import RECORD
from labels.template_reader import read_template
from tests.coi.reports.pages import squeezed, text_of
from tests.coi.web.browser import Browser
from tests.journeys.test_corrections import corrected
from tests.journeys.worlds import Databases, copy_of
from workflows.label_deeds import Deed
from workflows.label_life import LabelDeed

WHOLE = re.compile(
    r"[a-z ]+: .+\nuser name [a-z]+\n[A-Za-z ]+\n"
    r"\d{4}-\d\d-\d\d [\d:]{8} [+-]\d\d:\d\d \((\d{4}-\d\d-\d\d )?[\d:]{8} UTC\)"
)
"""Meaning and printed name; user name; role; the time of the place with its offset, and in UTC."""
LIVES = ("mixed up", "positive after infusion", "copied from paper", "out of specification")


@pytest.fixture(scope="module")
def performer(lives, migrated_file, tmp_path_factory):
    """The cast, in a world of therapies that went through a good deal; each test adds to it."""
    with copy_of(Databases(migrated_file), lives, tmp_path_factory.mktemp("taken")) as acting:
        yield acting


@pytest.fixture(scope="module")
def taken(performer):
    """Take the whole record of a therapy as quality assurance, or as somebody else."""

    def take(coi, username="queenie", why=""):
        by = authenticate(performer.installation, username, PASSWORD)
        return ZipFile(io.BytesIO(write_whole_record(performer.installation, by, coi, why)))

    return take


@pytest.fixture(scope="module")
def mixed_up(lives, taken):
    """The record of a therapy for which another one's bag was scanned."""
    return taken(lives.cois["mixed up"])


def record_in(file):
    """What is told for programs."""
    return json.loads(file.read("record.json"))


def sheet(file, name):
    """The rows of a table, each by its headings."""
    return [*csv.DictReader(io.StringIO(file.read(name).decode("utf-8-sig"), newline=""))]


def unpacked(file, folder):
    """The files where a shell finds them."""
    file.extractall(folder)
    return folder


def shell(command, folder):
    """What a command of the README prints; without this program."""
    done = subprocess.run(
        ["/bin/bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("life", LIVES)
def test_every_row_of_the_record_is_in_it(performer, lives, taken, life):
    """Table by table what the database has of this therapy, each column, in the form that it says.

    Of an entry all but what is taken along as the bytes that were hashed.
    """
    coi = lives.cois[life]
    file = taken(coi)
    tables = record_in(file)["tables"]

    def stored_in(tx, table):
        chain = table.c[{"chain": "id", "therapy": "coi"}.get(table.name, "chain")]
        beside = {"content", "signed"} if table.name == "entry" else set()
        columns = [one for one in table.c if one.name not in beside]
        return [dict(row) for row in tx.execute(select(*columns).where(chain == coi)).mappings()]

    named = [one for one in RECORD if "chain" in one.c or one.name in {"chain", "therapy"}]
    stored = performer.installation.read(lambda tx: {x.name: stored_in(tx, x) for x in named})
    told = {name: tables.get(name, []) for name in stored}
    assert {name: sorted(map(str, rows)) for name, rows in told.items()} == {
        name: sorted(map(str, rows)) for name, rows in stored.items()
    }
    assert all(told[name] for name in ("value", "move", "signature", "entry"))
    schema = json.loads(file.read("record.schema.json"))
    jsonschema.Draft202012Validator(schema).validate(record_in(file))


def test_its_form_is_a_json_schema_that_forbids_what_it_does_not_name():
    """So that nothing is added to the record without being described."""
    schema = json.loads(SCHEMA.read_text())

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False


def test_the_tables_have_a_row_for_each_row_of_the_record(mixed_up):
    """What is told in words is as much as what is stored."""
    tables = record_in(mixed_up)["tables"]

    for name, table in (
        *(("entries.csv", "entry"), ("signatures.csv", "signature"), ("values.csv", "value")),
        *(("label-turns.csv", "label_turn"), ("moves.csv", "move")),
        *(("subjects.csv", "subject"), ("lineage.csv", "lineage")),
    ):
        assert len(sheet(mixed_up, name)) == len(tables[table]), name
    assert len(sheet(mixed_up, "labels.csv")) == len(tables["label"]) + len(tables["wristband"])


def test_it_holds_the_bytes_that_were_hashed(performer, lives, mixed_up):
    """To the last byte, with their hashes beside them."""
    coi, file = lives.cois["mixed up"], mixed_up

    stored = performer.installation.read(lambda tx: [*entries_of(tx, coi)])
    told = record_in(file)["entries"]
    assert [[file.read(name).decode() for name in one["files"]] for one in told] == [
        [content, signed] for _hash, content, signed in stored
    ]
    assert [one["hash"] for one in told] == [hash_ for hash_, _content, _signed in stored]


def test_each_review_of_the_trail_lies_in_it(performer, lives, taken):
    """As it was hashed, with its whole signature and how far it reached; wherever it is read.

    It stands in the chain of a site, and nothing else of that chain is told (A11d-12.8, P11-50b).
    """
    coi = lives.cois["positive after infusion"]
    file = taken(coi)
    (stored,) = performer.installation.read(lambda tx: reviews_of(tx, coi))

    (told,) = record_in(file)["reviews"]
    assert [file.read(name).decode() for name in told["files"]] == [stored.content, stored.signed]
    assert told["content"]["document"]["entry"] == str(stored.read.entry)
    (row,) = sheet(file, "trail-reviews.csv")
    assert row["Reviewed up to entry"] == str(stored.read.entry)
    (signature,) = told["signatures"]
    assert row["As it is shown"] == "; ".join(signature["shown"])
    paper = squeezed(text_of(file.read("custody.pdf")))
    page = unescape(file.read("index.html").decode())
    assert all(squeezed(line) in paper and line in page for line in signature["shown"])
    assert f"#entry-{stored.read.entry}" in page.split('id="reviews"')[1].split("</section>")[0]
    trail = [one for one in sheet(file, "audit-trail.csv") if one["What"] == signature["meaning"]]
    assert [(one["By"], one["New"]) for one in trail] == [
        ("Quirin Quality", f"up to entry {stored.read.entry}")
    ]


def test_it_is_checked_with_the_commands_of_its_own_readme(mixed_up, tmp_path):
    """Without this program: the files, what was signed, the chain, a text, the definition."""
    folder, record = unpacked(mixed_up, tmp_path), record_in(mixed_up)
    entry = record["entries"][7]
    text = next(one for one in record["texts"] if "'" not in one["text"])
    readme = (folder / "README.txt").read_text()
    program, listed, signed, hashed, committed, _pictured = re.findall(
        r"^ {7}(\S.+)$", readme, re.MULTILINE
    )
    committed = committed.replace("SALT", text["salt"]).replace("TEXT", text["text"])

    assert shell(program, folder).startswith("HOLDS: ")
    assert set(re.findall(r": (\w+)$", shell(listed, folder), re.MULTILINE)) == {"OK"}
    assert shell(signed, folder).split()[0] == entry["content_hash"]
    assert shell(hashed, folder).split()[0] == entry["hash"]
    assert record["entries"][8]["content"]["previous"] == entry["hash"]
    assert shell(committed, folder).split()[0] == text["commitment"]
    (definition,) = record["workflow"]
    assert shell(f"sha256sum {definition['file']}", folder).split()[0] == definition["hash"]


def test_its_page_leads_to_files_that_lie_beside_it(mixed_up):
    """Each entry's bytes, the paper and the tables; and it tells what happened (A11d-12.9)."""
    page = mixed_up.read("index.html").decode()

    beside = {*re.findall(r'href="([^"#]+)"', page)}
    assert {"custody.pdf", "record.json", "entries/0007.signed.json"} <= beside
    assert beside <= {*mixed_up.namelist()}
    told = unescape(page)
    assert all(one["title"] in told for one in record_in(mixed_up)["entries"])
    assert all(line in told for line in record_in(mixed_up)["entries"][7]["signatures"][0]["shown"])


def test_other_programs_open_it(performer, lives, tmp_path):
    """The ZIP is whole, and the custody record in it is a PDF."""
    by = authenticate(performer.installation, "queenie", PASSWORD)
    content = write_whole_record(performer.installation, by, lives.cois["packed"])
    (tmp_path / "record.zip").write_bytes(content)

    assert "No errors detected" in shell("unzip -t record.zip", tmp_path)
    assert ZipFile(io.BytesIO(content)).read("custody.pdf").startswith(b"%PDF")


def test_nobody_else_is_in_it_but_as_its_own_entries_say(performer, lives, mixed_up):
    """Of another therapy a wrong scan tells, and nothing that stands in the other chain alone."""
    coi, file = lives.cois["mixed up"], mixed_up
    everything = "\n".join(
        file.read(name).decode("utf-8-sig") for name in file.namelist() if name != "custody.pdf"
    )

    def of_others(tx):
        for query in (
            "SELECT coi FROM therapy WHERE coi <> ?",
            "SELECT serial FROM label WHERE chain <> ?",
            "SELECT serial FROM wristband WHERE chain <> ?",
            "SELECT hash FROM entry WHERE chain <> ? AND kind <> 'site'",
        ):
            yield from tx.exec_driver_sql(query, (coi,)).scalars()

    others = performer.installation.read(lambda tx: {*of_others(tx)})
    entries = performer.installation.read(lambda tx: [text for _, text, _ in entries_of(tx, coi)])
    said = {one for one in others if any(one in text for text in entries)}
    assert {one for one in others if one in everything} == said
    assert said  # the bag that was mixed up, and its therapy


def test_it_does_not_say_who_the_patient_is(lives, taken):
    """Neither the files nor their names; of no patient at all (SEC-33)."""
    file = taken(lives.cois["positive after infusion"], "nina")

    everything = b"".join(file.read(name) for name in file.namelist()).decode(errors="replace")
    for patient in PATIENTS:
        for field in ("family_name", "birth_date", "medical_record_number"):
            assert patient[field] not in everything
    assert "identity.json" not in file.namelist()


def test_it_says_who_the_patient_is_to_who_asks_with_a_reason(performer, lives, taken):
    """That is a look like any other, which the file itself tells of."""
    file = taken(lives.cois["packed"], "nina", "investigation")

    identity = json.loads(file.read("identity.json"))
    assert identity == {**PATIENTS[0]}
    assert "WHO THE PATIENT IS" in file.read("README.txt").decode()
    (look,) = sheet(file, "identity-looks.csv")
    assert (look["By"], look["Why"]) == ("Nina Needle", "investigation")
    assert verify_record(performer.installation).holds


@pytest.mark.parametrize(
    ("username", "why", "error"),
    [("queenie", "chart", Unknown), ("nina", "curiosity", DataRefused)],
)
def test_it_names_the_patient_to_nobody_else(taken, lives, username, why, error):
    """Neither to who does not meet the patient, nor without a reason that there is."""
    assert why not in REASONS or username == "queenie"

    with pytest.raises(error):
        taken(lives.cois["packed"], username, why)


def test_each_copy_has_a_number_and_is_on_record(performer, lives, taken):
    """With the hash of its bytes; the next one tells of it, and of every other paper and look."""
    coi, installation = lives.cois["on hold"], performer.installation
    write_custody_record(installation, performer.proven["nina"], coi)
    write_reconciliation(installation, performer.proven["nina"], coi)
    look_at_patient(installation, performer.proven["nina"], coi, "chart")

    first, second = taken(coi), taken(coi)

    assert [record_in(one)["made"]["copy"] for one in (first, second)] == [1, 2]
    told = [(one["Kind"], one["Copy"], one["By"]) for one in sheet(second, "documents.csv")]
    assert told == [
        ("custody_record", "1", "Nina Needle"),
        ("label_reconciliation", "1", "Nina Needle"),
        ("whole_record", "1", "Queenie Quality"),
    ]
    whole = sheet(second, "documents.csv")[2]["SHA-256 of the document"]
    assert whole == sha256(first.fp.getvalue()).hexdigest()
    assert [one["Why"] for one in sheet(second, "identity-looks.csv")] == ["chart"]


def test_the_audit_trail_has_the_old_and_the_new_value_and_why(performer, lives, taken):
    """Of a correction; and who, in which role, when, and who signed for it (P11-10e, DI-03)."""
    coi = lives.cois["on hold"]
    play(performer, coi, [corrected("weight_kg", "46.5", reason="digits were exchanged")])

    rows = [one for one in sheet(taken(coi), "audit-trail.csv") if one["Of what"] == "Body weight"]

    assert [(one["Old"], one["New"], one["Why"]) for one in rows if one["Old"]] == [
        ("64.5 kg", "46.5 kg", "digits were exchanged")
    ]
    assert all(one["By"] and one["Role"] and one["Recorded at"] for one in rows)
    signatures = sheet(taken(coi), "signatures.csv")
    corrected_by = [one for one in signatures if one["Entry"] == rows[-1]["Entry"]]
    assert corrected_by
    assert all(one["Printed name"] in rows[-1]["Signed"] for one in corrected_by)
    assert all(one["Meaning"] in rows[-1]["Signed"] for one in corrected_by)


def test_what_became_of_a_label_is_told_with_who_when_and_why(performer, lives, taken):
    """By its table, in the audit trail, on its own line, and in the custody record (LB-02)."""
    coi, installation = lives.cois["packed"], performer.installation
    bag = next(s.id for s in look(installation, coi).subjects.values() if s.machine == "material")
    serial, why = newest_serial(installation, bag), "=It tore when it was peeled off"
    deed = Deed(LabelDeed.VOID, serial, why)
    asked = TurnLabel(coi, deed, "north-lab", "torn label")
    turn_label(installation, asked, performer.proven["leo"])

    file = taken(coi)

    turn = [one for one in sheet(file, "label-turns.csv") if one["Label"] == serial][-1]
    assert (turn["By"], turn["State after"], turn["Why"]) == ("Leo Lab", "voided", f"'{why}")
    assert turn["State before"] == "applied"
    line = next(one for one in sheet(file, "labels.csv") if one["Serial"] == serial)
    assert line["State now"] == "voided"
    trail = [one for one in sheet(file, "audit-trail.csv") if one["Thing"] == f"label {serial}"]
    assert [(one["Old"], one["New"]) for one in trail][-1] == ("applied", "voided")
    assert trail[-1]["Why"] == f"'{why}"
    told = squeezed(text_of(file.read("custody.pdf")))
    assert squeezed(f"Label {serial}: voided: {why}") in told
    assert squeezed("NOT ACCOUNTED FOR") in told
    assert verify_record(installation).holds


def test_refused_attempts_stand_in_the_audit_trail(mixed_up):
    """With each reason, in words."""
    rows = sheet(mixed_up, "audit-trail.csv")

    (refused,) = [one for one in rows if one["Of what"] == "refused"]
    assert refused["What"].startswith("REFUSED: ")
    assert refused["Why"].startswith("WRONG_THERAPY: ")


def test_another_hospitals_record_is_not_there(taken, lives):
    """As one that does not exist."""
    with pytest.raises(Unknown):
        taken(lives.cois["dispensed"], "nina")


def test_the_same_files_have_the_same_bytes():
    """No clock is in them."""
    files = {"b.txt": b"b", "a.txt": b"a"}

    content = archive(files)

    assert content == archive(files)
    assert ZipFile(io.BytesIO(content)).namelist() == ["b.txt", "a.txt", "MANIFEST.sha256"]


def test_the_templates_of_its_labels_lie_beside_them(mixed_up):
    """Each that a label names, and no other; its text says what was printed where."""
    told = record_in(mixed_up)
    named = {one["template"] for one in told["tables"]["label"]}

    texts = {one["sha256"]: mixed_up.read(one["file"]).decode() for one in told["label_templates"]}

    assert texts.keys() == named
    assert {read_template(text).sha256 for text in texts.values()} == named


@pytest.fixture(scope="module")
def browser(performer):
    """Somebody at the pages of that world."""
    found = Browser(create_app(performer.installation).test_client())
    assert found.sign_in("queenie").status_code == 302
    return found


def blocks_on(page):
    """The signatures of the entries on the page of a therapy, each as its lines on paper."""
    shown = re.findall(
        r'<ul class="signatures">(.*?)</ul>', page.partition('id="happened"')[2], re.DOTALL
    )
    return [
        [unescape(re.sub("<[^>]+>", "", line)).strip() for line in re.split("<br>|; ", one)]
        for several in reversed(shown)
        for one in re.findall(r"<li>(.*?)</li>", several, re.DOTALL)
    ]


@pytest.mark.parametrize("life", LIVES)
def test_a_signature_is_the_same_wherever_it_is_shown(life, lives, taken, browser):
    """On the page, on paper, in the table and for programs: whole, and word for word (11.50)."""
    coi = lives.cois[life]

    page = blocks_on(browser.get(f"/therapies/{coi}").text)
    file = taken(coi)
    told = [one["shown"] for e in record_in(file)["entries"] for one in e["signatures"]]
    rows = sheet(file, "signatures.csv")
    paper = text_of(file.read("custody.pdf"))

    assert page
    assert page == told == [row["As it is shown"].split("; ") for row in rows]
    assert all(" ".join(lines) in paper for lines in page)
    assert all(WHOLE.fullmatch("\n".join(lines)) for lines in page)
