"""The custody records of a list in one file: each a counted copy; one that fails stops no other."""

import io
import re
from hashlib import sha256
from zipfile import ZipFile

import pytest

from coi.services import custody_batch
from coi.services.drawing import NotPrinted
from tests.coi.reports.pages import text_of
from tests.coi.web.test_downtime_kits import documents

TOGETHER = "/exports/custody-records"


@pytest.fixture
def leo(someone):
    """Who works in the cell laboratory of the hospital."""
    return someone("leo")


def taken(browser, **told):
    """The files of the ZIP by their names."""
    answer = browser.send(TOGETHER, page="/?which=all", which="all", **told)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip"), answer.text
    with ZipFile(io.BytesIO(answer.data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def listed(browser):
    """The therapies of the list of all."""
    text = browser.get("/?which=all").text
    return re.findall(r'<th scope="row" role="rowheader"><a href="/therapies/([^"]+)"', text)


def test_each_therapy_of_the_list_has_its_record_in_it(leo, installation, lives):
    """As it is printed alone, with its number, and on record with its hash."""
    cois = listed(leo)

    files = taken(leo)

    assert [*files] == [*(f"custody-{coi}.pdf" for coi in cois), "MANIFEST.sha256"]
    assert f"custody-{lives.cois['dispensed']}.pdf" not in files
    for coi in cois:
        assert coi in text_of(files[f"custody-{coi}.pdf"])
    told = [one for one in documents(installation) if one["kind"] == "custody_record"]
    hashes = {sha256(content).hexdigest() for content in files.values()}
    assert {one["about"] for one in told} == {*cois}
    assert {one["sha256"] for one in told} <= hashes


def test_one_that_cannot_be_drawn_holds_up_no_other(leo, monkeypatch):
    """It stands in a file of its own, with the reason."""
    first, *others = listed(leo)
    draws = custody_batch.write_custody_record

    def fails(installation, by, coi):
        if coi == first:
            raise NotPrinted("TOO_LARGE", "It cannot be drawn.", "Call support.")
        return draws(installation, by, coi)

    monkeypatch.setattr(custody_batch, "write_custody_record", fails)
    files = taken(leo)

    assert f"custody-{first}.pdf" not in files
    assert {f"custody-{coi}.pdf" for coi in others} <= files.keys()
    told = files[custody_batch.NOT_DRAWN].decode()
    assert told.startswith(f"{first}: It cannot be drawn. Call support. (")


@pytest.mark.parametrize(("most", "told"), [(50, {"coi": "ZZZZ"}), (2, {})])
def test_an_empty_list_and_one_that_is_too_long_are_refused(
    leo, installation, monkeypatch, most, told
):
    """Nothing is drawn, and nothing is on record."""
    monkeypatch.setattr(custody_batch, "MOST", most)
    before = len(documents(installation))

    answer = leo.send(TOGETHER, page="/?which=all", which="all", **told)

    assert answer.status_code == 422
    assert len(documents(installation)) == before
