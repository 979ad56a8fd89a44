"""Which screens a step has: in which order things are asked for."""

from coi.services.errand import Errand, Part, Read
from coi.services.forms import ORDER, WRISTBAND, Form
from coi.services.screens import Scene
from tests import cast
from tests.builders import a_shipment, a_therapy, a_workflow, facts

OPENED = a_shipment(holder="cell-lab")


def scene_of(*scans, reads=()):
    """An opening for which these are scanned before the shipment, so far as it was read."""
    action = a_workflow().actions["unpack"]
    form = Form(
        action=action,
        scans=(*scans, "the label of the shipment", "the label of everything that is inside"),
        things=(),
        blanks=(),
        born=(),
        is_sent=False,
        identifies=False,
        signatures=(),
        turns={},
        opens={"shipment": "shipment"},
    )
    told = facts(a_therapy("released"), OPENED)
    part = Part("leo", "P-1", "S-1", done=tuple(one.screen for one in reads), reads=reads)
    errand = Errand(
        "E-1", cast.COI_A, action.name, "cell-lab", "P-1", "S-1", cast.NOW, parts=(part,)
    )
    return Scene(
        errand=errand,
        therapy=told.therapy,
        workflow=a_workflow(),
        subjects=told.subjects,
        unit=cast.CELL_LAB,
        form=form,
        sites=frozenset(),
        now=cast.NOW,
    )


def names(scene):
    """The names of the screens, in their order."""
    return [one.name for one in scene.screens]


def test_an_opening_asks_for_the_package_and_then_for_what_is_in_it():
    """Nothing else is scanned."""
    assert names(scene_of())[:3] == ["layer", "things", "read_back"]


def test_an_opening_asks_for_the_order_and_the_wristband_where_its_definition_does():
    """A step that needs them and never asked for them could not be taken on its page."""
    asked = names(scene_of(ORDER, WRISTBAND))

    assert asked[:4] == ["order", "wristband", "layer", "things"]


def test_whoever_types_what_is_opened_is_not_believed_alone():
    """The order is printed for everybody; the labels are named on the screen of the opening."""
    order = Read("order", cast.COI_A, "scanned", "page", "the order")

    assert not scene_of(ORDER).is_read_by_two
    assert scene_of(ORDER, reads=(order,)).is_read_by_two
    assert scene_of().is_read_by_two
