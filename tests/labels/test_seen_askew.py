"""What a camera reads of our labels, and what not: from aside, not sharp, around an arm.

By the decoder of which the browser's reader is made; the browser itself reads a few of these in
`tests/browser/test_camera.py`.
"""

import pytest
import zxingcpp

from labels.bag_label import bag_label
from labels.templates import TEMPLATES
from labels.wristband import wristband
from tests.browser.camera import Lying, scene_of
from tests.labels.builders import a_bag_label, a_wristband

SHARP, UNSHARP, SMEARED = 0.8, 1.2, 2.0
"""Pixels over which an edge is smeared; a bar of our narrowest is three and a half broad."""

BAG = bag_label(a_bag_label())
SMALL = bag_label(a_bag_label(), TEMPLATES["bag-label-51x25"])
BAND = wristband(a_wristband())
TWO_DIMENSIONS = {
    "the Data Matrix of a bag": (BAG, "container"),
    "the Data Matrix of a small label": (SMALL, "container"),
    "the QR code of a wristband": (BAND, "serial"),
}
ANGLES = [{"aside": 30}, {"above": 30}, {"aside": -25, "above": 25}]


def seen(lying, unsharp):
    """What is read of a label, symbol by symbol."""
    return {one.text for one in zxingcpp.read_barcodes(scene_of([lying], unsharp))}


def said(content, payload):
    """What a symbol says."""
    told = content.payloads[payload]
    return getattr(told, "text", told)


@pytest.mark.parametrize("angle", ANGLES, ids=str)
@pytest.mark.parametrize("what", TWO_DIMENSIONS)
def test_a_symbol_of_two_dimensions_is_read_from_aside_and_not_sharp(what, angle):
    """From thirty degrees, turned by four, and an edge smeared over more than a pixel."""
    content, payload = TWO_DIMENSIONS[what]

    assert said(content, payload) in seen(Lying(content, payload, **angle), UNSHARP)


@pytest.mark.parametrize("radius", [15, 20, 30])
def test_a_wristband_is_read_around_an_arm(radius):
    """Of a newborn, of a child, of an adult: the band lies around it, and the code in front."""
    worn = Lying(BAND, "serial", lean=0, around_mm=radius, aside=20)

    assert said(BAND, "serial") in seen(worn, UNSHARP)


@pytest.mark.parametrize("angle", [{"aside": 30}, {"above": 30}], ids=str)
def test_a_linear_code_is_read_from_aside_while_it_is_sharp(angle):
    """Its bars are the narrowest of all."""
    assert said(BAG, "serial") in seen(Lying(BAG, "serial", **angle), SHARP)


@pytest.mark.parametrize("unsharp", [UNSHARP, SMEARED])
def test_a_linear_code_that_is_smeared_is_not_read_and_never_read_wrongly(unsharp):
    """From aside nothing comes of it, rather than another serial: there is the Data Matrix."""
    found = seen(Lying(BAG, "serial", aside=25), unsharp)

    assert said(BAG, "serial") not in found
    assert found <= {said(BAG, name) for name in BAG.payloads}
