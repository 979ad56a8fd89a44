"""What every template can say: who is here, times at a site, serials in readable groups."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask, request
from markupsafe import Markup, escape

from coi.clock import parse_rfc3339
from coi.services.benches import bench_in_hand
from coi.services.changeover import LINE_CLEARED, VERIFIED_CLEAR
from coi.services.custody_reading import NO_NAMES
from coi.services.device_tests import stands_here
from coi.services.directory import ListedUnit
from coi.services.disk import Disk
from coi.services.extracts import is_destroyed, is_out_of_specification
from coi.services.forms import is_rare
from coi.services.hours import Unattended, unattended
from coi.services.looking import TherapyPage
from coi.services.permissions import Permission, may
from coi.services.received import pictured
from coi.services.sessions import SignedIn
from coi.services.sign_on_house import name_of
from coi.services.signatures import block, role_in_words
from coi.services.stock_takes import ALL_OF_IT
from coi.services.therapies import Happened, Signed
from coi.web import here
from coi.web.alarms import my_marks
from coi.web.languages import retold
from coi.web.limits import in_groups
from coi.web.proving import asks_code
from workflows.facts import Subject
from workflows.model import Action
from workflows.told_by_others import HANDOFFS

_FIRST, _OTHERS, _LAST = "<li><strong>", '</strong><br><span class="quiet">', "</span></li>"
_CODE_FIRST = re.compile(r"([A-Z][A-Z0-9_]+): (.+)", re.DOTALL)
_HOURS_FROM = 2 * 60
_DAYS_FROM = 48 * 60
"""So many minutes are told in hours, and in days."""

_NO_NAMES = NO_NAMES | {ALL_OF_IT}
"""What stands where the name of somebody, or of a place, would."""

WORK_AT_BENCHES = frozenset({*LINE_CLEARED.roles, *VERIFIED_CLEAR.roles})
"""Who is shown the way to the benches."""


def teach(app: Flask) -> None:
    """Give the templates their words."""
    app.context_processor(_always)
    app.add_template_filter(local_minute)
    app.add_template_filter(own_minute)
    app.add_template_filter(day)
    app.add_template_filter(until)
    app.add_template_filter(titles)
    app.add_template_filter(without_stop)
    app.add_template_filter(begun)
    app.add_template_filter(in_groups)
    app.add_template_filter(named)
    app.add_template_filter(str, "as_it_is")
    app.add_template_filter(role_in_words)
    app.add_template_filter(unit_in_words)
    app.add_template_filter(chain_in_words)
    app.add_template_filter(code_and_words)
    app.add_template_filter(signature_blocks)
    app.add_template_filter(pictured)
    app.add_template_filter(listed_unit)
    app.add_template_global(_disk, "disk")
    app.add_template_global(_device_test_overdue, "device_test_overdue")
    app.add_template_global(here.by_itself, "by_itself")
    app.add_template_global(here.who, "who_is_here")
    app.add_template_global(my_marks, "my_alarms")
    app.add_template_global(_unattended_of, "unattended_of")
    app.add_template_test(is_rare, "rare")
    app.add_template_test(_is_handoff, "handoff")
    app.add_template_test(_comes_later, "later")
    app.add_template_test(_is_over, "over")
    app.add_template_test(is_destroyed, "destroyed")
    app.add_template_test(is_out_of_specification, "out_of_specification")


def _always() -> dict[str, object]:
    """What the frame around every page shows."""
    signed_in, installation = here.somebody_or_nobody(), here.installation()
    shown: dict[str, object] = {
        "signed_in": signed_in,
        "may": _may,
        "demonstration": installation.demonstration,
        "read_only": installation.stands_in_the_way(),
        "back": request.full_path.rstrip("?") if request.method == "GET" else "",
        "zone_of": here.zone_of,
        "asks_code": asks_code(),
        "provider": name_of(installation.settings),
    }
    if signed_in:
        shown["bench_in_hand"] = bench_in_hand(installation, signed_in)
        shown["works_at_benches"] = bool(WORK_AT_BENCHES & _roles(signed_in))
        units = sorted({unit for _role, unit in signed_in.person.roles} - {"-"})
        shown["my_places"] = units
        shown["my_units"] = [(unit, installation.place(unit)) for unit in units]
        shown["my_roles"] = _roles_at(signed_in)
        shown["administers"] = may(signed_in.person, Permission.ADMINISTER)
    return shown


def _unattended_of(units: Iterable[str]) -> tuple[Unattended, ...]:
    """Those of these units at which nobody is now."""
    return unattended(here.installation(), units)


def _is_handoff(event: Happened) -> bool:
    """Custody moved from hand to hand in this entry."""
    return any(move["custody"] in HANDOFFS for move in event.content.get("moves", ()))


def _roles_at(signed_in: SignedIn) -> list[str]:
    """What somebody is where they work now; everywhere, before they chose."""
    at = {signed_in.unit, "-"} if signed_in.unit != "-" else None
    return sorted({role for role, unit in signed_in.person.roles if at is None or unit in at})


def _disk() -> Disk:
    """The disk that the record lies on."""
    return here.installation().disk


def _device_test_overdue() -> bool:
    """The test of the registered device at which somebody sits is overdue."""
    stands = stands_here(here.installation(), here.somebody().proven)
    return stands is not None and stands.is_overdue


def _may(permission: str) -> bool:
    """Whoever is signed in has this permission, by its name in the table."""
    signed_in = here.somebody_or_nobody()
    return signed_in is not None and may(signed_in.person, Permission[permission])


def _comes_later(action: Action, page: TherapyPage) -> bool:
    """The step is about exceptions, and not what is next for any on this page."""
    return page.comes_later(action)


def _is_over(subject: Subject, page: TherapyPage) -> bool:
    """The subject has come to its end on this page."""
    return page.is_over(subject)


def _roles(signed_in: SignedIn) -> set[str]:
    return {role for role, _unit in signed_in.person.roles}


def listed_unit(unit: str) -> ListedUnit:
    """A unit with its name and its site."""
    return here.units()[unit]


def local_minute(moment: str | datetime, time_zone: str = "UTC") -> str:
    """A moment as the clock on the wall shows it, with its offset."""
    at = parse_rfc3339(moment) if isinstance(moment, str) else moment
    return own_minute(at.astimezone(ZoneInfo(time_zone)))


def own_minute(moment: datetime) -> str:
    """A moment as the clock on the wall of its own zone shows it, with its offset."""
    told = moment.isoformat(" ", "minutes")
    return f"{told[:16]} {told[16:]}"


def day(moment: date) -> str:
    """A day."""
    return moment.strftime("%Y-%m-%d")


def signature_blocks(signatures: Iterable[Signed], time_zone: str) -> Markup:
    """Each signature as an item, in the words in which it is shown everywhere.

    It is put together here: a page can have a hundred, and a template takes three times as long.
    """
    shown: list[str] = []
    for one in signatures:
        first, *others = block(one, time_zone)
        shown += (_FIRST, escape(first), _OTHERS, escape("; ".join(others)), _LAST)
    return Markup("".join(shown))  # noqa: S704 - each text in it is escaped above


def until(due_at: datetime, now: datetime) -> str:
    """How long there is until then, or since when it is too late; in one unit, never too long."""
    left = due_at - now
    minutes = int(abs(left).total_seconds() // 60)
    is_due = left >= timedelta()
    if minutes >= _DAYS_FROM:
        days = minutes // (24 * 60)
        return f"due in {days} days" if is_due else f"overdue by {days} days"
    if minutes < _HOURS_FROM:
        return f"due in {minutes} min" if is_due else f"overdue by {minutes} min"
    hours = minutes // 60
    return f"due in {hours} h" if is_due else f"overdue by {hours} h"


def without_stop(sentence: str) -> str:
    """What a STOP is about, below the word itself."""
    word, _, rest = sentence.partition(". ")
    return rest if rest and word in {"STOP", "STOPP"} else sentence


def begun(text: str) -> str:
    """A text as a sentence begins; where nouns are written large, the rest stays as it is."""
    return text[:1].upper() + text[1:]


def named(name: str) -> str:
    """A name as it is; what stands in the place of one is told in the language of the page."""
    return retold(name) if name in _NO_NAMES else name


def titles(actions: Iterable[Action]) -> str:
    """Actions as people call them."""
    return " / ".join([action.title for action in actions])


def unit_in_words(unit: str) -> str:
    """A unit with its site, as people say it; what is none stays as it is."""
    found = here.units().get(unit)
    return found.in_words if found else unit


def chain_in_words(chain: str) -> str:
    """Whose chain it is: a site's, or that of the whole organisation."""
    sites = {one.site.id: one.site.name for one in here.units().values()}
    return sites.get(chain.removeprefix("site:"), "The organisation")


def code_and_words(text: str) -> tuple[str, str]:
    """The code with which a sentence on record begins, if it does, and the sentence."""
    found = _CODE_FIRST.fullmatch(text)
    return (found[1], found[2]) if found else ("", text)
