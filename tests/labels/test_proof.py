"""A label that does not read as it was given is not offered; the refusal names what differs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256

import pytest

from labels.bag_label import bag_label
from labels.content import Content
from labels.drawing import drawing_of
from labels.errors import CannotPrint, DoesNotFit
from labels.identifiers import Serial, bag_payload
from labels.pdf import pdf_of
from labels.proof import proven, require_as_given, require_as_sent
from labels.templates import TEMPLATES
from labels.wristband import wristband
from tests.labels.builders import a_bag_label, a_coi, a_full_label, a_wristband


def a_label(**texts: str) -> Content:
    """Give what a bag's label says, with some texts of it changed."""
    content = bag_label(a_bag_label())
    return replace(content, texts={**content.texts, **texts})


def differing(given: Content, drawn: Content) -> str:
    """Draw one label and prove it as another; give the field that is named."""
    with pytest.raises(CannotPrint) as caught:
        require_as_given(given, pdf_of(drawing_of(drawn)), 300)
    assert caught.value.code == "NOT_READ_BACK"
    return caught.value.field


def test_what_was_drawn_right_is_offered():
    """Page and commands are given with their hashes and that of the template."""
    label = proven(a_label())

    assert label.pdf_sha256 == sha256(label.pdf).hexdigest()
    assert label.zpl_sha256 == sha256(label.zpl).hexdigest()
    assert label.template_sha256 == TEMPLATES["bag-label"].sha256
    assert label.left_off == {}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("product", "Autologous CD19 CAR-T cell"),
        ("component", "Cryopreserved T cells, 6 % DMSO"),
        ("expires_at", "2027-11-23 23:59 +00:00"),
        ("serial", "B-M9S3-7KFT02XJ-C"),
        ("not_evaluated", "yes"),
        ("lot", ""),
    ],
)
def test_a_text_that_differs_is_found(field, text):
    """One letter, one digit, a statement too many, a line too few: the field is named."""
    assert differing(a_label(), a_label(**{field: text})) == field


def test_a_text_that_was_not_drawn_is_found():
    """A drawing that forgets a statement does not vouch for itself."""
    content = a_label()
    drawing = drawing_of(content)
    kept = tuple(text for text in drawing.texts if text.slot.asks != "autologous")

    with pytest.raises(CannotPrint) as caught:
        require_as_given(content, pdf_of(replace(drawing, texts=kept)), 300)

    assert caught.value.field == "autologous"


def test_a_letter_beside_every_slot_is_found():
    """Nothing may stand on a label that nobody gave."""
    content = a_label()
    drawing = drawing_of(content)
    text = next(text for text in drawing.texts if text.slot.field == "coi")
    stray = replace(text, slot=replace(text.slot, y_mm=text.slot.y_mm - 1))

    with pytest.raises(CannotPrint) as caught:
        require_as_given(content, pdf_of(replace(drawing, texts=(*drawing.texts, stray))), 300)

    assert caught.value.field == "text"


def test_a_symbol_that_differs_is_found():
    """The symbol of another bag under the words of this one is the mix-up itself."""
    other = bag_label(a_bag_label(serial=Serial("B", "M9S3", "8KFT02XH")))
    content = a_label()
    mixed = {**content.payloads, "container": other.payloads["container"]}

    assert differing(content, replace(content, payloads=mixed)) == "container"


def test_bars_that_differ_are_found():
    """So are the bars."""
    other = bag_label(a_bag_label(serial=Serial("B", "M9S3", "8KFT02XH")))
    content = a_label()
    mixed = {**content.payloads, "serial": other.payloads["serial"]}

    assert differing(content, replace(content, payloads=mixed)) == "serial"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (b"^FDB", b"^FDC", "symbol"),
        (b"^XZ", b"^XZ^XA^XZ", "commands"),
        (b"^PQ1", b"^PQ2", "commands"),
        (b"^FH_^FD", b"^CC+^FD", "commands"),
    ],
)
def test_commands_that_print_anything_else_are_found(old, new, field):
    """What is sent to a printer is read once more before it is offered."""
    content = a_label()
    raster = require_as_given(content, proven(content).pdf, 300)
    zpl = proven(content).zpl

    with pytest.raises(CannotPrint) as caught:
        require_as_sent(content, zpl.replace(old, new, 1), raster, 300)

    assert caught.value.field == field


def test_one_wrong_dot_is_found():
    """The words on their way to a printer are the dots of the page that was read."""
    content = a_label()
    label = proven(content)
    raster = require_as_given(content, label.pdf, 300)
    head, graphic, rest = label.zpl.partition(b"^GFA,")

    with pytest.raises(CannotPrint) as caught:
        require_as_sent(content, head + graphic + rest.replace(b"F", b"E", 1), raster, 300)

    assert caught.value.field == "text"


def test_the_same_label_is_the_same_bytes():
    """The same input gives byte for byte the same page and the same commands."""
    first = proven(a_full_label("bag-label"), 203)
    proven(a_label(product="Another"))

    assert proven(a_full_label("bag-label"), 203) == first


def test_labels_of_several_threads_do_not_mix():
    """Each reads as it was given, and is the bytes that it is alone."""
    names = ["Łukasiewicz, Zoë", "Ὀδυσσεύς, Ἄννα", "Nguyễn, Thị Ánh", "Ångström, Ñuño"] * 3
    bands = [wristband(a_wristband(patient_name=name)) for name in names]
    alone = [proven(band).pdf for band in bands]

    with ThreadPoolExecutor(4) as threads:
        together = [label.pdf for label in threads.map(proven, bands)]

    assert together == alone


def test_a_code_that_is_too_long_for_its_room_is_refused():
    """Modules are never made smaller: a scanner might not read them any more."""
    content = a_label()

    with pytest.raises(DoesNotFit) as caught:
        proven(replace(content, payloads={**content.payloads, "container": "A" * 60}))

    assert caught.value.field == "container"


def test_what_has_no_place_is_refused():
    """A warning that the label cannot show is no warning: another label must be chosen."""
    with pytest.raises(CannotPrint) as caught:
        proven(a_label(do_not_thaw="yes"))

    assert (caught.value.field, caught.value.code) == ("do_not_thaw", "NO_PLACE")


def test_a_code_without_its_place_is_refused():
    """Every payload has its symbol, and every symbol its payload."""
    content = a_label()

    for payloads in (
        {},
        {**content.payloads, "more": bag_payload(Serial("B", "M9S3", "8KFT02XH"), a_coi())},
    ):
        with pytest.raises(CannotPrint):
            proven(replace(content, payloads=payloads))


def test_what_goes_on_the_sheet_is_told():
    """What a small label leaves to its tie tag is named, so that nobody has to remember it."""
    label = proven(a_full_label("bag-label-51x25"))

    assert label.left_off["reactive"] == "ACCOMPANYING"
    assert "lot" not in label.left_off


def test_a_name_is_printed_exactly_or_left_off():
    """Latin, Greek and Cyrillic names are printed, each letter of them."""
    names = ["Łukasiewicz, Zoë", "Ὀδυσσεύς, Ἄννα", "Иванова, Наталья", "Nguyễn, Thị Ánh"]

    assert all(not proven(wristband(a_wristband(patient_name=name))).left_off for name in names)
