"""What a step offers where it asks for equipment: the pieces of its unit, and how each stands."""

from datetime import datetime

from coi.services.equipment import pieces_of, standing_of
from coi.services.forms import Form, Offered, asks_for_equipment, offering
from coi.store.transactions import Transaction


def with_equipment(tx: Transaction, form: Form, unit: str, now: datetime) -> Form:
    """The form, with the equipment of the unit where some is asked for."""
    if not asks_for_equipment(form.action):
        return form
    pieces = pieces_of(tx, unit)
    return offering(form, [Offered(one, standing_of(one, now)) for one in pieces])
