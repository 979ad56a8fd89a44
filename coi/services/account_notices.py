"""What somebody else did to an account by which people come in: told to whose account it is.

An administrator who gives a new secret could use it (P11-200a3). An account has no e-mail address,
so its owner is told at the door: at each sign-in by name, badge or provider it stands there, what
was done, when, by whom and why, until they say that they read it. That counts only while their
identity is checked, which after a new secret takes somebody else: whoever came in by the secret
puts nothing away alone. Who did not want it says so at once, and that is an alarm.

A badge that is issued in the place of another one opens the door with the PIN that is there; the
first one opens nothing before its owner sets a PIN. An identity at the provider is confirmed with
the owner's password, and needs no notice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coi.errors import DataRefused, Problem
from coi.ledger.content import Head
from coi.services.badges import ISSUE_BADGE
from coi.services.decoding import Content, content_of_text
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.people import END_FACTOR, NEW_SECRET
from coi.services.pins import KIND as PIN
from coi.services.proofs import Proven, acting
from coi.services.sessions import SignedIn
from coi.store import facts, people, registers
from coi.store.account_notices import Attested, attested_of, last_read
from coi.store.facts import ORGANISATION
from coi.store.people import ERASED
from coi.store.transactions import Transaction
from workflows.facts import Person

READ = "read_account_notices"
OBJECT = "object_to_account_notices"
_ALWAYS = frozenset({NEW_SECRET, END_FACTOR})
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that was done: when, by whom, and why, where a reason was asked for."""

    seq: int  # of its entry, in the chain of the owner's home
    action: str
    at: str
    by: str  # the printed name
    why: str
    is_new: bool  # the owner has not read it yet


@dataclass(frozen=True, slots=True)
class Notices:
    """What was done, newest first, and whether its owner can say now that they read it."""

    told: tuple[Notice, ...] = ()
    may_be_read: bool = True  # somebody has checked who they are, since
    is_objected_to: bool = False  # its owner said already that they did not want the newest

    @property
    def waits(self) -> bool:
        """Something of it is new."""
        return any(one.is_new for one in self.told)

    @property
    def newest(self) -> int:
        """The number of the newest; -1 where there is nothing."""
        return self.told[0].seq if self.told else -1


def done_by_others(person: str, attested: Iterable[Attested]) -> Iterator[Attested]:
    """Of what opens a person's account, what somebody else did; each entry once, oldest first."""
    told, has_pin = -1, False
    for one in attested:
        lets_in = one.action in _ALWAYS or (one.action == ISSUE_BADGE and has_pin)
        if lets_in and one.actor != person and one.seq != told:
            told = one.seq
            yield one
        has_pin = bool(one.holds) if one.kind == PIN else has_pin


def notice_waits(installation: Installation, signed_in: SignedIn) -> bool:
    """Somebody else did such a thing, and whoever is signed in has not read it yet."""

    def look(tx: Transaction) -> bool:
        person = signed_in.person.id
        done = [*done_by_others(person, attested_of(tx, person))]
        return bool(done) and last_read(tx, person, READ, done[-1].at) < done[-1].seq

    return installation.read(look)


def account_notices(installation: Installation, signed_in: SignedIn) -> Notices:
    """Everything of the kind, as far as it is shown; read or not."""
    return installation.read(lambda tx: _notices(tx, signed_in.person))


def _notices(tx: Transaction, person: Person) -> Notices:
    done = [*done_by_others(person.id, attested_of(tx, person.id))][-MOST_SHOWN:]
    if not done:
        return Notices()
    read = last_read(tx, person.id, READ, done[0].at)
    names = people.printed_names(tx, (one.actor for one in done))
    reasons = [_reason(content_of_text(one.content)) for one in done]
    texts = registers.texts_of(tx, filter(None, reasons))
    told = [
        Notice(
            one.seq,
            one.action,
            one.at,
            names.get(one.actor, ERASED),
            texts.get(reason, ERASED) if reason else "",
            one.seq > read,
        )
        for one, reason in zip(done, reasons, strict=True)
    ]
    objected = last_read(tx, person.id, OBJECT, done[-1].at)
    return Notices(tuple(reversed(told)), person.proofed, objected > done[-1].seq)


def _reason(content: Content) -> str:
    """The commitment to the reason that was given; '' where none was asked for."""
    ended = [one["detail"] for one in content["attestations"] if one["kind"] == "proofing"]
    found = [*content.get("notes", {}).values(), *(one for one in ended if one != "-")]
    return str(found[0]) if found else ""


def read_notices(installation: Installation, by: Proven, newest: int) -> bool:
    """Record that somebody read what others did to their account, up to the `newest` shown.

    Returns whether all of it is read now: what came meanwhile is shown first.

    Raises:
        DataRefused: somebody else checks who they are before.
    """

    def work(tx: Transaction) -> bool:
        person = acting(tx, by).person
        chain, last = _home(tx, person)
        notices = _notices(tx, person)
        if not notices.waits:
            return True
        if notices.newest != newest:
            return False
        if not notices.may_be_read:
            reason = "somebody else checks your identity before you put this away"
            raise DataRefused([Problem(reason)])
        _tell(tx, installation, (person, READ, newest), chain, last)
        return True

    return installation.transact(work)


def object_to_notices(installation: Installation, by: Proven, newest: int) -> bool:
    """Record that somebody did not want what others did to their account: it rings as an alarm.

    It goes on to be shown. Returns whether it was recorded: where nothing is new, or the same was
    said before, nothing is.
    """

    def work(tx: Transaction) -> bool:
        person = acting(tx, by).person
        chain, last = _home(tx, person)
        notices = _notices(tx, person)
        rings = notices.waits and not notices.is_objected_to
        if rings:
            _tell(tx, installation, (person, OBJECT, newest), chain, last)
        return rings

    return installation.transact(work)


def _home(tx: Transaction, person: Person) -> tuple[str, Head | None]:
    """The chain in which everything about a person stands, and its last entry at this moment."""
    chain = registers.person_chain(tx, person.id) or ORGANISATION
    return chain, facts.head(tx, chain)


def _tell(
    tx: Transaction,
    installation: Installation,
    told: tuple[Person, str, int],
    chain: str,
    last: Head | None,
) -> None:
    """Write it behind what was the last entry when it was looked: nothing came between."""
    person, deed, newest = told
    registers_ = {"account_notices": [{"person": person.id, "newest": newest}]}
    occasion = Occasion(person.id, "-", installation.clock.now())
    write_site_entry(tx, deed, occasion, Registered(registers=registers_), chain, last)
