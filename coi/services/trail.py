"""The audit trail as its reviewers read it: who, what, when, why, old, new; the unusual first.

It is read from the entries' own bytes, the newest first, a part at a time. Nobody sees an entry of
a therapy that they may not see, and the vault is not touched: no patient's name is on it (A11-09,
A11d-12.4, A11d-12.7).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from coi.clock import rfc3339
from coi.errors import Unknown
from coi.services.decoding import Content, content_of_text, signatures_of_text
from coi.services.directory import ListedUnit, units_by_id
from coi.services.installation import Installation
from coi.services.looking import sees
from coi.services.people import site_chain
from coi.services.permissions import EVERYWHERE, Permission, sites_with
from coi.services.person_file import TITLES
from coi.services.sessions import SignedIn
from coi.services.therapies import Signed, signed_of, title_of
from coi.services.trail_changes import (
    ERASED,
    REFUSED,
    Change,
    Known,
    changes_in,
    commitments_of,
    corrected_in,
    people_in,
    replaced_in,
)
from coi.services.unusual import Unusual, unusual_in
from coi.services.worklist import time_zone_of
from coi.store import trail as store
from coi.store.facts import ORGANISATION, therapy
from coi.store.people import person, printed_names, usernames_of
from coi.store.registers import texts_of
from coi.store.trail import AT_ONCE, BEHIND_NOTHING, Found, Narrowed, Place, Scope
from coi.store.transactions import Transaction
from coi.store.worklist import installed
from workflows.facts import Person
from workflows.model import Workflow

PAGE = 50
NEWEST = BEHIND_NOTHING
"""Where the trail begins."""

MOST_LOOKED_THROUGH = 2_000
"""Entries of one page: whoever asks for what is rare is told how far it was looked, and goes on."""

ACCESS = (
    *("sign_in", "sign_out", "refuse_sign_in", "lock_account", "lock_beside", "unlock_account"),
    *("end_session", "set_password", "new_secret", "issue_badge", "strike_off_badge"),
    *("read_account_notices", "object_to_account_notices"),
    *("bind_sign_on", "confirm_sign_on", "end_sign_on", "refuse_sign_on"),
    *("set_pin", "end_pin", "lock_pin", "refuse_pin", "refuse_badge"),
    *("register_person", "register_program", "add_account", "rename_person", "close_account"),
    *("grant_role", "revoke_role", "record_training", "record_proofing", "accept_policy"),
    *("make_token", "revoke_token", "view_identity"),
    *("write_document", "send_labels", "fetch_print"),
    *("break_glass", "review_break_glass", "name_deputy", "put_on_call", "end_standing_in"),
    "export_list",
)
"""What is done to come in, to be let in, to see a name, and to take something out (A11-12)."""

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2200, 12, 31)
_NOBODY = "nobody"  # no person's id


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reviewer wants to see; nothing said is all that is unusual, everywhere, ever."""

    everything: bool = False  # and not only what is unusual
    access: bool = False  # who came in, was given what, looked and printed: nothing of therapies
    who: str = ""  # a user name
    what: str = ""  # an action
    since: date | None = None  # days by the clock of whoever asks
    until: date | None = None  # the last day
    why: str = ""  # one of `Unusual`
    said: str = ""  # what a reason, or what was recorded, holds
    site: str = ""
    coi: str = ""
    after: tuple[str, str, int] = NEWEST  # when the last one before was recorded, and its place

    @property
    def is_narrowed(self) -> bool:
        """It is not everything."""
        days = (self.since, self.until)
        return any((self.who, self.what, *days, self.why, self.said, self.site, self.coi))


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: who, what, when, where, why, and what it changed."""

    chain: str
    seq: int
    hash: str
    recorded_at: str
    happened_at: str
    by: str  # the printed name
    username: str
    role: str
    what: str
    action: str
    place: str  # the unit with its site, in words
    time_zone: str
    unusual: tuple[Unusual, ...]
    changes: tuple[Change, ...]
    signed: tuple[Signed, ...]

    @property
    def coi(self) -> str:
        """The therapy that it is about; '' of what belongs to none."""
        return "" if ":" in self.chain else self.chain

    @property
    def is_late(self) -> bool:
        """It tells of something earlier."""
        return self.happened_at < self.recorded_at

    @property
    def texts(self) -> Iterator[str]:
        """Everything that it says in words: what was recorded, and every reason."""
        for one in self.changes:
            yield from (one.new, one.why)

    @property
    def is_refusal(self) -> bool:
        """What it tells why is a sentence of the product, and nobody's own words."""
        return any(one.what == REFUSED for one in self.changes)

    @property
    def why(self) -> tuple[str, ...]:
        """Every reason that it tells, each once."""
        return tuple(dict.fromkeys(one.why for one in self.changes if one.why))


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of it."""

    wanted: Wanted
    lines: tuple[Line, ...]
    last: Place  # behind what the next page begins
    more: bool
    is_cut: bool  # it was looked far enough for one page, and there may be more
    time_zone: str


def trail(installation: Installation, signed_in: SignedIn, wanted: Wanted) -> Trail:
    """One page of the trail, as far as this person may see it.

    Raises:
        Unknown: it is asked for of a therapy that there is not, or that this person may not see.
    """

    def work(tx: Transaction) -> Trail:
        zone = time_zone_of(tx, signed_in.person, signed_in.unit)
        reading = Reading.of(tx, installation, signed_in.person, wanted, zone, MOST_LOOKED_THROUGH)
        found = [*islice(reading.lines(wanted.after), PAGE + 1)]
        shown, more = found[:PAGE], len(found) > PAGE
        last = _place(shown[-1]) if more else reading.at
        return Trail(wanted, tuple(shown), last, more or reading.is_cut, reading.is_cut, zone)

    return installation.read(work)


def every_entry(
    tx: Transaction, installation: Installation, person_: Person, wanted: Wanted, time_zone: str
) -> Iterator[Line]:
    """The whole of what is wanted, however far it has to be looked for.

    Raises:
        Unknown: as above.
    """
    reading = Reading.of(tx, installation, person_, wanted, time_zone, most=0)
    yield from reading.lines(BEHIND_NOTHING)


def steps_known(installation: Installation, *, access: bool) -> list[tuple[str, str]]:
    """What can have been done, by name and in words, as the words are sorted."""
    if access:
        known = {name: TITLES.get(name, name.replace("_", " ").capitalize()) for name in ACCESS}
    else:
        known = installation.read(lambda tx: _steps(tx, installation))
    return sorted(known.items(), key=lambda one: (one[1].casefold(), one[0]))


def _steps(tx: Transaction, installation: Installation) -> dict[str, str]:
    """Every step of every definition that is installed; of two versions the newer one's words."""
    every = (installation.workflow(tx, name, version) for name, version in installed(tx))
    return {step.name: step.title for one in every for step in one.actions.values()}


def _place(line: Line) -> Place:
    return line.recorded_at, line.chain, line.seq


@dataclass(slots=True)
class Reading:
    """One walk along the trail, for one person."""

    tx: Transaction
    installation: Installation
    person: Person
    wanted: Wanted
    scope: Scope
    narrowed: Narrowed
    units: dict[str, ListedUnit]
    most: int  # so many entries are looked through; 0 is all
    at: Place = BEHIND_NOTHING
    is_cut: bool = False
    seen: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        tx: Transaction,
        installation: Installation,
        person_: Person,
        wanted: Wanted,
        time_zone: str,
        most: int,
    ) -> "Reading":
        """Begin one.

        Raises:
            Unknown: there is no such therapy, or none that the person sees.
        """
        if wanted.coi and not _is_shown(tx, person_, wanted.coi):
            raise Unknown("therapy", wanted.coi)
        units = units_by_id(tx)
        narrowed = _narrowed(tx, wanted, units, ZoneInfo(time_zone))
        return cls(
            tx,
            installation,
            person_,
            wanted,
            _scope(person_, access=wanted.access),
            narrowed,
            units,
            most,
        )

    def lines(self, after: Place) -> Iterator[Line]:
        """The lines behind a place, the newest first."""
        self.at, looked = after, 0
        while found := store.walked(self.tx, self.scope, self.narrowed, self.at):
            for one in self._told([each for each in found if self._is_seen(each.chain)]):
                self.at = _place(one)
                if self._is_wanted(one):
                    yield one
            self.at, looked = found[-1].place, looked + len(found)
            if len(found) < AT_ONCE:
                return
            if self.most and looked >= self.most:
                self.is_cut = True
                return

    def _is_seen(self, chain: str) -> bool:
        """The therapy is one that the person sees the whole of; a site's chain was asked for."""
        if ":" in chain:
            return True
        if chain not in self.seen:
            self.seen[chain] = sees(self.tx, self.person, chain)
        return self.seen[chain]

    def _is_wanted(self, line: Line) -> bool:
        """What the database could not tell: by its bytes, and by what its reasons say."""
        wanted = self.wanted
        if not (wanted.everything or line.unusual):
            return False
        if wanted.why and wanted.why not in line.unusual:
            return False
        letters = wanted.said.casefold()
        return not letters or any(letters in text.casefold() for text in line.texts)

    def _told(self, found: Sequence[Found]) -> Iterator[Line]:
        """These entries in words; what they refer to is read of all at once."""
        contents = [content_of_text(one.content) for one in found]
        signed = [signatures_of_text(one.signed) for one in found]
        before = dict(pair for one in contents for pair in corrected_in(self.tx, one))
        commitments = {text for one in contents for text in commitments_of(one)}
        commitments |= {old for old, _unit in before.values()}
        replaced = dict(pair for one in contents for pair in replaced_in(self.tx, one))
        commitments |= {*replaced.values()}
        commitments |= {one["printed_name"] for several in signed for one in several}
        people = {person_ for one in contents for person_ in people_in(one)}
        signers = {one["person"] for several in signed for one in several}
        texts, usernames = texts_of(self.tx, commitments), usernames_of(self.tx, people | signers)
        known = Known(texts, printed_names(self.tx, people), self.units, before, replaced)
        for one, content, signatures in zip(found, contents, signed, strict=True):
            shown = signed_of(signatures, texts, usernames)
            yield self._line(one, content, known, shown, usernames.get(content["actor"], ""))

    def _line(
        self,
        found: Found,
        content: Content,
        known: Known,
        signed: tuple[Signed, ...],
        username: str,
    ) -> Line:
        workflow, unit = self._workflow(content), self.units.get(content["unit"])
        action = content["action"]
        words = TITLES.get(action, action.replace("_", " ").capitalize())
        return Line(
            chain=found.chain,
            seq=found.seq,
            hash=found.hash,
            recorded_at=found.recorded_at,
            happened_at=content["happened_at"],
            by=known.names.get(content["actor"], ERASED),
            username=username,
            role=content["role"],
            what=title_of(workflow, action) if workflow else words,
            action=action,
            place=f"{unit.name}, {unit.site.name}" if unit else "",
            time_zone=unit.site.time_zone if unit else "UTC",
            unusual=unusual_in(content),
            changes=changes_in(content, known, workflow),
            signed=signed,
        )

    def _workflow(self, content: Content) -> Workflow | None:
        """The definition that an entry was decided by; None of what belongs to no therapy."""
        told = content.get("workflow")
        return self.installation.workflow(self.tx, told["name"], told["version"]) if told else None


def _is_shown(tx: Transaction, person_: Person, coi: str) -> bool:
    """There is such a therapy, and the person sees the whole of it."""
    return coi.isprintable() and therapy(tx, coi) is not None and sees(tx, person_, coi)


def _scope(person_: Person, *, access: bool) -> Scope:
    """The therapies of the person's sites; of their sites' own chains those of whom they may see.

    Who came in, and who looked at whom, stands in the chains of sites: not everybody reads those.
    """
    sites = frozenset() if access else sites_with(person_, Permission.SEE_TRAIL)
    own = sites_with(person_, Permission.SEE_ACCESS)
    chains = {site_chain(site) for site in own - {EVERYWHERE}} | ({ORGANISATION} if own else set())
    return Scope(
        sites=tuple(sorted(sites - {EVERYWHERE})),
        chains=tuple(sorted(chains)),
        every_therapy=EVERYWHERE in sites,
        every_chain=EVERYWHERE in own,
    )


def _narrowed(
    tx: Transaction, wanted: Wanted, units: dict[str, ListedUnit], zone: ZoneInfo
) -> Narrowed:
    """What the database can tell by itself."""
    known = person(tx, wanted.who) if wanted.who.isprintable() else None
    actor = known.person.id if known else _NOBODY
    at = tuple(sorted(unit.id for unit in units.values() if unit.site.id == wanted.site))
    day = timedelta(days=1)
    return Narrowed(
        unusual=not wanted.everything,
        chain=wanted.coi,
        actor=actor if wanted.who else "",
        concerned=wanted.access,
        actions=(_printable(wanted.what),) if wanted.what else ACCESS if wanted.access else (),
        units=(at or (_NOBODY,)) if wanted.site else (),
        since=_midnight(wanted.since, zone) if wanted.since else "",
        until=_midnight(min(wanted.until, _LAST_DAY) + day, zone) if wanted.until else "",
    )


def _printable(text: str) -> str:
    """The text; what no database can hold is nobody's."""
    return text if text.isprintable() else _NOBODY


def _midnight(day: date, zone: ZoneInfo) -> str:
    """When a day begins there; before and after all that can be recorded it is all the same."""
    return rfc3339(datetime.combine(min(max(day, _FIRST_DAY), _LAST_DAY), time(), zone))
