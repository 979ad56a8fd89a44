"""A record that is older than it once was goes on: quality assurance has signed for it (TL-18).

What is missing, nobody here can list: it is missing. On record stay how many entries there were and
were seen, who signed, when and why; the paper from the lost hours is entered late, or stays paper.
"""

import os
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coi.clock import rfc3339
from coi.errors import CoiError, DataRefused, Problem
from coi.ledger.checkpoint import Verifier
from coi.ledger.content import Attestation
from coi.services.checkpoint_keys import (
    CHECKPOINTS,
    RESTORE,
    VOUCHED,
    NoSigningKey,
    closing_of,
    key_in_force,
    signers_of,
)
from coi.services.closed_trees import closed_tree
from coi.services.custody_reading import ERASED
from coi.services.decoding import Content, content_of_text
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.print_queue import give_up_restored
from coi.services.proofs import QA, JustProven, holding, signature_of
from coi.services.seen import begin_seen, seen_file
from coi.services.signed_before import Last, put_aside_last, told_last
from coi.store.batch_runs import forget_every_one
from coi.store.facts import restores
from coi.store.people import printed_names
from coi.store.print_jobs import give_up_every_one
from coi.store.registers import text_of
from coi.store.transactions import Transaction

GOES_ON = "this record goes on without what is missing"
"""What the signature means: it is shown to whoever is about to sign."""

LONGEST_REASON = 2_000


class KeyIsAnothers(CoiError):
    """The key that signs checkpoints is for another user of the machine: that one has to sign."""

    code = "KEY_IS_ANOTHERS"

    def __init__(self) -> None:
        super().__init__(
            "The key that signs checkpoints is for another user of this machine to read, and it has"
            " to sign that the record goes on.",
            "Let whoever looks after the machine run `coi restored` as the user who signs; quality"
            " assurance signs there: docs/checkpoints.md.",
        )


class NotRemembered(CoiError):
    """The signature is on record, and what was seen of the record could not be written."""

    code = "NOT_REMEMBERED"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A record that was older went on: when, who signed, and what was found."""

    recorded_at: str
    printed_name: str
    found: str
    reason: str  # '' once it was erased


def acknowledge(installation: Installation, by: JustProven, why: str) -> None:
    """Sign that the record goes on as it is; from then on it is written again.

    Raises:
        NotAllowed: the person is no QA reviewer.
        CannotSign: what a signature takes is not on record.
        DataRefused: no reason is given, or nothing is to be signed for.
        KeyIsAnothers: the key that signs checkpoints is for another user to read.
        NotRemembered: the file beside the vault key cannot be written.
    """
    found, last = installation.look_at_length(), told_last(installation.settings)
    if problems := _problems(found, why):
        raise DataRefused(problems)

    def work(tx: Transaction) -> None:
        known, role = holding(tx, by, QA)
        now = installation.clock.now()
        registered = Registered(
            (Attestation(RESTORE, "-", detail=commit_text(tx, installation, why.strip())),),
            signatures=(signature_of(known, role, GOES_ON, now),),
            document={"kind": RESTORE, "about": found, **_goes_on_as(tx, installation, last)},
        )
        write_site_entry(tx, RESTORE, Occasion(known.person.id, "-", now), registered)
        give_up_every_one(tx, rfc3339(now))
        forget_every_one(tx)
        give_up_restored(tx, installation)

    installation.transact_always(work)
    put_aside_last(installation)
    file = seen_file(installation.settings)
    installation.read(lambda tx: begin_seen(tx, file))
    if installation.look_at_length():
        raise NotRemembered(
            f"Your signature is on record, and {file} cannot be written. So the record is still"
            " only read.",
            "Let an administrator make the folder writable for the product, and sign again.",
        )


def _goes_on_as(tx: Transaction, installation: Installation, before: Last) -> dict[str, str]:
    """Under which name checkpoints are signed from now on, and of how much of the tree before.

    With the root of what is left, and what was signed last of what there had been (TL-19).

    What was signed of the lost entries names another origin than what is signed of new ones, so
    that neither is ever taken for a lie about the other. That it is so the key says itself: people
    are rows in a database. Where the key is gone no other name is given, and the two people who
    name another key say so.
    """
    signers = signers_of(tx)
    if not signers:
        return {}
    last, now = signers[-1].verifier, installation.clock.now()
    closed = {**closed_tree(tx), **({"signed_last": before.note.text} if before.note else {})}
    try:
        key = key_in_force(installation.settings, last)
    except NoSigningKey:
        if _is_anothers(installation.settings.checkpoint_key_file):
            raise KeyIsAnothers from None
        return closed
    named = Verifier(f"{signers[0].verifier.name}/{now:%Y%m%dT%H%M%SZ}", last.key)
    vouched = b64encode(key.sign(closing_of(last, named, closed))).decode()
    return {CHECKPOINTS: named.text, VOUCHED: vouched, **closed}


def _is_anothers(file: Path) -> bool:
    """The key is there, and for another user of the machine to read: that one has to sign."""
    try:
        file.stat()
    except PermissionError:
        return True
    except OSError:
        return False
    return not os.access(file, os.R_OK)


def _problems(found: str, why: str) -> Sequence[Problem]:
    if not found:
        return [Problem("the record holds everything that was seen of it; nothing is to be signed")]
    if not why.strip():
        return [Problem("say what became of the record, and what is missing", column="why")]
    if len(why) > LONGEST_REASON:
        return [Problem(f"at most {LONGEST_REASON} characters", column="why")]
    return []


def acknowledged(installation: Installation) -> Sequence[Acknowledged]:
    """Every time that the record went on after it was found older, the first one first."""

    def look(tx: Transaction) -> Sequence[Acknowledged]:
        rows = restores(tx)
        names = printed_names(tx, [person for _at, person, _content in rows])
        return [
            _told(tx, at, names.get(person, ERASED), content_of_text(text))
            for at, person, text in rows
        ]

    return installation.read(look)


def _told(tx: Transaction, at: str, name: str, content: Content) -> Acknowledged:
    (attested,) = content["attestations"]
    return Acknowledged(
        at, name, content["document"]["about"], text_of(tx, attested["detail"]) or ""
    )
