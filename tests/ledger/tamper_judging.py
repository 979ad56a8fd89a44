"""Whether an attack was found as it has to be: by the verifier, or by what was signed before."""

import pytest
from sqlalchemy import Connection, Table

from coi.ledger.checkpoint import read_checkpoint
from coi.ledger.findings import Verdict
from coi.ledger.verify import verify
from coi.services.digests import Digest, wrong_digests
from coi.services.signed_before import HistoryChanged, require_growth
from coi.store import tree
from coi.store.read_ledger import LedgerRows
from tests.ledger.clinic import expand
from tests.ledger.sequencing import SIGNER
from tests.ledger.tamper_classes import ATTACKS
from tests.ledger.tamper_forging import IN_TREE
from tests.ledger.tamper_rows import Attack, Late, Named, Outside, Unfound
from tests.ledger.tamper_story import Record, Story, put


def require_found(name: str, table: Table, story: Story, connection: Connection) -> None:
    """Each form of a class is tried on a table, found as it has to be, and undone."""
    forms = [*ATTACKS[name](story, table)]

    assert forms
    for form in forms:
        assert form.record != story.now
        assert touches(story, form, name, table), form.how
        point = connection.begin_nested()
        put(connection, story.now, form.record)
        wrong = not_found(connection, story, form)
        point.rollback()
        assert not wrong, f"{form.how}: {wrong}"


def verdict_under(connection: Connection, now: Record, record: Record) -> Verdict:
    """What the verifier says of another record; the tables hold what they held afterwards."""
    point = connection.begin_nested()
    put(connection, now, record)
    verdict = verdict_on(connection)
    point.rollback()
    return verdict


def verdict_on(connection: Connection) -> Verdict:
    """What the verifier says of what the tables hold now."""
    return verify(LedgerRows(connection), expand, signers=[SIGNER])


def touches(story: Story, form: Attack, name: str, table: Table) -> bool:
    """The attack is on this table; the tree is attacked by what is below it, an entry by itself."""
    is_of_all = table.name in IN_TREE or name == "T8"
    return is_of_all or form.record[table.name] != story.now[table.name]


def not_found(connection: Connection, story: Story, attack: Attack) -> str:
    """In what the attack was not found as it has to be; '' in nothing."""
    verdict = verdict_on(connection)
    told = [(one.table, one.key, one.chain, one.seq, one.what) for one in verdict.findings]
    match attack.found_by:
        case Named(rows, place):
            return "" if _names(verdict, rows, place) else f"{sorted(rows)} {place} not in {told}"
        case Late(size):
            assert not told, told
            return "" if _ends_at(connection, size) else f"tells of more than {size}"
        case Unfound():
            return str(told) if told else ""
        case Outside(size):
            assert not told, told
            return _fits_elsewhere(connection, story, size)


def _names(verdict: Verdict, rows: frozenset[tuple[str, str]], place: object) -> bool:
    found = [one for one in verdict.findings if not rows or (one.table, one.key) in rows]
    places = {(one.chain, one.seq) for one in found}
    return bool(found) and (place is None or place in places)


def _ends_at(connection: Connection, size: int) -> bool:
    """What was signed goes as far as the first so many entries, which the status page tells."""
    last = tree.newest_checkpoint(connection)
    until = tree.covered_until(connection)
    return (last.size if last else 0, until) == (size, tree.recorded_until(connection, size))


def _fits_elsewhere(connection: Connection, story: Story, size: int) -> str:
    """What was signed before: the first checkpoint that does not fit is the one of this size."""
    kept = [read_checkpoint(one["note"].encode()) for one in story.now["checkpoint"]]
    printed = [Digest(one.checkpoint.size, one.checkpoint.root.hex()) for one in kept]
    differs = [one.size for one, _what in wrong_digests(connection, printed)]
    last = tree.size_of_tree(connection)
    with pytest.raises(HistoryChanged):
        require_growth(connection, kept[-1], last, [SIGNER])
    return "" if differs[:1] == [size] else f"{differs} and not from {size} on"
