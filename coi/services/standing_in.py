"""Who stands in for whoever releases: deputies for a period, and who of a site is on call.

A qualified person or a QA reviewer names a deputy of the same role at the same site, and signs it;
a site puts people on call likewise. Nobody gains a right by it, and nobody signs in another's name:
a deputy signs as themselves, and beside it stands for whom they stood in then (P11-200a2). What
waits for a release past its time is told to the deputies first, and to who is on call a day later.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import DataRefused, Problem, Unknown
from coi.services.decoding import Content, content_of_text
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.people import site_chain
from coi.services.permissions import HOLDERS, Permission
from coi.services.proofs import QA, JustProven, NotAllowed, acting, human, signature_of
from coi.services.sessions import SignedIn
from coi.store.entries import entries_with
from coi.store.people import person, printed_names, usernames_of
from coi.store.registers import sites
from coi.store.transactions import Transaction
from workflows.facts import Person

LONGEST = timedelta(days=366)
"""So far ahead, and for so long, somebody stands in."""

ENDED = "end_standing_in"
KIND = "standing_in"

Signing = tuple[str, str, str]
"""Who signed, in which role, and when."""


class Duty(StrEnum):
    """For whom somebody stands in; the value is the action by which it is recorded."""

    DEPUTY = "name_deputy"
    ON_CALL = "put_on_call"


MEANINGS = {
    Duty.DEPUTY: "this person stands in for me in this period",
    Duty.ON_CALL: "this person is on call in this period",
    ENDED: "this person stands in no longer",
}
"""What the signatures mean: each is shown to whoever is about to sign."""


class NoStandIn(DataRefused):
    """Whoever is named could not release in that period; nothing was saved."""

    code = "NO_STAND_IN"


@dataclass(frozen=True, slots=True)
class Wish:
    """Who shall stand in, in which role at which site, from the first day to the last."""

    duty: Duty
    username: str
    role: str
    site: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who stands in: for whom, in which role, where, and when; and where it stands."""

    duty: Duty
    person: str
    name: str
    instead_of: str  # the person for whom; '-' for whoever releases at the site
    instead: str  # their printed name; '' where it is nobody's
    role: str
    site: str
    since: datetime
    until: datetime
    seq: int

    def is_in_force(self, now: datetime) -> bool:
        """They stand in at this moment."""
        return self.since <= now < self.until


def stand_in(installation: Installation, by: JustProven, wish: Wish) -> None:
    """Somebody stands in from now on, for this period: signed by who names them.

    Raises:
        DataRefused: the period is none, or too long, or past.
        NotAllowed: whoever signs does not hold the role at the site themselves.
        Unknown: there is no such account, or no such site.
        NoStandIn: whoever is named could not release: another role or site, no training to the end.
        CannotSign: what a signature takes is not on record.
    """

    def work(tx: Transaction) -> None:
        known, now = acting(tx, by), installation.clock.now()
        role = _role_of(known.person, wish)
        named = human(tx, wish.username)
        since, until = _period(tx, wish, now)
        if reasons := [*_why_not(named.person, known.person, wish, until)]:
            raise NoStandIn([Problem(reason, column="username") for reason in reasons])
        instead = known.person.id if wish.duty is Duty.DEPUTY else "-"
        told = {
            "kind": KIND,
            "about": named.person.id,
            "for": instead,
            "role": wish.role,
            "site": wish.site,
            "since": rfc3339(since),
            "until": rfc3339(until),
        }
        signed = (signature_of(known, role, MEANINGS[wish.duty], now),)
        registered = Registered(signatures=signed, document=told)
        occasion = Occasion(known.person.id, "-", now)
        write_site_entry(tx, wish.duty, occasion, registered, site_chain(wish.site))

    installation.transact(work)


def end_standing_in(installation: Installation, by: JustProven, site: str, seq: int) -> None:
    """Somebody stands in no longer: signed by whom they stood in for, or by quality assurance.

    Raises:
        Unknown: nobody stands in by such an entry, or not any more.
        NotAllowed: it is neither theirs to end, nor are they quality assurance of the site.
    """

    def work(tx: Transaction) -> None:
        known, now = acting(tx, by), installation.clock.now()
        found = (one for one in _every(tx, now) if (one.site, one.seq) == (site, seq))
        one = next(found, None)
        if one is None or now >= one.until:
            raise Unknown("stand-in", f"{site} {seq}")
        is_theirs = known.person.id == one.instead_of
        role = one.role if is_theirs else QA
        if (role, site) not in known.person.site_roles:
            raise NotAllowed([Problem(f"{known.person.username} did not name them")])
        signed = (signature_of(known, role, MEANINGS[ENDED], now),)
        told = {"kind": KIND, "about": one.person, "entry": str(seq)}
        registered = Registered(signatures=signed, document=told)
        write_site_entry(
            tx, ENDED, Occasion(known.person.id, "-", now), registered, site_chain(site)
        )

    installation.transact(work)


def standing_in(installation: Installation, signed_in: SignedIn) -> tuple[StandIn, ...]:
    """Everybody who stands in now or later at the sites where this person could too."""
    own = own_posts(signed_in.person)
    now = installation.clock.now()

    def work(tx: Transaction) -> tuple[StandIn, ...]:
        there = {site for _role, site in own}
        return tuple(one for one in _every(tx, now) if one.site in there and now < one.until)

    return installation.read(work)


def on_duty(tx: Transaction, now: datetime) -> tuple[StandIn, ...]:
    """Everybody who stands in at this moment, deputies first."""
    every = (one for one in _every(tx, now) if one.is_in_force(now))
    found = (one for one in every if _still_fits(tx, one))
    return tuple(sorted(found, key=lambda one: (one.duty is Duty.ON_CALL, one.since, one.seq)))


def stood_in_for(tx: Transaction, signed: Collection[Signing]) -> dict[Signing, str]:
    """For whom each signer stood in as deputy in that role then, by name; '' for nobody."""
    if not signed:
        return {}
    first = parse_rfc3339(min(at for _signer, _role, at in signed))
    every = [*_every(tx, first, (Duty.DEPUTY,))]
    return {one: ", ".join(dict.fromkeys(_instead(every, *one))) for one in signed}


def _instead(every: Iterable[StandIn], signer: str, role: str, signed_at: str) -> Iterator[str]:
    at = parse_rfc3339(signed_at)
    for one in every:
        if (one.person, one.role) == (signer, role) and one.is_in_force(at):
            yield one.instead


def own_posts(somebody: Person) -> tuple[tuple[str, str], ...]:
    """Each role in which the person can release or review a release, with its site."""
    roles = HOLDERS[Permission.STAND_IN]
    return tuple(sorted(one for one in somebody.site_roles if one[0] in roles and one[1] != "-"))


def _role_of(by: Person, wish: Wish) -> str:
    """The role in which somebody is named: their own; QA may put others on call besides."""
    own = own_posts(by)
    if (wish.role, wish.site) in own:
        return wish.role
    if wish.duty is Duty.ON_CALL and (QA, wish.site) in own:
        return QA
    raise NotAllowed([Problem(f"{by.username} is no {wish.role} there".replace("_", " "))])


def _period(tx: Transaction, wish: Wish, now: datetime) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, by the clock of the site."""
    zone = next((ZoneInfo(one.time_zone) for one in sites(tx) if one.id == wish.site), None)
    if zone is None:
        raise Unknown("site", wish.site)
    since = datetime.combine(wish.first, time(), zone)
    until = datetime.combine(wish.last + timedelta(days=1), time(), zone)
    if not since < until:
        raise DataRefused([Problem("lies before the first day", column="last")])
    if until <= now or since - now > LONGEST or until - since > LONGEST:
        raise DataRefused([Problem("ends later than now, within a year", column="last")])
    # What was before it was signed, nobody stood in.
    return max(since, now), until


def _why_not(named: Person, by: Person, wish: Wish, until: datetime) -> Iterator[str]:
    """What keeps them from releasing in that period."""
    role = wish.role.replace("_", " ")
    trained = named.trained_until.get(wish.role)
    if wish.duty is Duty.DEPUTY and named.id == by.id:
        yield "is you: somebody else stands in"
    if not named.active or (wish.role, wish.site) not in named.site_roles:
        yield f"is no {role} at this site"
    if trained is None or trained < until:
        yield f"has no training as {role} to the end of that period"
    if not (named.proofed and named.accepted_policy):
        yield "cannot sign: identity check or signature statement are not on record"


def _every(
    tx: Transaction, now: datetime, duties: Iterable[Duty] = tuple(Duty)
) -> Iterator[StandIn]:
    """Each who was named and could stand in at that moment or later; with when it was ended."""
    # Nobody stands in for longer than a year, nor from later than in a year on.
    since = rfc3339(now - 2 * LONGEST)
    found = [(duty, one) for duty in duties for one in _with(tx, duty, since)]
    if not found:
        return
    ends = {
        (one["chain"], int(one["document"]["entry"])): parse_rfc3339(one["recorded_at"])
        for one in _with(tx, ENDED, since)
    }
    documents = [one["document"] for _duty, one in found]
    names = printed_names(tx, {one[who] for one in documents for who in ("about", "for")} - {"-"})
    for duty, one in found:
        document = one["document"]
        until = parse_rfc3339(document["until"])
        yield StandIn(
            duty,
            document["about"],
            names.get(document["about"], "(erased)"),
            document["for"],
            names.get(document["for"], "" if document["for"] == "-" else "(erased)"),
            document["role"],
            document["site"],
            parse_rfc3339(document["since"]),
            min(until, ends.get((one["chain"], one["seq"]), until)),
            one["seq"],
        )


def _with(tx: Transaction, action: str, since: str) -> list[Content]:
    return [content_of_text(text) for text in entries_with(tx, action, since)]


def _still_fits(tx: Transaction, one: StandIn) -> bool:
    """They still hold the role for which they were named; who lost it stands in for nobody."""
    username = usernames_of(tx, [one.person]).get(one.person, "")
    known = person(tx, username)
    return known is not None and (one.role, one.site) in known.person.site_roles
