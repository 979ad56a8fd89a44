"""One person as they and administrators read about them: what holds, and what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from coi.services.decoding import Content, content_of_text, signatures_of_text
from coi.services.installation import Installation
from coi.services.proofs import person_of
from coi.services.sessions import SessionRow, open_sessions
from coi.services.signatures import role_in_words
from coi.services.therapies import Signed, signed_of
from coi.services.tries import locked_accounts
from coi.store import entries, facts, people, registers
from coi.store.badges import Badge, badge_of
from coi.store.facts import ORGANISATION
from coi.store.people import Enrolled, KnownPerson, usernames_of
from coi.store.sign_ons import SignOn, sign_on_of
from coi.store.transactions import Transaction
from workflows.facts import Person

ERASED = "(erased)"
FACTORS: Mapping[str, str] = {"totp": "an app that shows codes", "passkey": "a passkey"}
"""What kinds of second factors are called."""

TITLES: Mapping[str, str] = {
    "register_person": "Account opened",
    "register_program": "Program's account opened",
    "make_token": "Token made",
    "revoke_token": "Token revoked",
    "add_account": "One more account given",
    "rename_person": "Printed name changed",
    "grant_role": "Role given",
    "revoke_role": "Role taken away",
    "record_training": "Training recorded",
    "record_proofing": "Identity checked",
    "accept_policy": "Signature statement accepted",
    "set_password": "Own password chosen",
    "new_secret": "New one-time secret given",
    "unlock_account": "Account unlocked",
    "end_session": "Session ended by hand",
    "replace_session": "Signed in at another workstation; the session before was ended",
    "close_account": "Account closed",
    "read_account_notices": "Read what others did to the account",
    "object_to_account_notices": "Did not want what others did to the account",
    "issue_badge": "Badge issued",
    "strike_off_badge": "Badge struck off",
    "set_pin": "PIN set",
    "end_pin": "Own PIN given up",
    "refuse_pin": "Badge scanned, and a PIN typed that opened nothing",
    "refuse_badge": "Turned away: a badge at a site without a role",
    "lock_pin": "Wrong PINs; the PIN was ended",
    "bind_sign_on": "Identity at the provider bound",
    "confirm_sign_on": "Identity at the provider confirmed with the password",
    "end_sign_on": "Identity at the provider ended",
    "refuse_sign_on": "Turned away: an identity at the provider that opens nothing",
    "sign_in": "Signed in",
    "sign_out": "Signed out",
    "refuse_sign_in": "Wrong password or code",
    "refuse_outside": "Turned away: from outside without a second factor",
    "lock_account": "Wrong password or code; the account was locked",
    "lock_beside": "Wrong password or code; whoever typed it is locked for others' passwords",
    "enrol_factor": "Second factor enrolled",
    "end_factor": "Second factor ended by hand",
    "give_up_factor": "Own second factor given up",
    "break_glass": "Read in an emergency who a patient is",
    "review_break_glass": "Reviewed who read a name in an emergency",
    "name_deputy": "Deputy named for a release",
    "put_on_call": "Put on call for a release",
    "end_standing_in": "Stands in no longer",
    "review_access": "Who has which access: reviewed",
    "evaluate_system": "System evaluated",
    "check_archive": "Archived records checked",
    "test_device": "Device tested",
    "hand_in_captures": "Handed in what was captured without a line",
    "captures_forked": "Handed in what a device did not capture so; kept apart",
    "settle_capture": "Said which entry tells what was captured",
    "issue_permit": "Permit given to a device for the time without a line",
    "set_aside_capture": "Set aside what was captured without a line",
    "approve_settings": "Changes of settings approved",
    "read_archive": "Archived records read, on trial",
    "review_trail": "Audit trail of a therapy reviewed",
}
"""What an action of a site's chain is called; of others the name is shown."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a person did, or that was done to their accounts."""

    at: str
    title: str
    by: str
    holds: tuple[str, ...]  # the role that it is about, where, and until when
    said: str  # the account, the texts and the reason
    signatures: tuple[Signed, ...] = ()

    @property
    def detail(self) -> str:
        """All of it in one text."""
        return ", ".join((*self.holds, *filter(None, [self.said])))


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A person with all accounts, open sessions, and what happened lately."""

    person: Person
    printed_name: str
    usernames: tuple[str, ...]
    locked: tuple[str, ...]
    secret_until: datetime | None
    sessions: tuple[SessionRow, ...]
    happened: tuple[Happening, ...]
    badge: Badge | None = None
    factors: tuple[Enrolled, ...] = ()
    has_pin: bool = False
    sign_on: SignOn | None = None

    def trained(self, role: str, now: datetime) -> bool:
        """The person has a current training for this role."""
        until = self.person.trained_until.get(role)
        return until is not None and until > now


def person_file(installation: Installation, username: str) -> PersonFile:
    """Everything about the person who has this account.

    Raises:
        Unknown: there is no such account.
    """

    def look(tx: Transaction) -> PersonFile:
        known = person_of(tx, username)
        person = known.person
        return PersonFile(
            person,
            known.name,
            tuple(people.accounts_of(tx, person.id)),
            locked_accounts(tx, installation, person.id),
            known.secret_until,
            tuple(open_sessions(tx, installation, known)),
            tuple(_happened(tx, known)),
            badge_of(tx, person.id),
            known.factors,
            bool(known.pin),
            sign_on_of(tx, person.id),
        )

    return installation.read(look)


def _happened(tx: Transaction, known: KnownPerson) -> Iterator[Happening]:
    """What stands about a person among the last entries of their site's chain; newest first."""
    chain = registers.person_chain(tx, known.person.id) or ORGANISATION
    head = facts.head(tx, chain)
    found = entries.newest_about(tx, chain, known.person.id, head.seq if head else 0)
    names = people.printed_names(tx, (actor for _, _, actor, *_ in found))
    contents = [content_of_text(text) for *_, text, _signed in found]
    signed = [signatures_of_text(signed) for *_, signed in found]
    bearing = [one for every in signed for one in every]
    usernames = usernames_of(tx, {one["person"] for one in bearing})
    attested = [one for content in contents for one in content.get("attestations", ())]
    reasons = (one for content in contents for one in content.get("notes", {}).values())
    printed = (one["printed_name"] for one in bearing)
    texts = registers.texts_of(tx, (*(one["detail"] for one in attested), *reasons, *printed))
    units = {one["unit"] for one in attested} - {"-"}
    places = {unit: people.place(tx, unit) or unit for unit in units}
    for (at, action, actor, *_), content, below in zip(found, contents, signed, strict=True):
        title = TITLES.get(action, action.replace("_", " ").capitalize())
        # What nobody did was done when the installation began.
        by = "" if actor == "-" else names.get(actor, ERASED)
        signatures = signed_of(below, texts, usernames)
        holds, said = tuple(_holds(content, places)), ", ".join(_said(content, texts))
        yield Happening(at, title, by, holds, said, signatures)


def _said(content: Content, texts: Mapping[str, str]) -> Iterator[str]:
    """The account and the text that an entry speaks of, and why."""
    for account in content.get("registers", {}).get("accounts", ()):
        yield str(account["username"])
    for told in content.get("attestations", ()):
        if told["detail"] in texts:
            yield texts[told["detail"]]
        if told["kind"] == "badge":
            yield told["detail"]
    yield from _beside(content, texts)


def _holds(content: Content, places: Mapping[str, str]) -> Iterator[str]:
    """The role or the factor that an entry speaks of, where it holds, and until when."""
    for told in content.get("attestations", ()):
        if told["kind"] == "factor":
            # Its role is the identifier of the factor, which means nothing to people.
            yield FACTORS.get(told["detail"].partition(" ")[0], "")
        elif told["role"] != "-":
            yield role_in_words(told["role"])
        if told["unit"] != "-":
            yield places.get(told["unit"], told["unit"])
        if told["valid_until"] != "-":
            yield f"good until {told['valid_until'][:10]}"


def _beside(content: Content, texts: Mapping[str, str]) -> Iterator[str]:
    """The badge that was scanned, and the reason that was given."""
    for badge in content.get("registers", {}).get("badges", ()):
        yield f"by badge {badge['serial']}"
    if content.get("registers", {}).get("sign_ons"):
        yield "by the house's provider"
    for note in content.get("notes", {}).values():
        yield f"“{texts[note]}”" if note in texts else ERASED
