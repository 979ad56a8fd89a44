"""Tables of codes that a licensed site brings: signed for, kept apart, and told in words.

All codes and words in here are made up.
"""

import pytest

from coi.errors import DataRefused, Unknown
from coi.services.code_erasing import erase_codes
from coi.services.decoding import content_of_text
from coi.services.dialects import Switch, switch_dialect
from coi.services.imports import take_in
from coi.services.proofs import NotAllowed, Proven, person_of
from coi.services.reading_codes import dialects_for
from coi.services.taking_in import Asked, NotSigned
from coi.store.entries import entry_text
from coi.store.facts import dialects, head
from labels.codes.scans import IsbtTables, read_scan
from labels.codes.words import named_by
from tests.journeys.worlds import verdict_of

CODES = (
    "site,table,code,words\n"
    "works,products,Z0001,Made-up cells\n"
    "works,collections,5,Made-up way\n"
    "works,facilities,A9999,Made-up centre\n"
    "works,orders,035,034 032 001 004\n"
    "works,bands,01,wristband\n"
)
WORDS = "SELECT text FROM erasable"
PRODUCT = "=<Z0001500"
ON = Switch(site="works", dialect="isbt128", licence="ICCBBA W9999")


@pytest.fixture
def queenie(clinic):
    """A QA reviewer of the works, which reads ISBT 128."""
    queenie = clinic.hire("queenie", ("qa_reviewer", "works-production"))
    switch_dialect(clinic.installation, queenie, ON)
    return queenie


def imported(clinic, by, text, **told):
    """Import tables of codes."""
    return take_in(clinic.installation, "codes", Asked(by, text.encode(), **told))


def read_by(clinic, username):
    """What the sites read of somebody."""
    return clinic.installation.read(lambda tx: dialects_for(tx, person_of(tx, username).person))


def newest(clinic):
    """What the newest entry of the organisation's chain says."""
    chain = "site:organisation"

    def read(tx):
        return content_of_text(entry_text(tx, chain, head(tx, chain).seq)[1])

    return clinic.installation.read(read)


def length(clinic):
    """How many entries the organisation's chain has."""
    return clinic.installation.read(lambda tx: head(tx, "site:organisation").seq)


def test_a_scanned_product_is_told_in_the_words_of_the_site(clinic, queenie):
    """By whoever works there, and by nobody else; the record with it is whole."""
    imported(clinic, queenie, CODES)

    told = read_by(clinic, "queenie")

    words = named_by(read_scan(PRODUCT, told), told.isbt128)
    assert words == "ISBT 128: product code (Made-up cells; Made-up way)"
    assert (told.isbt128.orders["035"], told.isbt128.bands) == (
        ("034", "032", "001", "004"),
        frozenset({"01"}),
    )
    assert read_by(clinic, "carla").isbt128 is None
    assert verdict_of(clinic.installation).findings == ()


def test_a_check_keeps_nothing(clinic, queenie):
    """It tells of each row what would become of it."""
    outcome = imported(clinic, queenie, CODES, dry_run=True)

    assert {row.told[-1] for row in outcome.rows} == {"new"}
    assert read_by(clinic, "queenie").isbt128 == IsbtTables()


def test_a_table_takes_the_place_of_the_one_before(clinic, queenie):
    """As a whole: what the file does not name is gone, and said to be; other tables stay."""
    imported(clinic, queenie, CODES)

    outcome = imported(clinic, queenie, "site,table,code,words\nworks,products,Z0002,Other cells\n")

    tables = read_by(clinic, "queenie").isbt128
    assert (tables.products, tables.facilities) == (
        {"Z0002": "Other cells"},
        {"A9999": "Made-up centre"},
    )
    assert "Dropped, since they are not in it: 1 of the codes before." in outcome.read_as


def test_what_is_there_already_is_not_recorded_again(clinic, queenie):
    """Neither under the same key nor under another one."""
    imported(clinic, queenie, CODES, key="first")
    before = length(clinic)

    imported(clinic, queenie, CODES, key="first")
    outcome = imported(clinic, queenie, CODES, key="second")

    assert {row.told[-1] for row in outcome.rows} == {"there already"}
    assert length(clinic) == before


def test_the_words_are_in_no_entry(clinic, queenie):
    """They are another's, under a licence that may end: the record commits to them alone."""
    imported(clinic, queenie, CODES)

    told = clinic.installation.read(dialects)

    assert len(told["works", "isbt128:products"]) == 64
    assert told["works", "isbt128"] == "ICCBBA W9999"


def test_whoever_has_typed_no_password_imports_nothing(clinic, queenie):
    """A session signs nothing."""
    with pytest.raises(NotSigned):
        imported(clinic, Proven(*queenie.account), CODES)


def test_everything_that_is_wrong_is_told_at_once(clinic, queenie):
    """By line and column, and nothing is kept."""
    wrong = (
        "site,table,code,words\n"
        "north,products,Z0001,cells\n"
        "works,things,Z0001,cells\n"
        "works,products,Z001,\n"
        "works,orders,000,001\n"
        "works,orders,035,1 2\n"
        "works,bands,01,wristband\n"
        "works,bands,01,wrist\n"
    )

    with pytest.raises(DataRefused) as refused:
        imported(clinic, queenie, wrong)

    assert [(one.line, one.column) for one in refused.value.problems] == [
        (2, "site"),
        (3, "table"),
        (4, "code"),
        (4, "words"),
        (5, "code"),
        (6, "words"),
        (8, "code"),
    ]
    assert read_by(clinic, "queenie").isbt128 == IsbtTables()


def test_a_site_that_reads_no_isbt128_has_no_table(clinic, queenie):
    """Its QA confirms the licence first (LB-12)."""
    off = Switch(site="works", dialect="isbt128", licence="ICCBBA W9999", holds=False)
    switch_dialect(clinic.installation, queenie, off)

    with pytest.raises(DataRefused, match="confirms the licence first"):
        imported(clinic, queenie, CODES)


def test_a_table_is_read_once_for_each_version(clinic, queenie):
    """A code that is none is told at once; what is imported is read from then on."""
    imported(clinic, queenie, CODES)
    first, again = (read_by(clinic, "queenie").isbt128 for _ in range(2))

    imported(clinic, queenie, "site,table,code,words\nworks,products,Z0002,Other cells\n")
    newer, as_new = (read_by(clinic, "queenie").isbt128 for _ in range(2))

    assert (again is first, as_new is newer, newer is first) == (True, True, False)
    assert (first.products, newer.products) == (
        {"Z0001": "Made-up cells"},
        {"Z0002": "Other cells"},
    )


def test_the_tables_of_a_site_are_erased_for_good(clinic, queenie):
    """Replaced ones too, and what was read of them; the record says who, and is whole."""
    imported(clinic, queenie, CODES)
    imported(clinic, queenie, "site,table,code,words\nworks,products,Z0002,Other cells\n")
    before = read_by(clinic, "queenie").isbt128

    gone = erase_codes(clinic.installation, queenie, "works")
    after = read_by(clinic, "queenie").isbt128
    again = erase_codes(clinic.installation, queenie, "works")

    assert (before.products, after) == ({"Z0002": "Other cells"}, IsbtTables())
    assert (gone, again) == (5, 0)
    kept = clinic.installation.read(lambda tx: tx.exec_driver_sql(WORDS).scalars().all())
    assert not [text for text in kept if "cells" in text]
    assert newest(clinic)["action"] == "erase_code_tables"
    assert verdict_of(clinic.installation).findings == ()


def test_only_the_qa_of_a_site_erases_its_tables(clinic, queenie):
    """Neither another site's, nor the administrator; and of no site that there is not."""
    imported(clinic, queenie, CODES)
    nora = clinic.hire("nora", ("qa_reviewer", "north-ward"))

    for by, site, error in (
        (nora, "works", NotAllowed),
        (clinic.root, "works", NotAllowed),
        (queenie, "nowhere", Unknown),
    ):
        with pytest.raises(error):
            erase_codes(clinic.installation, by, site)

    assert read_by(clinic, "queenie").isbt128.products == {"Z0001": "Made-up cells"}


def test_what_is_erased_can_be_imported_anew(clinic, queenie):
    """Under another licence, say: it is new then."""
    imported(clinic, queenie, CODES)
    erase_codes(clinic.installation, queenie, "works")

    outcome = imported(clinic, queenie, CODES, key="anew")

    assert {row.told[-1] for row in outcome.rows} == {"new"}
    assert read_by(clinic, "queenie").isbt128.products == {"Z0001": "Made-up cells"}
