"""A record that was found to be another than it was: nothing is released or infused by it (TL-20).

What a verification finds stands in the organisation's chain, as the product's own entry. It is over
once a whole verification passes, or once quality assurance has looked at what was found and signed
that work goes on; what is found anew stops it again. What happens all the same is recorded late:
this refuses no fact.
"""

import logging
from collections.abc import Iterable
from hashlib import sha256

from coi.errors import DataRefused, Problem
from coi.events import tell
from coi.ledger.content import Attestation
from coi.ledger.findings import Finding, Verdict
from coi.ledger.shown import in_words
from coi.ledger.verify import verify
from coi.services.attempt import Attempt
from coi.services.closed_trees import ACCEPTED, closed_tree
from coi.services.decoding import Content, content_of_text
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.proofs import QA, JustProven, holding, signature_of
from coi.services.therapies import view
from coi.services.untold import forget_untold, keep_untold, untold
from coi.store.facts import last_verification
from coi.store.read_ledger import LedgerRows
from coi.store.transactions import Transaction
from workflows.loading import expand_all

VERIFICATION = "verification"
FAILED, PASSED = "verification_failed", "verification_passed"
GOES_ON = "I have looked at what was found; work goes on"
"""What the signature means: it is shown to whoever is about to sign."""

LONGEST_REASON = 2_000
_log = logging.getLogger(__name__)
_MOST_NAMED = 5_000


def note_verdict(installation: Installation, verdict: Verdict, *, whole: bool) -> None:
    """Put on record what a verification found, where that is news.

    What cannot be put on record is kept beside it, and stops releases all the same (SEC-45).
    """
    found, is_news = _named(verdict.findings), not verdict.holds
    try:
        if found:
            is_news = _note_found(installation, found)
        elif whole:
            _note_passed(installation)
    # What was found is told all the same, of a record that nobody can write into too.
    except Exception as error:  # noqa: BLE001
        _log.warning("What was verified is not put on record: %s", type(error).__name__)
        keep_untold(installation, found)
    if is_news:
        tell("verification_failed", findings=len(verdict.findings))


def note_untold(installation: Installation) -> None:
    """Put on record what was found before and could not be written then."""
    if found := untold(installation):
        _note_found(installation, found)


def _note_found(installation: Installation, found: frozenset[str]) -> bool:
    """Afterwards it is on record, with what waited for that; returns whether any is new."""
    every = found | untold(installation)

    def work(tx: Transaction) -> bool:
        before = _last(tx)[1]
        if every <= before:
            return False
        _write(tx, installation, FAILED, holds=False, named=every | before)
        return True

    is_news = installation.transact_always(work)
    forget_untold(installation)
    return is_news


def _note_passed(installation: Installation) -> None:
    """A whole verification passed: what was found before is over."""

    def work(tx: Transaction) -> None:
        if not _last(tx)[0]:
            _write(tx, installation, PASSED, holds=True, named=())

    if not installation.read(_last)[0]:
        installation.transact_always(work)
    forget_untold(installation)


def accept_findings(installation: Installation, by: JustProven, why: str) -> int:
    """Sign that work goes on although something was found; returns how much that was.

    Raises:
        NotAllowed: the person is no QA reviewer.
        CannotSign: what a signature takes is not on record.
        DataRefused: no reason is given, or nothing was found that is not signed for.
    """
    if not why.strip() or len(why) > LONGEST_REASON:
        reason = f"say in at most {LONGEST_REASON} characters what was found, and why work goes on"
        raise DataRefused([Problem(reason, column="why")])
    note_untold(installation)

    def work(tx: Transaction) -> int:
        known, role = holding(tx, by, QA)
        holds, named = _last(tx)
        if holds:
            raise DataRefused([Problem("nothing was found that is to be signed for")])
        now = installation.clock.now()
        registered = Registered(
            (_attested(commit_text(tx, installation, why.strip()), holds=True),),
            signatures=(signature_of(known, role, GOES_ON, now),),
            document={**_document(named), **closed_tree(tx)},
        )
        write_site_entry(tx, ACCEPTED, Occasion(known.person.id, "-", now), registered)
        return len(named)

    return installation.transact(work)


def in_doubt_since(tx: Transaction) -> str:
    """When something was found that nobody has signed for; '' where nothing was."""
    found = last_verification(tx)
    return "" if found is None or found[1] else found[0]


def doubt_about_record(attempt: Attempt) -> str:
    """Why nothing may rely on this therapy's record; '' where everything may."""
    since = in_doubt_since(attempt.tx)
    if since:
        return f"The verification of {since} found that the record is not as it was recorded"
    return _not_on_record(attempt.installation) or _not_as_signed(attempt)


def _not_on_record(installation: Installation) -> str:
    """That something was found which the record could not take yet; '' where nothing was."""
    if not untold(installation):
        return ""
    return "A verification found that the record is not as it was recorded; it is not on record yet"


def _not_as_signed(attempt: Attempt) -> str:
    """What of this therapy is not what was signed, unless work goes on all the same; or ''."""
    tx, coi = attempt.tx, attempt.request.coi
    faults = view(tx, attempt.installation, coi).faults
    if not faults:
        return ""
    # What was accepted is known by its names, as a verification gives them.
    found = _named(verify(LedgerRows(tx, {coi}), expand_all, {}).findings)
    if found and found <= _last(tx)[1]:
        return ""
    return f"This therapy's record is not what was signed: {in_words(faults)}"


def _last(tx: Transaction) -> tuple[bool, frozenset[str]]:
    """Whether the last that was put on record is no reason for doubt, and what was found by it."""
    found = last_verification(tx)
    if found is None:
        return True, frozenset()
    content: Content = content_of_text(found[2])
    return found[1], frozenset(content["document"].get("findings", "").split())


def _named(findings: Iterable[Finding]) -> frozenset[str]:
    """What was found, by where it is, what is said of it, and what is stored there.

    Whoever changes once more what was found and signed for makes something new. Of very many the
    last name stands for all that have none of their own: none of them changes unseen.
    """
    every = sorted({one.name for one in findings})
    if len(every) <= _MOST_NAMED:
        return frozenset(every)
    rest = sha256(" ".join(every[_MOST_NAMED:]).encode()).hexdigest()[: len(every[0])]
    return frozenset((*every[:_MOST_NAMED], rest))


def _write(
    tx: Transaction, installation: Installation, action: str, *, holds: bool, named: Iterable[str]
) -> None:
    registered = Registered((_attested("-", holds=holds),), document=_document(named))
    write_site_entry(tx, action, Occasion("-", "-", installation.clock.now()), registered)


def _attested(detail: str, *, holds: bool) -> Attestation:
    return Attestation(VERIFICATION, "-", holds=int(holds), detail=detail)


def _document(named: Iterable[str]) -> dict[str, str]:
    told = sorted(named)
    return {"kind": VERIFICATION, "about": f"{len(told)} findings", "findings": " ".join(told)}
