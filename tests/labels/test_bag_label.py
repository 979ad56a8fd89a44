"""A bag label, printed and read again, says what it was given and nothing else."""

import subprocess
import sys
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from labels.bag_label import Warnings
from labels.bag_label import bag_label as content_of
from labels.codes.donations import Din
from labels.codes.scans import Dialects, IsbtTables, read_scan
from labels.errors import CannotPrint, DoesNotFit
from labels.identifiers import CROCKFORD, Coi, bag_payload, issue_serial, parse_scan
from labels.templates import TEMPLATES
from tests.labels.builders import a_bag_label, a_coi, a_draw, a_full_label, a_serial
from tests.labels.printing import bag_label
from tests.labels.reading import read

ROOT = Path(__file__).parents[2]


def test_its_symbols_are_read_back_as_serial_and_coi():
    """The Data Matrix names this label and this therapy, the bars name this label."""
    label = read(bag_label(a_bag_label()))

    scans = {symbology: parse_scan(text) for symbology, text in label.symbols}
    assert (scans["]d1"].serial, scans["]d1"].coi) == (a_serial(), a_coi())
    assert (scans["]C0"].serial, scans["]C0"].coi) == (a_serial(), None)
    assert len(label.symbols) == 2


def test_it_says_all_that_it_was_given():
    """Every value stands on the label in words."""
    label = read(bag_label(a_bag_label(warnings=Warnings(not_evaluated=True), demonstration=True)))

    assert label.text == (
        "Chain of identity (COI) M9S3-46Q3D25V-A "
        f"Label serial {a_serial().text} Container 1 of 3 Volume 68 mL "
        "Autologous CD19 CAR-T cells Cryopreserved T cells, 5 % DMSO "
        "Made 2026-11-22 14:05 +01:00 Expires 2027-11-22 23:59 +00:00 "
        "Storage ≤ \N{MINUS SIGN}150 °C, vapour phase of liquid nitrogen "
        "Lot LOT-2026-0042, attempt 2 From Example Cell Centre, Example City "
        "FOR AUTOLOGOUS USE ONLY NOT EVALUATED FOR INFECTIOUS SUBSTANCES NOT FOR CLINICAL USE"
    )


def test_it_is_100_by_50_mm():
    """The page is the size of the label."""
    assert read(bag_label(a_bag_label())).size_mm == (100, 50)


def test_what_is_not_known_leaves_no_caption():
    """Without lot, attempt and expiry the label does not speak of them, nor of warnings untold."""
    text = read(bag_label(a_bag_label(lot="", attempt=None, expires_at=None))).text

    assert "Lot" not in text
    assert "Expires" not in text
    assert "NOT EVALUATED" not in text
    assert "NOT FOR CLINICAL USE" not in text


def test_for_autologous_use_only_is_always_there():
    """No bag label is printed without the statement of whom it is for."""
    assert "FOR AUTOLOGOUS USE ONLY" in read(bag_label(a_bag_label())).text


def test_a_collection_says_when_it_was_collected():
    """The time's caption says whether the cells were collected or made."""
    label = a_bag_label(origin="Collected", lot="", attempt=None)

    assert "Collected 2026-11-22 14:05 +01:00" in read(bag_label(label)).text


def test_an_attempt_is_printed_without_a_lot():
    """A manufacturing attempt is named even before the lot has a number."""
    assert "Lot attempt 2" in read(bag_label(a_bag_label(lot=""))).text


@pytest.mark.parametrize("text", ["O'Brien <b>", "Łukasiewicz Zoë", "&lt;&amp; %s {0}"])
def test_text_is_printed_as_it_is(text):
    """Names of people and what looks like markup are printed letter by letter."""
    label = read(bag_label(a_bag_label(product=text, establishment=text)))

    assert label.text.count(text) == 2
    assert len(label.symbols) == 2


@pytest.mark.parametrize(
    "field", ["product", "component", "storage", "establishment", "volume", "lot"]
)
def test_too_long_a_text_is_refused(field):
    """500 characters in any field are refused, naming the field; nothing is clipped."""
    with pytest.raises(DoesNotFit) as caught:
        bag_label(a_bag_label(**{field: "x" * 500}))

    assert caught.value.field == field
    assert caught.value.text.startswith("x" * 500)


@pytest.mark.parametrize(
    "field", ["product", "component", "storage", "establishment", "volume", "lot"]
)
def test_a_direction_override_is_refused(field):
    """A character that turns the reading direction is refused in every field."""
    with pytest.raises(CannotPrint) as caught:
        bag_label(a_bag_label(**{field: "abc\u202edef"}))

    assert caught.value.code == "CONTROL_CHARACTERS"


@pytest.mark.parametrize("field", ["product", "component", "storage", "establishment", "volume"])
def test_an_empty_text_is_refused(field):
    """What a bag must say cannot be left out."""
    with pytest.raises(CannotPrint) as caught:
        bag_label(a_bag_label(**{field: ""}))

    assert caught.value.code == "EMPTY"


@pytest.mark.parametrize("count", [(0, 3), (4, 3), (1, 0), (-1, 3)])
def test_a_container_outside_its_count_is_refused(count):
    """There is no container 4 of 3."""
    container, containers = count

    with pytest.raises(CannotPrint) as caught:
        bag_label(a_bag_label(container=container, containers=containers))

    assert caught.value.code == "NO_SUCH_CONTAINER"


def test_a_serial_of_another_kind_is_refused():
    """A wristband's serial never stands on a bag."""
    with pytest.raises(CannotPrint) as caught:
        bag_label(a_bag_label(serial=a_serial("W")))

    assert caught.value.code == "WRONG_KIND"


def test_a_time_without_zone_is_refused():
    """An expiry without a zone is refused."""
    with pytest.raises(CannotPrint) as caught:
        bag_label(a_bag_label(expires_at=datetime(2027, 1, 1)))  # noqa: DTZ001 - the fault itself

    assert caught.value.field == "expires_at"


def test_the_same_label_is_the_same_bytes():
    """The same input gives byte for byte the same PDF, whatever was printed between."""
    first = bag_label(a_bag_label())
    bag_label(a_bag_label(product="Another"))

    assert bag_label(a_bag_label()) == first


def test_another_process_gives_the_same_bytes():
    """A label is the same bytes after a restart."""
    program = (
        "from hashlib import sha256; from tests.labels.printing import bag_label;"
        "from tests.labels.builders import a_bag_label;"
        "print(sha256(bag_label(a_bag_label())).hexdigest())"
    )

    there = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True
    )

    assert there.stdout.decode().strip() == sha256(bag_label(a_bag_label())).hexdigest()


@pytest.mark.parametrize("seed", range(12))
def test_any_issued_code_fits_and_is_read_back(seed):
    """Whatever is drawn, its symbol fits its place and is read back."""
    serial = issue_serial("B", "M9S3", a_draw(seed))

    label = read(bag_label(a_bag_label(serial=serial)))

    assert ("]d1", bag_payload(serial, a_coi())) in label.symbols


@pytest.mark.parametrize("character", CROCKFORD)
def test_the_widest_codes_fit(character):
    """A COI of the widest letters fits as well as one of the narrowest."""
    coi = _a_coi_of(character)

    # It is read back, or refused.
    assert bag_label(a_bag_label(coi=coi))


def _a_coi_of(character: str) -> Coi:
    for last in CROCKFORD:
        try:
            return Coi(character * 4, character * 7 + last)
        except ValueError:
            continue
    raise AssertionError


def test_a_donation_number_is_printed_as_isbt_128_has_it():
    """Its bars are read as the number that stands beside them, whatever its flags."""
    content = a_full_label("bag-label-isbt")

    read = read_scan(f"]C0{content.payloads['donation']}", Dialects(isbt128=IsbtTables()))

    assert read.one(Din).text == content.texts["donation"] == "A9999 26 123456 T"


@pytest.mark.parametrize("donation", ["DN-17", "A9999 26 123456", "A9999 26 123456 X"])
def test_another_donation_number_has_no_such_bars(donation):
    """One of another scheme, without its check character, or with a wrong one: another label."""
    label = a_bag_label(donations=(donation,))

    with pytest.raises(CannotPrint, match="donation number") as caught:
        content_of(label, TEMPLATES["bag-label-isbt"])

    assert caught.value.field == "donation"


def test_everything_that_can_react_is_named_beside_every_other_statement():
    """Five tests that reacted, and all that else is stated, have room on the label of a bag."""
    told = "HIV, HBV, HCV, Syphilis, HTLV"
    warnings = Warnings(
        not_evaluated=True, reactive=told, do_not_irradiate=True, no_leukoreducing_filter=True
    )

    label = read(bag_label(a_bag_label(warnings=warnings, demonstration=True)))

    assert f"WARNING: Reactive test results for {told}" in label.text
