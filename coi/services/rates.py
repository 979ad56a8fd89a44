"""How often a site types, comes late, is refused or goes on against a rule, month by month (BD-17).

Whoever overrides now and then has a reason; whoever does so each day works around something. The
numbers say where to look, and name nobody.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from coi.clock import rfc3339
from coi.services.decoding import content_of_text
from coi.services.directory import units_by_id
from coi.services.installation import Installation
from coi.services.permissions import EVERYWHERE, Permission, sites_with
from coi.services.sessions import SignedIn
from coi.services.unusual import Unusual, unusual_in
from coi.services.worklist import time_zone_of
from coi.store.rates import steps_between, unusual_between
from coi.store.transactions import Transaction

COUNTED = (
    *(Unusual.MISMATCH, Unusual.UNREAD, Unusual.TYPED, Unusual.LATE, Unusual.REFUSED),
    *(Unusual.RULES_BROKEN, Unusual.DISPENSATION, Unusual.WARNED, Unusual.CORRECTED),
    Unusual.ESCALATED,
)
"""What says how a site works: mix-ups first, then what people do in their place of a scan,
and what they forgot for so long that an alarm went on to others."""

_LONGEST_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class SiteRates:
    """One site in one month."""

    site: str
    steps: int
    counts: Mapping[Unusual, int]

    def per_hundred(self, what: Unusual) -> str:
        """How often in a hundred steps; '' where there was none to be otherwise."""
        count = self.counts.get(what, 0)
        return f"{100 * count / self.steps:.1f}" if count and self.steps else ""


@dataclass(frozen=True, slots=True)
class MonthRates:
    """Every site of whoever asks, in one month by their own clock."""

    begins: date
    before: date
    after: date | None  # None: the month is not over yet
    time_zone: str
    sites: tuple[SiteRates, ...]


def rates(installation: Installation, signed_in: SignedIn, day: date | None = None) -> MonthRates:
    """The month in which this day lies, or this one; only the sites at which the person may ask."""

    def work(tx: Transaction) -> MonthRates:
        zone = time_zone_of(tx, signed_in.person, signed_in.unit)
        today = installation.clock.now().astimezone(ZoneInfo(zone)).date()
        begins = (min(day, today) if day else today).replace(day=1)
        ends = _next(begins)
        seen = sites_with(signed_in.person, Permission.SEE_TRAIL)
        sites = _counted(tx, _moment(begins, zone), _moment(ends, zone))
        return MonthRates(
            begins,
            before=(begins - timedelta(days=1)).replace(day=1),
            after=ends if ends <= today else None,
            time_zone=zone,
            sites=tuple(
                one for identifier, one in sites.items() if EVERYWHERE in seen or identifier in seen
            ),
        )

    return installation.read(work)


def _counted(tx: Transaction, since: str, until: str) -> Mapping[str, SiteRates]:
    """Each site at which anything was done, by its id, in the order of their names."""
    units = units_by_id(tx)
    names = {unit.site.id: unit.site.name for unit in units.values()}
    steps: Counter[str] = Counter()
    for unit, number in steps_between(tx, since, until).items():
        steps[units[unit].site.id] += number
    counts: dict[str, Counter[Unusual]] = {}
    for unit, text in unusual_between(tx, since, until):
        if unit in units:
            of_site = counts.setdefault(units[unit].site.id, Counter())
            of_site.update(one for one in unusual_in(content_of_text(text)) if one in COUNTED)
    there = sorted(steps.keys() | counts.keys(), key=lambda site: names[site].casefold())
    return {site: SiteRates(names[site], steps[site], counts.get(site, {})) for site in there}


def _next(month: date) -> date:
    return (month + _LONGEST_MONTH).replace(day=1)


def _moment(day: date, zone: str) -> str:
    return rfc3339(datetime.combine(day, time(), ZoneInfo(zone)))
