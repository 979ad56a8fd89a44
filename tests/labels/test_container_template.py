"""A site's own label of a container says all that the packaged ones say, in the same words."""

from dataclasses import replace

import pytest

from labels.container_template import STATEMENTS, faults_of_container
from labels.layout import Slot
from labels.templates import TEMPLATES
from workflows.labelled import CHOICES, OWN

TUBE = TEMPLATES["tube-label"]


def without(template, field):
    """The same template without the slots of a field."""
    return replace(template, slots=tuple(one for one in template.slots if one.asks != field))


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_every_packaged_label_of_a_container_could_be_a_sites_own(name):
    """The rules ask of nobody more than of ourselves."""
    assert list(faults_of_container(TEMPLATES[name])) == []


def test_no_packaged_template_has_the_name_of_a_sites_own():
    """So a newer program never takes the place of one that a site made."""
    assert [name for name in TEMPLATES if name.startswith(OWN)] == []


def test_what_is_no_label_of_a_container_says_so():
    """A badge of a person has no bag's symbol."""
    faults = list(faults_of_container(TEMPLATES["staff-badge"]))

    assert "symbols: none holds 'container', by which a bag is told at every step" in faults


def test_no_label_of_a_container_has_a_qr_code():
    """By that a scan tells a wristband from everything else (SEC-28)."""
    symbols = tuple(replace(one, kind="qr_code") for one in TUBE.symbols)

    faults = list(faults_of_container(replace(TUBE, symbols=symbols)))

    assert faults == ["symbols[0]: a QR code stands on wristbands alone"]


@pytest.mark.parametrize("field", ["autologous", "coi", "product", "serial", "storage"])
def test_what_must_be_said_can_be_left_out_in_no_way(field):
    """It is required, it has a place, and it is not left off."""
    unasked = replace(TUBE, required=tuple(one for one in TUBE.required if one != field))
    left_off = replace(TUBE, left_off=((field, "see the list"),))

    for template, place in [(unasked, "required"), (left_off, "left_off")]:
        assert [one for one in faults_of_container(template) if one.startswith(place)] != []


@pytest.mark.parametrize("field", ["biohazard", "demonstration", "lot", "volume", "expires_at"])
def test_what_a_bag_may_have_to_say_has_a_place(field):
    """Else a bag would be refused its label only once there is something to say."""
    faults = [*faults_of_container(without(TUBE, field))]

    assert faults == [f"slots: '{field}' has no place: print it, or let it accompany the label"]


def test_a_caption_is_no_place_for_a_text():
    """“Volume” alone does not say how much."""
    said = Slot(when="volume", say="Volume", x_mm=40.5, y_mm=19.3, width_mm=9, size_pt=5.5)
    template = without(TUBE, "volume")

    faults = [*faults_of_container(replace(template, slots=(*template.slots, said)))]

    assert [one for one in faults if "'volume' has no place" in one] != []


@pytest.mark.parametrize("field", sorted(STATEMENTS))
def test_a_statement_is_made_in_no_other_words(field):
    """Who reads SAFE where BIOHAZARD is to stand is told something wrong."""
    slot = Slot(when=field, say="SAFE", x_mm=2, y_mm=2, width_mm=9, size_pt=6)
    as_text = replace(slot, field=field, when="", say="")

    for other in (slot, as_text):
        found = [*faults_of_container(replace(TUBE, slots=(*TUBE.slots, other)))]
        assert len(found) == 1
        assert "is said in these words" in found[0]


@pytest.mark.parametrize("field", ["biohazard", "demonstration", "expires_at"])
def test_what_every_label_says_accompanies_none(field):
    """On a sheet beside it nobody would see it."""
    template = replace(without(TUBE, field), accompanying=(*TUBE.accompanying, field))

    assert [*faults_of_container(template)] == [
        f"accompanying: '{field}' has a place on every label"
    ]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("expires_at", "31 DEC 2099"),
        ("reactive", "none"),
        ("container", "1 of 1"),
        ("dose", "5 mL"),
        ("biohazard", "see sheet"),
    ],
)
def test_what_is_not_printed_has_no_other_words_in_its_place(field, words):
    """Who reads them would take them for what is on record."""
    template = replace(TUBE, left_off=(*TUBE.left_off, (field, words)))

    assert [*faults_of_container(template)] == [f"left_off: '{field}' is never left off"]


def test_what_is_left_off_is_said_in_the_words_of_the_packaged_labels():
    """Which say where it stands, and not what it might be."""
    template = replace(TUBE, left_off=(("lot", "LOT 1"), ("donation", "see sheet")))

    assert [*faults_of_container(template)] == [
        "left_off: in the place of 'lot' stands “lot see accompanying sheet”"
    ]


def test_what_nobody_knows_of_a_container_is_refused_wherever_it_stands():
    """A field, a symbol and an accompanying text that no step fills in."""
    symbol = replace(TUBE.symbols[0], payload="wristband")
    slot = replace(TUBE.slots[0], field="blood_group")
    template = replace(
        TUBE,
        symbols=(*TUBE.symbols, symbol),
        slots=(*TUBE.slots, slot),
        accompanying=(*TUBE.accompanying, "hair_colour"),
    )

    faults = " ".join(faults_of_container(template))

    assert "symbols[1]: 'wristband' is none of" in faults
    assert f"slots[{len(TUBE.slots)}]: nothing is known of 'blood_group'" in faults
    assert "accompanying: nothing is known of 'hair_colour'" in faults
