"""The verifier over a large ledger that the use cases wrote."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from statistics import median

from pysqlite3 import dbapi2

from benchmarks.clinic import Bag, Clinic
from benchmarks.handoffs import handing_over
from benchmarks.measure import Row, interleaved, per_second, ratio, spread
from coi.ledger.hashes import Hashed, check_hashes
from coi.ledger.plain import check_workflows
from coi.ledger.verify import quietly, verify
from coi.store.read_ledger import LedgerRows
from workflows.loading import expand_all

ROUNDS = 5
HASH_ROUNDS = 25  # each takes an eighth of a second, and other work on the machine shows
HASHING, REPLAYING = 0.7, 20_000


def grow(clinic: Clinic, bags: Sequence[Bag], entries: int) -> None:
    """Hand bags back and forth until the ledger has so many entries more."""
    hand_over = handing_over(clinic, bags)
    for _ in range(entries):
        hand_over()


def rows(clinic: Clinic, file: Path, calibration: float) -> Iterator[Row]:
    """Hashing beside the least that can be done; all else that a verification does."""
    hashing, least = interleaved(
        lambda: clinic.installation.read(lambda tx: _hash(LedgerRows(tx))),
        lambda: _read_and_hash(file),
        HASH_ROUNDS,
    )
    whole, once = interleaved(lambda: _verify(clinic), lambda: _read_definitions(clinic), ROUNDS)
    entries = _verify(clinic)
    speed = 1 / ratio(hashing, least)
    here, there = per_second(median(hashing) / entries, calibration)
    told = f"{here:,.0f} entries/s, {speed:.2f} of the least"
    yield Row(
        f"verify {entries:,} entries: hash pass",
        told,
        f"{HASHING} of reading + SHA-256",
        speed >= HASHING,
    )
    yield Row("... reading the definitions again, once", spread(once))
    replaying = median(whole) - median(hashing) - median(once)
    here, there = per_second(replaying / entries, calibration)
    told = f"{here:,.0f} entries/s here, {there:,.0f} scaled"
    yield Row(
        "... replay, and compare with all tables",
        told,
        f"{REPLAYING:,}/s scaled",
        there >= REPLAYING,
    )


def _hash(source: LedgerRows) -> None:
    hashed = Hashed(quietly, {})
    check_hashes(source, None, hashed)
    assert not hashed.findings


def _read_and_hash(file: Path) -> None:
    """Read both texts of each entry in order and hash them: what any verifier must do."""
    asked = "SELECT CAST(content AS BLOB), CAST(signed AS BLOB) FROM entry ORDER BY chain, seq"
    with closing(dbapi2.connect(file)) as connection:
        for content, signed in connection.execute(asked):
            sha256(b"\0%b\n%b" % (content, signed)).hexdigest()


def _read_definitions(clinic: Clinic) -> None:
    """Load each installed definition from its text and compare its transitions."""
    clinic.installation.read(lambda tx: check_workflows(LedgerRows(tx), expand_all, []))


def _verify(clinic: Clinic) -> int:
    verdict = clinic.installation.read(lambda tx: verify(LedgerRows(tx), expand_all))
    assert verdict.holds, verdict.findings[:3]
    return verdict.entries
