"""With which values, and for which printer, a page is asked to draw a sample."""

from flask import request

from coi.services.label_templates import RESOLUTIONS, VALUES
from labels.layout import Resolution
from labels.sample import Values


def chosen_resolution() -> Resolution:
    """The resolution that is asked for, of those that there are."""
    asked = request.values.get("dpi", type=int)
    return next((one for one in RESOLUTIONS if one == asked), 300)


def chosen_values() -> Values:
    """The values that are asked for, of those that there are."""
    asked = request.values.get("values")
    return next((one for one in VALUES if one == asked), "usual")
