"""Where the number of a donation stands, however it was written, and who may write it now."""

from sqlalchemy import Connection, bindparam, exists, select

from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Statement
from coi.store.tables_subject import DONATION_PARTS, IS_A_DONATION, first_of
from workflows.facts import Donation

_later = t.value.alias("later")
# What was corrected since says something else.
is_newest = ~exists().where(
    _later.c.chain == t.value.c.chain,
    _later.c.subject == t.value.c.subject,
    _later.c.field == t.value.c.field,
    _later.c.occurrence == t.value.c.occurrence,
    _later.c.revision > t.value.c.revision,
)
_collections = (
    select(t.value.c.content, t.therapy.c.coi, t.value.c.subject, t.therapy.c.patient_id)
    .distinct()
    .join_from(t.value, t.therapy, t.therapy.c.coi == t.value.c.chain)
    .order_by(t.therapy.c.coi, t.value.c.subject, t.value.c.content)
)
# Each asked alone: of two places in one question SQLite would read every donation there is.
_alike = tuple(
    Statement(_collections.where(IS_A_DONATION, part == first_of(bindparam("number")), is_newest))
    for part in DONATION_PARTS
)
_turn = Statement(
    select(t.donation_turn.c.number)
    .where(t.donation_turn.c.number == bindparam("number"))
    .with_for_update()
)


def written_alike(connection: Connection, number: str) -> list[tuple[str, Donation]]:
    """Each number that is on record now and begins like this one, or holds it as a European code.

    With the collection that bears it, whoever may see it. Upper case and blanks make no difference;
    whether it names the same donation, its reader says.
    """
    rows = [row for asked in _alike for row in asked.rows(connection, number=number)]
    return [(row[0], Donation(*row[1:])) for row in rows]


def take_turn(connection: Connection, number: str) -> None:
    """Wait until nobody else writes this number into any therapy, and be the one who does."""
    if not _turn.rows(connection, number=number):
        # Whoever writes the same row at once waits, finds the key taken, and does it all again.
        add(connection, t.donation_turn, [{"number": number}])
