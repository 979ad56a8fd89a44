"""The first pass: the stored bytes hash to what is stored, and each entry names the one before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from coi.ledger.findings import Finding, Head, Heads, hash_of_row
from coi.ledger.source import Row, Source

Progress = Callable[[int], None]
STRIDE = 1_000  # entries between two reports of progress


@dataclass(slots=True)
class Hashed:
    """What the pass saw: how many entries, where each chain ends, and what is wrong."""

    progress: Progress
    since: Heads
    entries: int = 0
    heads: dict[str, Head] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, chain: str, seq: int, what: str, row: Row = ()) -> None:
        """Add a finding about an entry; `row` is what is stored of it."""
        held = hash_of_row(row) if row else ""
        self.findings.append(Finding("entry", f"{chain}/{seq}", chain, seq, what, held))


def check_hashes(source: Source, since: Heads | None, hashed: Hashed) -> None:
    """Hash every entry, or every entry after `since`, into `hashed`.

    Only the stored bytes decide: nothing is decoded, so nothing that decodes alike slips through.
    """
    if since is None:
        _walk(source.leaves(), hashed)
        return
    for chain, seq in source.heads():
        known = since.get(chain)
        if known is None:
            _walk(source.leaves(chain), hashed)
        elif seq < known.seq:
            hashed.wrong(chain, known.seq, "was there before, and is there no more")
        else:
            _walk(_after(source, chain, known, hashed), hashed)
        # A chain that got no new entry still ends where it ended.
        hashed.heads.setdefault(chain, known or Head(seq, ""))
    for chain in sorted(since.keys() - hashed.heads.keys()):
        hashed.wrong(chain, since[chain].seq, "was there before; its whole chain is gone")


def _after(source: Source, chain: str, known: Head, hashed: Hashed) -> Iterator[Row]:
    """The entries after a known one, which must still be what it was."""
    leaves = source.leaves(chain, known.seq)
    stored = next(leaves, None)
    if stored is None or stored[1] != known.seq:
        hashed.wrong(chain, known.seq, "was there before, and is there no more")
        return iter(())
    if not stored[2] == known.hash == _leaf(stored[4], stored[5]):
        hashed.wrong(chain, known.seq, f"is no longer the entry that had the hash {known.hash}")
    return leaves


def _walk(leaves: Iterator[Row], hashed: Hashed) -> None:
    """Hash the entries of whole chains, or of the rest of one."""
    chain, due, previous = None, 0, None
    for entries, (at, seq, stored, named, content, signed) in enumerate(leaves, hashed.entries + 1):
        if at != chain:
            _end(hashed, chain, due, previous)
            chain = at
            due, previous = _start(hashed.since.get(at))
        # Written out, not called: this line is where the time goes.
        if sha256(b"\0%b\n%b" % (content, signed)).hexdigest() != stored:
            row = (stored, named, bytes(content), bytes(signed))
            hashed.wrong(at, seq, "its bytes do not hash to its hash", row)
        if seq != due:
            hashed.wrong(at, seq, f"stands where entry {due} should stand")
        elif named != previous:
            hashed.wrong(at, seq, "does not name the hash of the entry before it")
        due, previous = seq + 1, stored
        hashed.entries = entries
        if not entries % STRIDE:
            hashed.progress(entries)
    _end(hashed, chain, due, previous)


def _end(hashed: Hashed, chain: str | None, due: int, last: str | None) -> None:
    """Keep where a chain ended, if there was one."""
    if chain is not None and last is not None:
        hashed.heads[chain] = Head(due - 1, last)


def _start(known: Head | None) -> tuple[int, str | None]:
    """Which sequence number comes first, and which hash it names."""
    # The row of a first entry names no hash: its column is NULL, and its bytes say 64 zeros.
    return (0, None) if known is None else (known.seq + 1, known.hash)


def _leaf(content: bytes, signed: bytes) -> str:
    return sha256(b"\0%b\n%b" % (content, signed)).hexdigest()
