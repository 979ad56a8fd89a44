"""What somebody answers to one screen, read strictly: all of it, or every mistake."""

import re
from collections.abc import Mapping
from functools import partial

from coi.errors import DataRefused
from coi.services import answering, screens
from coi.services.concluding import may_sign_here
from coi.services.forms import MOST_BORN, Blank
from coi.services.going_on import Change, may_confirm
from coi.services.identity import IDENTIFIERS, SOURCES, misspelt
from coi.services.installation import Installation
from coi.services.likeness import asked_besides
from coi.services.opening import is_inside_asked
from coi.services.proofs import JustProven
from coi.services.reading_codes import kept_at
from coi.services.scanning import BY_DEVICE, TYPED, Code, is_readable
from coi.services.screens import Asks, Scene
from coi.web import here
from coi.web.attached import with_files
from coi.web.errors import NOT_PROVEN
from coi.web.proving import somebodys
from coi.web.reading import NO_SIGNER, Misread, read_blank, too_long
from coi.web.sheet import Given
from coi.web.twice import is_same
from workflows.model import SignatureRule

DEVICE = "page"
APART = "apart"
"""What a screen sends where the second signs in a session of their own."""
LONGEST = 200
_FEWEST = 2  # identifiers


def version_of(given: Given) -> int:
    """Which version of the step the sender saw; none is no version."""
    text = given.get("version", "")
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0


def entered(scene: Scene, given: Given) -> Code:
    """What was entered into the scan field: scanned only where the page's script has seen it.

    What the script saw typed or pasted counts as unreadable, and is typed twice (BD-05). Without a
    script nobody can tell: it counts as typed, and is entered twice, or is read by two.

    Raises:
        Misread: without a script, the second entry is not the same.
    """
    raw, how = given.get("code", "").strip(" \t"), given.get("how", "")
    if how in BY_DEVICE:
        return Code(raw, how, DEVICE)
    again = given.get("again", "").strip(" \t")
    if how == TYPED or not is_readable(raw):
        # What belongs elsewhere stops the hand, however it came here.
        return Code(raw, TYPED, DEVICE, by_hand=True)
    if not (scene.is_read_by_two or is_same(raw, again)):
        raise Misread({"again": "is not the same: without scripts each code is entered twice"})
    return Code(raw, TYPED, DEVICE)


def change_of(scene: Scene, given: Given) -> Change:
    """What the answer makes of the step.

    Raises:
        Misread: something is missing or unreadable.
    """
    asks, blank = scene.present.asks, scene.present.blank
    if asks is Asks.FIELD and blank is not None:
        return partial(answering.told, text=_read_field(scene, blank, given))
    return _READERS[asks](scene, given)


def _read_field(scene: Scene, blank: Blank, given: Given) -> str:
    """The text of a field, as it will be kept; what is wrong with it is said while it is asked."""
    unit = scene.errand.unit
    given, wrong = with_files(scene.errand.coi, [blank], given)
    if wrong:
        raise Misread(wrong)
    text = read_blank(here.zone_of(unit), blank, given)
    site = here.units()[unit].site.id
    try:
        return kept_at(here.installation(), site, blank.field.name, text)
    except DataRefused as refused:
        raise Misread({blank.name: refused.problems[0].reason}) from refused


def _done(scene: Scene, _given: Given) -> Change:
    """That is all of them, or: it reads right."""
    asks_things = scene.present.asks is Asks.THINGS and not is_inside_asked(scene)
    if asks_things and not scene.reads_of(scene.present):
        raise Misread({"code": "nothing was scanned yet"})
    return answering.done


def _said(scene: Scene, given: Given) -> Change:
    heard = {name: given.get(f"said-{name}", "").strip() for name in IDENTIFIERS}
    heard = {name: text for name, text in heard.items() if text}
    long = {name: text for name, text in heard.items() if len(text) > LONGEST}
    errors = {f"said-{name}": reason for name, reason in misspelt(heard).items()}
    errors |= {f"said-{name}": too_long(text, LONGEST) for name, text in long.items()}
    if len(heard) < _FEWEST:
        first = next(iter(IDENTIFIERS))
        errors[f"said-{first}"] = "at least two of these are asked"
    for besides in asked_besides(here.installation(), scene.errand.coi, scene.unit.site):
        if besides.isdisjoint(heard):
            reason = "is asked too: another patient here looks alike"
            errors.setdefault(f"said-{max(besides)}", reason)
    source = given.get("source", "")
    if source not in SOURCES:
        errors["source"] = "say who says it"
    if errors:
        raise Misread(errors)
    return partial(answering.said, identifiers=heard, source=source)


def _count(scene: Scene, given: Given) -> Change:
    text = given.get(scene.present.name, "").strip()
    if not screens.is_number_of_bags(text):
        raise Misread({scene.present.name: f"is no number from 1 to {MOST_BORN}"})
    return partial(answering.told, text=text)


def _named(scene: Scene, given: Given) -> Change:
    names = tuple(given.getlist("named"))
    if not names or not {*names} <= {thing.id for thing in scene.form.things}:
        raise Misread({"named": "say which is meant"})
    return partial(answering.named, names=names)


def _to(_scene: Scene, given: Given) -> Change:
    text = given.get("consignee", "")
    if text not in here.units():
        raise Misread({"consignee": "is no unit that is known here"})
    return partial(answering.told, text=text)


_READERS = {
    Asks.THINGS: _done,
    Asks.SAID: _said,
    Asks.COUNT: _count,
    Asks.NAMED: _named,
    Asks.TO: _to,
    Asks.READ_BACK: _done,
}


def rules_on(scene: Scene, given: Given) -> tuple[SignatureRule, ...]:
    """The signatures of this screen: the first alone, where the second signs apart."""
    return scene.rules[:1] if APART in given and scene.may_sign_apart else scene.rules


def prove_all(installation: Installation, scene: Scene, given: Given) -> tuple[JustProven, ...]:
    """Everybody who signs on this screen, each proven by name and password just now.

    Raises:
        Misread: something is missing, or a password is wrong.
    """
    names = {f"signer-{n}": rule for n, rule in enumerate(rules_on(scene, given), start=1)}
    errors = _missing(given, *(f"{name}-username" for name in names))
    errors |= _missing(given, *(f"{name}-password" for name in names))
    for name, rule in names.items():
        username = given.get(f"{name}-username", "")
        if not may_sign_here(installation, here.somebody(), username, (scene, rule)):
            errors.setdefault(f"{name}-username", NO_SIGNER)
    if errors:
        raise Misread(errors)
    return tuple(_proven(given, name) for name in names)


def _missing(given: Given, *names: str) -> dict[str, str]:
    return {name: "is missing" for name in names if not given.get(name)}


def _proven(given: Mapping[str, str], name: str) -> JustProven:
    try:
        return somebodys(given[f"{name}-username"], given, f"{name}-password")
    except NOT_PROVEN as error:
        raise Misread({f"{name}-password": f"{error.sentence} {error.next_step}"}) from error


def typed(scene: Scene, given: Given) -> Code:
    """The characters under a symbol that cannot be read, typed twice, read by two.

    Raises:
        Misread: the two differ, are no code, or the second person is not proven or not another.
    """
    errors = _missing(given, "first", "second", "confirmer-username", "confirmer-password")
    first, second = (given.get(name, "").strip() for name in ("first", "second"))
    if first and not is_readable(first):
        errors["first"] = "is no code: a character was misread, often O for 0 or I for 1"
    elif first and second and not is_same(first, second):
        errors["second"] = "is not what was typed above"
    if scene.errand.part.unread < answering.READS:
        errors["first"] = "try the scanner three times first"
    if errors:
        raise Misread(errors)
    confirmer = _proven(given, "confirmer")
    if not may_confirm(here.installation(), scene, confirmer):
        raise Misread({"confirmer-username": "is not another person who works at this site"})
    return Code(first, TYPED, DEVICE, confirmed_by=confirmer.person)
