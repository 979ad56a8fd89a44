"""An entry is as long as it said: nothing is added to it, and none follows an unfinished one."""

import pytest

from coi.ledger.shape import counts_in, shape_of
from coi.store.parts import ATTESTATION, KINDS, LINEAGE, MOVE, SIGNATURE, SUBJECT, Kind
from tests.store.doors import Refused
from tests.store.world import (
    PEOPLE,
    A,
    B,
    Therapy,
    a_label,
    a_link,
    a_value,
    a_wristband,
    an_attestation,
    label_turns,
    record,
)
from tests.store.writer import Birth, Deed, Row, Turn, Writer

APPLIED = ("printed", "verified", "applied")
EVERY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.table)


def parts_of(kind: Kind, count: int, therapy: Therapy = A, site: str = "site") -> Deed:
    """An action with so many parts of this kind (at most three)."""
    numbers, coi = range(1, count + 1), therapy.coi
    if kind == ATTESTATION:
        vows = tuple(an_attestation(person, "nurse") for person in PEOPLE[:count])
        return Deed(site, "admit", "ward", (), (), "site", parts={"attestation": vows})
    if kind == SIGNATURE:
        return record(therapy, PEOPLE[:count])
    if kind in {SUBJECT, MOVE, LINEAGE}:
        born = (Birth("sample", therapy.product),) * (count if kind == SUBJECT else 3)
        turns = tuple(Turn(f"{coi}/10.{n}", "taken", holder="mfg") for n in numbers)
        links = tuple(a_link(f"{coi}/10.{n}", therapy.product, 8) for n in numbers)
        return Deed(
            coi,
            "take",
            "mfg",
            turns if kind == MOVE else (),
            births=born,
            parts={"lineage": links} if kind == LINEAGE else {},
        )
    rows: dict[str, list[Row]] = {
        "value": [a_value(therapy.lot, f"field {n}") for n in numbers],
        "label": [
            a_label(subject) | {"serial": f"L{coi}{n}"}
            for n, subject in enumerate((coi, therapy.collection, therapy.lot), start=1)
        ][:count],
        "label_turn": [
            *label_turns(therapy.product, "printed"),
            *label_turns(therapy.other_product, "printed"),
            *label_turns(therapy.bag, *APPLIED, "voided", "returned")[-1:],
        ][:count],
        "wristband": [a_wristband(therapy.patient, f"W{coi}{n}", n + 1) for n in numbers],
    }
    return record(therapy, **{kind.table: tuple(rows[kind.table])})


def two_in_another_chain(writer: Writer, kind: Kind) -> None:
    """Write two parts in the entry of the same number of another chain.

    A key that forgot the chain would find them.
    """
    number = writer.rows_of(parts_of(kind, 2))["entry"][0]["seq"]
    if kind == ATTESTATION:
        writer.insert("chain", {"id": "other", "kind": "site"})
        for _ in range(int(number or 0)):
            writer.act(Deed("other", "note", "ward", (), (), "site"))
    writer.act(parts_of(kind, 2, B, "other"))


def next_entry(writer: Writer, kind: Kind) -> dict[str, list[Row]]:
    """The rows of a legal entry that follows in the same chain."""
    chain = parts_of(kind, 1).chain
    entry_kind = "site" if chain == "site" else "act"
    return writer.rows_of(Deed(chain, "note", "ward", (), (), entry_kind))


def an_old_entry_of_two(writer: Writer, kind: Kind) -> tuple[Row, Row]:
    """Write two parts and an entry after them; return a third part that would have fitted.

    Beside it stands what the two repeat of their entry.
    """
    third = writer.rows_of(parts_of(kind, 3))[kind.table][-1]
    rows = writer.rows_of(parts_of(kind, 2))
    writer.write(rows)
    writer.write(next_entry(writer, kind))
    return third, {name: rows["entry"][0][name] for name in ("content_hash", "shape")}


def an_unfinished_entry(writer: Writer, kind: Kind) -> None:
    """Write an entry of two parts, and forget the second; another chain has both."""
    two_in_another_chain(writer, kind)
    rows = writer.rows_of(parts_of(kind, 2))
    rows[kind.table].pop()
    writer.write(rows)


def numbered(kind: Kind, part: Row, n: int) -> Row:
    """Give a part another number; a subject's name holds its number."""
    name: Row = {"id": f"A/10.{n}"} if kind == SUBJECT else {}
    return part | name | {"n": n, "prev_n": n - 1 if n > 1 else None}


@EVERY_KIND
def test_nothing_is_added_to_an_old_entry(writer, kind):
    """A third part of an entry that said two is refused."""
    third, old = an_old_entry_of_two(writer, kind)

    with pytest.raises(Refused, match=rf"^ck_{kind.table}_count$"):
        writer.insert(kind.table, third | old)


@EVERY_KIND
def test_an_old_entry_does_not_count_one_more(writer, kind):
    """A third part that says that the entry said three is refused."""
    third, old = an_old_entry_of_two(writer, kind)

    with pytest.raises(Refused, match=rf"^fk_{kind.table}_entry$"):
        writer.insert(kind.table, third | {"content_hash": old["content_hash"]})


@EVERY_KIND
def test_a_part_is_not_written_over(writer, kind):
    """Another second part of an entry is refused."""
    third, old = an_old_entry_of_two(writer, kind)

    with pytest.raises(Refused, match=rf"^pk_{kind.table}$"):
        writer.insert(kind.table, numbered(kind, third, 2) | old)


@EVERY_KIND
def test_a_part_follows_the_part_before(writer, kind):
    """A third part without a second is refused, so that the last one proves all."""
    two_in_another_chain(writer, kind)
    rows = writer.rows_of(parts_of(kind, 3))
    del rows[kind.table][1]

    with pytest.raises(Refused, match=rf"^fk_{kind.table}_prev$"):
        writer.write(rows)


@EVERY_KIND
def test_a_later_part_names_the_part_before(writer, kind):
    """NULL does not switch off the key to the part before."""
    rows = writer.rows_of(parts_of(kind, 2))
    rows[kind.table][1]["prev_n"] = None

    with pytest.raises(Refused, match=rf"^ck_{kind.table}_order$"):
        writer.write(rows)


@EVERY_KIND
def test_a_part_follows_no_earlier_one(writer, kind):
    """A third part that follows the first would leave a gap between them."""
    rows = writer.rows_of(parts_of(kind, 3))
    del rows[kind.table][1]
    rows[kind.table][1]["prev_n"] = 1

    with pytest.raises(Refused, match=rf"^ck_{kind.table}_order$"):
        writer.write(rows)


@EVERY_KIND
def test_parts_are_counted_from_one(writer, kind):
    """There is no part before the first, where one more could hide."""
    rows = writer.rows_of(parts_of(kind, 1))
    rows[kind.table] = [numbered(kind, rows[kind.table][0], 0)]

    with pytest.raises(Refused, match=rf"^ck_{kind.table}_order$"):
        writer.write(rows)


@EVERY_KIND
def test_an_unfinished_entry_stops_the_chain(writer, kind):
    """The next entry must refer to the last part, which is not there."""
    an_unfinished_entry(writer, kind)

    with pytest.raises(Refused, match=rf"^fk_entry_last_{kind.table}$"):
        writer.write(next_entry(writer, kind))


@EVERY_KIND
def test_an_unfinished_entry_is_not_passed_over(writer, kind):
    """The next entry cannot leave out the reference to the last part."""
    an_unfinished_entry(writer, kind)
    rows = next_entry(writer, kind)
    rows["entry"][0][kind.prev_last] = None

    with pytest.raises(Refused, match=rf"^ck_entry_last_{kind.table}$"):
        writer.write(rows)


@EVERY_KIND
def test_an_unfinished_entry_does_not_end_with_an_earlier_part(writer, kind):
    """The next entry cannot take the first of two parts for the last."""
    an_unfinished_entry(writer, kind)
    rows = next_entry(writer, kind)
    rows["entry"][0][kind.prev_last] = 1

    with pytest.raises(Refused, match=rf"^ck_entry_last_{kind.table}$"):
        writer.write(rows)


@EVERY_KIND
def test_a_first_entry_has_no_last_part_before_it(writer, kind):
    """NULL in the rest of the key does not let a first entry refer to a part."""
    writer.insert("chain", {"id": "new", "kind": "site"})
    rows = writer.rows_of(Deed("new", "open", "ward", (), (), "site"))
    rows["entry"][0][kind.prev_last] = 1

    with pytest.raises(Refused, match=rf"^ck_entry_last_{kind.table}$"):
        writer.write(rows)


@EVERY_KIND
def test_an_unfinished_entry_is_not_counted_down(writer, kind):
    """The next entry cannot say that the one before had fewer parts."""
    an_unfinished_entry(writer, kind)
    rows = next_entry(writer, kind)
    one_less = a_shape(rows["entry"][0]["prev_shape"], kind, 1)
    rows["entry"][0] |= {"prev_shape": one_less, kind.prev_last: 1}

    with pytest.raises(Refused, match=r"^fk_entry_prev$"):
        writer.write(rows)


def a_shape(shape: object, kind: Kind, count: int) -> str:
    """The shape with another number of parts of one kind."""
    counts = counts_in(str(shape))
    counts[KINDS.index(kind)] = count
    return shape_of(counts)


@EVERY_KIND
def test_a_part_belongs_to_the_content_of_its_entry(writer, kind):
    """A part that repeats the hash of another content is refused."""
    rows = writer.rows_of(parts_of(kind, 1))
    rows[kind.table][0]["content_hash"] = "0" * 64

    with pytest.raises(Refused, match=rf"^fk_{kind.table}_entry$"):
        writer.write(rows)


@pytest.mark.parametrize(
    "shape", ["", "0001", "0" * 35, "0" * 37, "0" * 35 + "-", "-001" + "0" * 32, "x" * 36]
)
def test_a_shape_is_nine_numbers_of_four_digits(writer, shape):
    """Fewer than none, or a number that two readers could read differently, is refused."""
    rows = next_entry(writer, MOVE)
    rows["entry"][0]["shape"] = shape

    with pytest.raises(Refused, match=r"^ck_entry_shape$"):
        writer.write(rows)
