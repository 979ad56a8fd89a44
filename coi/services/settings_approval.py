"""Whatever is set otherwise is approved by quality assurance, with a reason (Annex 11 §10).

A setting changes with the environment of a server, and is on record when that starts, with what it
was (`served`). Who set it no program can know; so somebody of quality assurance looks at it, says
why it was changed, and signs. Until then `coi doctor` names it. Nothing is refused meanwhile: a
server that was set otherwise in an emergency serves patients.
"""

from collections.abc import Sequence
from dataclasses import asdict

from coi.errors import DataRefused, Problem
from coi.services.installation import Installation
from coi.services.periodic import Review, Sort, digest_of, last_about, reviews_of, sign_for
from coi.services.proofs import JustProven
from coi.services.served import Served, served
from coi.store.transactions import Transaction

APPROVED = "I have seen what was set otherwise, and approve it"
"""What the signature means: it is shown to whoever is about to sign."""

_SETTINGS = Sort(
    "settings_approval",
    "approve_settings",
    APPROVED,
    "something else was set meanwhile; look at it again",
    "approves what was set otherwise",
)


def not_approved(tx: Transaction) -> tuple[Served, ...]:
    """Each start of a server with other settings that nobody has approved yet, the newest first."""
    until = last_about(tx, _SETTINGS).partition("/")[0]
    return tuple(one for one in served(tx) if one.changes and one.since > until)


def approvals(tx: Transaction) -> list[Review]:
    """Each time that changes were approved, with the reason and who signed; the newest first."""
    return reviews_of(tx, _SETTINGS)


def digest_of_changes(changed: Sequence[Served]) -> str:
    """What stands for these changes in the form that is signed; '' for none."""
    return _about(changed) if changed else ""


def approve_settings(installation: Installation, by: JustProven, shown: str, why: str) -> None:
    """What was set otherwise, as it was shown, is approved by quality assurance.

    Raises:
        NotAllowed: the person is no QA reviewer.
        CannotSign: what a signature takes is not on record.
        DataRefused: no reason is given, nothing waits, or something else was set meanwhile.
    """
    if not why.strip():
        raise DataRefused([Problem("say why it was set otherwise", column="why")])
    if not shown:
        raise DataRefused([Problem("nothing waits to be approved", column="digest")])

    def found(tx: Transaction) -> str:
        return digest_of_changes(not_approved(tx))

    sign_for(installation, by, _SETTINGS, (shown, why), found)


def _about(changed: Sequence[Served]) -> str:
    # Until when a server serves so changes with its next start, and is not what is approved.
    told = [{**asdict(one), "until": ""} for one in changed]
    return f"{max(one.since for one in changed)}/{digest_of(told)}"
