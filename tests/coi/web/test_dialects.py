"""The page on which the QA of a site says which codes of others are read."""

import io
import re
from html import unescape

import pytest

from coi.demo.cast import PASSWORD
from coi.web.imports import RUNS
from tests.coi.web.test_imports import sealed_in
from tests.coi.web.test_scan_box import scan

ON = {"holds": "1", "licence": "ICCBBA W9999", "password": PASSWORD}
CODES = b"site,table,code,words\nworks,products,Z0001,Made-up cells\n"


@pytest.fixture
def queenie(someone):
    """The QA reviewer of the works, at the pages."""
    return someone("queenie")


def switch(browser, dialect="isbt128", site="works", **told):
    """Send the form of the page."""
    return browser.send(f"/dialects/{site}/{dialect}", page="/dialects", **(ON | told))


def test_a_site_reads_isbt128_once_its_qa_has_signed(queenie):
    """The page tells under which registration, who signed, and what it was before."""
    before = queenie.get("/dialects").text

    switch(queenie)
    on = queenie.get("/dialects").text
    switch(queenie, holds="0")

    assert "Read ISBT 128 no longer" not in before
    assert "ICCBBA W9999" in on
    assert "No table is imported" in on
    assert "What it was before (2)" in queenie.get("/dialects").text


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"password": "wrong"}, 401),
        ({"licence": " "}, 422),
        ({"site": "north"}, 403),
        ({"site": "nowhere"}, 404),
    ],
)
def test_what_is_not_signed_or_vouched_for_is_refused(queenie, told, status):
    """The reason stands on the page, and nothing is read that was not before."""
    answer = switch(queenie, **told)

    assert answer.status_code == status
    assert "Read ISBT 128 no longer" not in queenie.get("/dialects").text


def test_what_was_typed_stays_but_the_password(queenie):
    """Nobody types a registration twice."""
    page = switch(queenie, password="wrong").text

    assert 'value="ICCBBA W9999"' in page
    assert "wrong" not in re.findall(r'value="([^"]*)"', page)


def test_a_scanned_product_is_told_in_words_once_the_table_is_imported(queenie):
    """Checked first, signed with a password, and told by the scan box."""
    switch(queenie)
    at = "/imports/codes"
    checked = queenie.send(at, page=at, file=(io.BytesIO(CODES), "codes.csv"))
    sealed = sealed_in(checked.text)
    unsigned = queenie.send(f"{at}/now", page=at, sealed=sealed, password="wrong")
    began = queenie.send(f"{at}/now", page=at, sealed=sealed, password=PASSWORD)
    RUNS.known[began.location.rpartition("/")[2]].ended.wait(20)

    told = unescape(scan(queenie, "=<Z0001500").text)

    assert unsigned.status_code == 422
    assert "ISBT 128: product code (Made-up cells)" in told
    assert "1 code <span" in queenie.get("/dialects").text


def test_the_tables_are_erased_on_the_page(queenie):
    """With a password; they are offered to be erased as long as there are some."""
    switch(queenie)
    at, to = "/imports/codes", "/dialects/works/tables/erase"
    nothing = queenie.get("/dialects").text
    sealed = sealed_in(queenie.send(at, page=at, file=(io.BytesIO(CODES), "codes.csv")).text)
    began = queenie.send(f"{at}/now", page=at, sealed=sealed, password=PASSWORD)
    RUNS.known[began.location.rpartition("/")[2]].ended.wait(20)

    unsigned = queenie.send(to, page="/dialects", password="wrong")
    there = queenie.get("/dialects").text
    done = queenie.send(to, page="/dialects", password=PASSWORD)

    assert "Erase the tables" not in nothing
    assert (unsigned.status_code, done.status_code) == (401, 303)
    assert "Erase the tables (1)" in there
    assert "Erase the tables" not in queenie.get("/dialects").text
