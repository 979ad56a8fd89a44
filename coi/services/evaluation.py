"""The system is evaluated from time to time (PI 041, Annex 11 §11): one report, signed for.

It names who administers, by which rules people are let in, and how backups and archives are kept;
and it counts what has happened since the evaluation before: changes, departures, incidents. It is
of one moment, which is signed for with it: whatever is recorded later is the next one's.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from coi.clock import parse_rfc3339, rfc3339
from coi.services.drills import last_drilled
from coi.services.installation import Installation
from coi.services.passwords import LEAST_GUESSES
from coi.services.passwords import LONGEST as LONGEST_PASSWORD
from coi.services.periodic import (
    Sort,
    Standing,
    digest_of,
    last_about,
    sign_for,
    standing,
)
from coi.services.person_file import TITLES
from coi.services.pins import SHORTEST as SHORTEST_PIN
from coi.services.proofs import ADMINISTRATOR, QA, JustProven
from coi.services.reporting import software
from coi.services.signatures import role_in_words
from coi.services.tries import LOCKED, TRIES
from coi.services.upkeep import BACKUP, VERIFY, WHOLE, last_done
from coi.store import people
from coi.store.clocks import began_at
from coi.store.trail import counted_between
from coi.store.transactions import Transaction

EVALUATED = "I have evaluated the system, and what has happened since the evaluation before"
"""What the signature means: it is shown to whoever is about to sign."""

SYSTEM = Sort(
    "evaluation",
    "evaluate_system",
    EVALUATED,
    "a rule or an account changed meanwhile; look at the report again",
    "evaluates the system",
    lambda settings: settings.evaluation_days,
)
_DEPARTURES = {
    "late": "Steps entered late",
    "transcribed": "Steps copied from paper",
    "incident": "Scans of what does not belong together",
    "refused": "Steps refused, and on record",
    "hold": "Holds",
    "lift": "Holds lifted",
    "migrate": "Therapies moved to a newer version",
}
_DAILY = frozenset({"sign_in", "sign_out"})
"""What people do each day changes nothing of the system."""

Line = tuple[str, str]
"""What it is, and what is so."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the report."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The system at one moment, and what has happened since the evaluation before."""

    since: str
    until: str
    parts: tuple[Part, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of all that it says."""
        return digest_of(asdict(self))


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The report of now, and how it stands with the evaluations."""

    report: Report
    stands: Standing


def evaluated(installation: Installation) -> Evaluated:
    """The system as it is now, and when it is to be evaluated next."""
    now = installation.clock.now()

    def work(tx: Transaction) -> Evaluated:
        report = _report(tx, installation, rfc3339(now))
        return Evaluated(report, standing(tx, installation, SYSTEM))

    return installation.read(work)


def evaluate(
    installation: Installation, by: JustProven, until: str, digest: str, remark: str
) -> None:
    """The report up to that moment, as it was shown, is signed for by quality assurance.

    Raises:
        NotAllowed: the person is no QA reviewer.
        CannotSign: what a signature takes is not on record.
        DataRefused: what it says of the system is not so any more, the moment is still to come,
            or the remark is too long.
    """

    def found(tx: Transaction) -> str:
        if not until <= rfc3339(installation.clock.now()):
            return ""
        return _about(until, _report(tx, installation, until).digest)

    sign_for(installation, by, SYSTEM, (_about(until, digest), remark), found)


def _about(until: str, digest: str) -> str:
    return f"{until}/{digest}"


def _report(tx: Transaction, installation: Installation, until: str) -> Report:
    since = last_about(tx, SYSTEM).partition("/")[0] or began_at(tx)
    counted = counted_between(tx, since, until)
    parts = (
        Part("Who answers for what", tuple(_people(tx))),
        Part("By which rules people are let in", tuple(_rules(installation))),
        Part("Backups, verifications, archives", tuple(_procedures(installation))),
        Part("Departures and incidents since then", tuple(_departures(counted))),
        Part("Changes since then, of the system and its people", tuple(_changes(counted))),
    )
    return Report(since, until, parts)


def _people(tx: Transaction) -> Iterator[Line]:
    """Administrators and quality assurance by name, of the other roles how many hold them."""
    active = [one for one in people.everybody(tx) if one.person.active]
    holders = [(role, one.person.username) for one in active for role in _roles(one.person.roles)]
    for role in (ADMINISTRATOR, QA):
        named = sorted(username for held, username in holders if held == role)
        yield role_in_words(role), ", ".join(named) or "nobody"
    for role, count in sorted(Counter(role for role, _username in holders).items()):
        if role not in {ADMINISTRATOR, QA}:
            yield role_in_words(role), str(count)


def _roles(held: Sequence[tuple[str, str]] | frozenset[tuple[str, str]]) -> set[str]:
    return {role for role, _unit in held}


def _rules(installation: Installation) -> Iterator[Line]:
    settings = installation.settings
    yield (
        "Passwords",
        f"not guessed in {_grouped(LEAST_GUESSES)} tries; {LONGEST_PASSWORD} characters at most",
    )
    yield "PINs, at registered devices only", f"{SHORTEST_PIN} digits at least"
    yield "Wrong tries", f"{TRIES}, then locked for {LOCKED.seconds // 60} minutes"
    yield "Signed out without use after", f"{settings.idle_minutes} min"
    yield "Signed out in any case after", f"{settings.session_hours} h"
    with_factor, with_passkey = map(_named, (settings.factor_roles, settings.passkey_roles))
    yield "Roles with a second factor", with_factor or "whoever enrolled one"
    yield "Roles with a passkey", with_passkey or "none"
    yield "Provider of identities", settings.oidc_issuer or "none"
    yield "Access reviewed", f"every {settings.access_review_days} days"
    yield "Software", software()


def _grouped(number: int) -> str:
    """A large number with blanks, which are read alike in every language."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def _named(roles: Sequence[str]) -> str:
    return ", ".join(map(role_in_words, roles))


def _done(at: datetime, *, passed: bool) -> str:
    return f"{at:%Y-%m-%d %H:%M} +00:00{'' if passed else ', FAILED'}"


def _procedures(installation: Installation) -> Iterator[Line]:
    """When each was done last; how it is done stands in the documents that are named."""
    for what, title in ((BACKUP, "Backup"), (VERIFY, "Verification"), (WHOLE, "Whole one")):
        done = last_done(installation.settings, what)
        told = _done(done.at, passed=done.passed) if done else "never"
        yield f"{title}, last", told
    tried = last_drilled(installation)
    told = _done(parse_rfc3339(tried[0]), passed=tried[1]) if tried else "never"
    yield "Backup tried, last", told
    yield "How backups are made and tried", "docs/backup.md"
    yield "How records are archived and read", "docs/exports.md"
    yield "How work goes on without the system", "docs/downtime.md"


def _departures(counted: Sequence[tuple[str, str, int]]) -> Iterator[Line]:
    for kind, title in _DEPARTURES.items():
        yield title, str(sum(count for of, _action, count in counted if of == kind))
    for action, title in (
        ("open_exception", "Exceptions opened"),
        ("correct_value", "Corrections"),
    ):
        yield title, str(sum(count for _kind, of, count in counted if of == action))


def _changes(counted: Sequence[tuple[str, str, int]]) -> Iterator[Line]:
    told = {action: count for kind, action, count in counted if kind == "site"}
    for action in sorted(told.keys() - _DAILY):
        yield TITLES.get(action, action.replace("_", " ").capitalize()), str(told[action])
