"""Labels as PDF, drawn and read back the one way that there is."""

from labels import bag_label as bags
from labels import location_label as locations
from labels import wristband as bands
from labels.bag_label import BagLabel
from labels.location_label import LocationLabel
from labels.proof import proven
from labels.wristband import Wristband


def bag_label(label: BagLabel) -> bytes:
    """Give the label of a bag as PDF."""
    return proven(bags.bag_label(label)).pdf


def location_label(label: LocationLabel) -> bytes:
    """Give the label of a place as PDF."""
    return proven(locations.location_label(label)).pdf


def wristband(band: Wristband) -> bytes:
    """Give a wristband as PDF."""
    return proven(bands.wristband(band)).pdf
