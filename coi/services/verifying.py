"""Prove that the record is whole and unchanged, or say what is not."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypedDict

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import CoiError, DataRefused, Problem
from coi.ledger.findings import Finding, Heads, Verdict, heads_text, read_heads
from coi.ledger.grown import check_growth
from coi.ledger.tree import frontier_of
from coi.ledger.verify import CANNOT_BE_READ, quietly, verify, verify_together
from coi.services.anchoring import Kept, differing, kept_at_anchors
from coi.services.anew import differs_anew, statements_beside
from coi.services.back_dating import Stamps, dated_back, stamps_kept
from coi.services.checkpoint_keys import signers_of
from coi.services.closed_trees import differing_closed
from coi.services.decoding import RecordDamaged
from coi.services.digests import Digest, wrong_digests
from coi.services.installation import Installation
from coi.services.known_templates import layout_of
from coi.services.signed_before import Last, differs_from_last, differs_from_text, told_last
from coi.services.tokens_told import differing_tokens
from coi.services.trail_reviews import read_in_reviews
from coi.settings import Settings
from coi.store.condition import damages, is_damage
from coi.store.facts import newest_time
from coi.store.read_ledger import LedgerRows
from coi.store.size import chains_after, chains_since, heads_of, missing_from
from coi.store.together import together
from coi.store.transactions import Transaction
from coi.store.tree import frontier, leaves_from, nodes_of, points_above
from coi.store.verified import NotRemembered, Reached, Remembered, remember, remembered
from workflows.loading import expand_all
from workflows.possible import releases_of

__all__ = ["Verdict", "heads_file", "verify_new", "verify_record"]

LATE = timedelta(days=1)
"""So much older than the newest verified entry a new one may be dated: clocks differ, and a step
that waits for another is recorded under the time at which it began to wait."""

ANEW = 50
"""So many chains are looked at from their beginning each time, whether or not they grew."""

MEMORY = "verified.sqlite3"
"""The file in which it is remembered how far the record was verified."""

_UNREADABLE = "unreadable"
_NO_LONGER = "is no longer there, or no longer what it was when it was verified"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewVerdict:
    """What was looked at since the last verification, and what is wrong with it."""

    verdict: Verdict
    since: str
    grown: int  # chains with entries that nobody had verified
    anew: int  # chains that were looked at from their beginning, in turn
    leaves: int  # entries that came into the tree


class Signed(NamedTuple):
    """What was signed, as it is remembered outside of the database."""

    last: Last
    anchors: Kept
    stamps: Stamps


def _signed_before(settings: Settings, *, every: bool) -> Signed:
    anchors = kept_at_anchors(settings, every=every)
    return Signed(told_last(settings), anchors, stamps_kept(settings, every=every))


class TreeNow(TypedDict):
    """How large the tree is, and the hash over it."""

    size: int
    root: str


def verify_record(
    installation: Installation,
    since: bytes | None = None,
    progress: Callable[[int], None] = quietly,
    checkpoints: Mapping[str, bytes] = MappingProxyType({}),
    digests: Sequence[Digest] = (),
    processes: int = 1,
) -> Verdict:
    """Compare the whole ledger with the tables; with `since`, only what was added after it.

    `since` is a heads file of an earlier verdict; `progress` is told the entries done in a pass.
    `checkpoints` were kept elsewhere, each under the name by which a finding calls it; `digests`
    were printed. A whole record that is large is shared out among so many processes.
    After a whole record that holds, `verify_new` goes on from there.

    Raises:
        DataRefused: `since` is no heads file, or was changed.
    """
    heads = None if since is None else _heads(since)
    signed = _signed_before(installation.settings, every=True)
    anew = statements_beside(installation.settings)

    def look(tx: Transaction) -> tuple[Verdict, Reached]:
        found = _verified(installation, tx, heads, progress, processes)
        here = (*_differs(tx, signed), *differs_anew(tx, anew))
        changed = (*here, *_differ(tx, checkpoints), *_wrong(tx, digests))
        reached = Reached(_moment(installation, newest_time(tx)), **_tree_now(tx))
        return replace(found, findings=(*found.findings, *changed)), reached

    with _file_looked_at(installation, processes) if heads is None else nullcontext(tuple) as told:
        try:
            verdict, reached = installation.read(look)
        except Exception as error:
            if not _comes_of_damage(error):
                raise
            verdict, reached = Verdict(0, (_cannot_be_read("entry", error),), {}, {}), None
        verdict = replace(verdict, findings=(*verdict.findings, *told()))
    if verdict.holds and since is None and reached is not None:
        _keep(installation, verdict.heads, reached, whole=True)
    return verdict


@contextmanager
def _file_looked_at(
    installation: Installation, processes: int
) -> Iterator[Callable[[], tuple[Finding, ...]]]:
    """What is wrong with the file itself: looked for beside several, and after one.

    SQLite reads all of it by itself, and needs none of the tables meanwhile.
    """

    def look() -> tuple[Finding, ...]:
        return installation.read(lambda tx: tuple(_damaged(tx)))

    if processes == 1:
        yield look
        return
    with ThreadPoolExecutor(max_workers=1) as beside:
        yield beside.submit(look).result


def _verified(
    installation: Installation,
    tx: Transaction,
    heads: Heads | None,
    progress: Callable[[int], None],
    processes: int,
) -> Verdict:
    """By this process alone, or by several where that is worth it."""
    if heads is not None:
        return _verify_some(tx, LedgerRows(tx), heads, progress)
    with together(installation.engine, tx, processes, progress) as everybody:
        source, signers = LedgerRows(tx), signers_of(tx)
        if everybody is None:
            asked = (layout_of, signers)
            return verify(source, expand_all, None, progress, *asked, releasing=releases_of)
        return verify_together(source, expand_all, everybody, layout_of, signers, releases_of)


def _verify_some(
    tx: Transaction, source: LedgerRows, heads: Heads, progress: Callable[[int], None]
) -> Verdict:
    """What came behind these heads, and whether the trail was reviewed before what it releases."""
    return verify(
        source,
        expand_all,
        heads,
        progress,
        releasing=releases_of,
        reviewed=lambda coi: read_in_reviews(tx, coi),
    )


def verify_new(
    installation: Installation, progress: Callable[[int], None] = quietly
) -> NewVerdict | None:
    """Compare what was added since the last verification that held, and some of what was before.

    A chain that grew is verified from its beginning, and where it ended before it must still be
    what it was; so with those that are looked at anew, in turn. What came into the tree is compared
    with its entries and with what was signed. Registers and tables apart are left to a whole
    verification. None when nothing is remembered of an earlier one, or it was damaged.
    """
    file = _file(installation.settings)
    signed = _signed_before(installation.settings, every=False)
    try:
        with remembered(file) as memory:
            found, reached = installation.read(
                lambda tx: _look(tx, installation, signed, memory, progress)
            )
    except NotRemembered:
        return None
    except Exception as error:
        if not _comes_of_damage(error):
            raise
        verdict = Verdict(0, (_cannot_be_read("entry", error),), {}, {})
        return NewVerdict(verdict, "the last one", grown=0, anew=0, leaves=0)
    if found.verdict.holds:
        _keep(installation, found.verdict.heads, reached)
    return found


def _look(
    tx: Transaction,
    installation: Installation,
    signed: Signed,
    memory: Remembered,
    progress: Callable[[int], None],
) -> tuple[NewVerdict, Reached]:
    """All of it at one moment; with how far one has come then."""
    last = memory.reached()
    since = rfc3339(parse_rfc3339(last.moment) - LATE)
    touched, in_turn = chains_since(tx, since), chains_after(tx, last.chain, ANEW)
    in_memory = memory.heads_after(last.known, ANEW)
    known = memory.heads_of([*touched, *in_turn])
    grown = [chain for chain, head in heads_of(tx, touched).items() if known.get(chain) != head]
    # Nothing in these chains is taken as known: all of them is read, and their old heads besides.
    verdict = _verify_some(tx, LedgerRows(tx, {*grown, *in_turn}), {}, progress)
    newest = newest_time(tx)
    changed = _differs(tx, signed)
    gone = (*changed, *_gone_back(newest, last.moment), *_gone(tx, {**in_memory, **known}))
    gone += tuple(_grew_otherwise(tx, last))
    verdict = replace(verdict, findings=(*gone, *verdict.findings))
    now = _tree_now(tx)
    reached = Reached(_moment(installation, newest), _last(in_turn), _last(in_memory), **now)
    anew, leaves = len({*in_turn} - {*grown}), reached.size - last.size
    return NewVerdict(verdict, since, len(grown), anew, leaves), reached


def _tree_now(tx: Transaction) -> TreeNow:
    """How large the tree is, and the hash over it."""
    try:
        tree = frontier(tx)
    except LookupError:
        # A hash is missing, which is a finding, and nothing is gone on from.
        return {"size": 0, "root": ""}
    return {"size": tree.size, "root": tree.root.hex()}


def _grew_otherwise(tx: Transaction, last: Reached) -> Iterator[Finding]:
    """The tree is not the one that was verified, or what came into it since is wrong."""
    node = nodes_of(tx)
    try:
        before = frontier_of(last.size, node)
    except LookupError as error:
        yield Finding("tree_node", "-", "-", None, f"what was verified is gone: {error}")
        return
    if last.size and before.root.hex() != last.root:
        what = f"the first {last.size} entries are not those that were verified"
        yield Finding("tree_node", "-", "-", None, what)
        return
    new = leaves_from(tx, last.size), points_above(tx, last.size)
    yield from check_growth(before, *new, node, signers_of(tx))


def _differs(tx: Transaction, signed: Signed) -> Iterator[Finding]:
    """What is not as it was signed here, kept by an anchor, or told of what stands in no entry."""
    yield from _or_unreadable("checkpoint", _differs_from_signed(tx, signed))
    yield from _or_unreadable("checkpoint", dated_back(tx, signed.stamps))
    yield from _or_unreadable("checkpoint", differing_closed(tx))
    yield from _or_unreadable("token", differing_tokens(tx))


def _or_unreadable(table: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """What is found, and that not all of it could be read: that silences nothing else (SEC-45)."""
    try:
        yield from found
    except Exception as error:
        if not _comes_of_damage(error):
            raise
        yield _cannot_be_read(table, error)


def _comes_of_damage(error: Exception) -> bool:
    """It is what the record holds that cannot be read, and no database that is away or busy."""
    return isinstance(error, (*CANNOT_BE_READ, RecordDamaged)) or is_damage(error)


def _cannot_be_read(table: str, error: Exception) -> Finding:
    why = f"it holds what no record holds ({type(error).__name__})"
    what = f"cannot be read, so not everything was compared: {why}"
    # Not the place of what differs: who has signed for that has not signed for this.
    return Finding(table, _UNREADABLE, "-", None, what)


def _differs_from_signed(tx: Transaction, signed: Signed) -> Iterator[Finding]:
    """The tree does not continue the last checkpoint that was signed here, or one of an anchor."""
    if what := differs_from_last(tx, signed.last):
        yield Finding("checkpoint", "-", "-", None, f"does not continue what was signed: {what}")
    for place, what in differing(tx, signed.anchors):
        yield Finding("checkpoint", place, "-", None, f"does not fit the record: {what}")


def _damaged(tx: Transaction) -> Iterator[Finding]:
    """What is wrong with the file itself: from a damaged index rows are missing that are there."""
    for what in damages(tx):
        yield Finding("-", "-", "-", None, f"the file of the database is damaged: {what}")


def _differ(tx: Transaction, checkpoints: Mapping[str, bytes]) -> Iterator[Finding]:
    """The tree does not continue a checkpoint that was kept elsewhere."""
    for name, raw in checkpoints.items():
        if what := differs_from_text(tx, raw):
            yield Finding("checkpoint", name, "-", None, f"does not fit the record: {what}")


def _wrong(tx: Transaction, digests: Sequence[Digest]) -> Iterator[Finding]:
    """The tree is not the one that was printed."""
    for one, what in wrong_digests(tx, digests):
        yield Finding("checkpoint", one.text, "-", None, f"does not match: {what}")


def _gone_back(newest: str, verified: str) -> Iterator[Finding]:
    """The whole record is older than it was, whichever chains are looked at."""
    if newest < verified:
        what = f"the newest is of {newest or 'no time'}, and one of {verified} was verified"
        yield Finding("entry", "-", "-", None, what)


def _gone(tx: Transaction, heads: Heads) -> Iterator[Finding]:
    """What is wrong where one of these heads is not what it was."""
    for chain in missing_from(tx, heads):
        seq = heads[chain].seq
        yield Finding("entry", f"{chain}/{seq}", chain, seq, _NO_LONGER)


def _last(chains: Iterable[str]) -> str:
    """The last of these; '' where there are none."""
    return ["", *chains][-1]


def _moment(installation: Installation, newest: str) -> str:
    """Until when everything was looked at: what is dated in the future tells nothing of that."""
    return min(newest, rfc3339(installation.clock.now()))


def _file(settings: Settings) -> Path:
    """Beside the vault key, and so on another mount than the database."""
    return settings.vault_key_file.with_name(MEMORY)


def _keep(
    installation: Installation, heads: Heads, reached: Reached, *, whole: bool = False
) -> None:
    """Remember it; a folder that cannot be written stops nobody, and the log says so."""
    file = _file(installation.settings)
    try:
        remember(file, heads, reached, whole=whole)
    except (CoiError, NotRemembered) as error:
        _log.warning("How far the record was verified cannot be kept in %s: %s", file, error)


def heads_file(verdict: Verdict) -> bytes:
    """Where every chain ends, to be kept elsewhere and to be handed to a later verification."""
    return (heads_text(verdict.heads) + "\n").encode()


def _heads(content: bytes) -> Heads:
    try:
        return read_heads(content.decode())
    except ValueError as error:
        raise DataRefused([Problem(str(error))]) from error
