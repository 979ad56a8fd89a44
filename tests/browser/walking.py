"""Taking steps in browsers: each person of the cast at a device of their own, with a scanner.

A step is one page or several: whoever takes it fills in what a page asks, presses its main button,
and goes on with the next page, until the browser is led away from the step.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page

from coi.clock import parse_rfc3339
from coi.demo.cast import PASSWORD
from coi.demo.performer import Performer, Wish
from coi.services.attempt import TakeAction
from coi.services.proofs import JustProven, Signer
from coi.services.receipts import Receipt
from coi.services.therapies import TherapyView, look
from tests.browser.person import Person

Request = tuple[TakeAction, JustProven, tuple[Signer, ...]]

FORM = "form.action"
MAIN = f"{FORM} button.main"
CONTROLS = f"{FORM} :is(input, select, textarea):visible"
MOST_SCREENS = 30
NO_PAGE_YET = "confirm_slot"
"""Whoever confirms a slot works at a site that takes no part yet, and is shown no page of it."""

_NO_WISH = Wish()
_READ_BY_SCANNER = "codes"
_WHAT_IT_IS = """all => all.map(it => ({
  id: it.id, name: it.name, type: it.type, value: it.value, zone: it.form.elements.zone?.value,
}))"""


@dataclass(slots=True)
class InBrowsers(Performer):
    """The performer, whose people take every step on its page."""

    arrive: Callable[[str], Person] = field(kw_only=True)
    devices: dict[str, Person] = field(default_factory=dict)

    def do(
        self, coi: str, name: str, wish: Wish = _NO_WISH, view: TherapyView | None = None
    ) -> Receipt:
        """Take the action; it leads back to the therapy, and is recorded."""
        view = view or look(self.installation, coi)
        asked = self.request(coi, name, wish, view)
        person = self.person(asked[1].username)
        if person.open(path_of(coi, name)) == 404 and name == NO_PAGE_YET:
            return Performer.do(self, coi, name, wish, view)
        fill_in(person, asked)
        assert not is_at(person.page, coi, name), f"{name}: {why_not(person.page)}"
        after = look(self.installation, coi)
        newest = after.history[-1]
        assert (newest.kind, newest.action) == ("act", name)
        for band in newest.content.get("wristbands", ()):
            self.wristbands[after.therapy.patient] = str(band["serial"])
        return Receipt(coi, newest.seq, newest.hash, name)

    def attempt(self, asked: Request) -> Person:
        """Try what a request says; returns who tried, at the page that answered."""
        wanted, actor, _signers = asked
        person = self.person(actor.username)
        person.open(path_of(wanted.coi, wanted.action))
        fill_in(person, asked)
        return person

    def person(self, username: str) -> Person:
        """Somebody at their own device, signed in."""
        if username not in self.devices:
            self.devices[username] = self.arrive(username)
        return self.devices[username]


def path_of(coi: str, action: str) -> str:
    """The address of a step."""
    return f"/therapies/{coi}/actions/{action}"


def is_at(page: Page, coi: str, action: str) -> bool:
    """The browser is still at the step."""
    return urlsplit(page.url).path == path_of(coi, action)


def why_not(page: Page) -> list[str]:
    """What a page says is wrong."""
    return page.locator("[role=alert]").all_inner_texts()


def fill_in(person: Person, asked: Request) -> None:
    """Fill in the step that is open, page by page, and send it; a page that says no ends it."""
    wanted = asked[0]
    page, texts = person.page, texts_of(asked)
    for _ in range(MOST_SCREENS):
        show_as_many(page, wanted)
        fill_page(person, texts, wanted.named)
        with page.expect_navigation():
            page.locator(MAIN).click()
        if not is_at(page, wanted.coi, wanted.action) or why_not(page):
            return
    raise AssertionError(f"{wanted.action} has no end")


def texts_of(asked: Request) -> Mapping[str, str]:
    """Everything that a step may ask, by the names of its fields."""
    wanted, _actor, signers = asked
    texts = {
        _READ_BY_SCANNER: "\n".join(code.raw for code in wanted.codes),
        "unit": wanted.unit,
        "consignee": wanted.consignee.strip("-"),
        **{f"value-{name}": text for name, text in wanted.values.items()},
    }
    for n, signer in enumerate(signers, start=1):
        texts[f"signer-{n}-username"] = signer.username
        texts[f"signer-{n}-password"] = PASSWORD
    for n, stated in enumerate(wanted.stated, start=1):
        texts |= {f"stated-{n}-{name}": text for name, text in stated.identifiers.items()}
    return texts


def show_as_many(page: Page, wanted: TakeAction) -> None:
    """Ask for as many bags or samples as come into being."""
    for machine, number in Counter(new.machine for new in wanted.births).items():
        count = page.locator(f"[id='count-{machine}']")
        if count.count() and count.input_value() != str(number):
            count.fill(str(number))
            with page.expect_navigation():
                page.locator("button[name=redraw]").first.click()


def fill_page(person: Person, texts: Mapping[str, str], named: Sequence[str]) -> None:
    """Type into each field of the page what is known of it; codes come from the scanner."""
    page = person.page
    for field_ in page.locator(CONTROLS).evaluate_all(_WHAT_IT_IS):
        control, name = page.locator(f"[id='{field_['id']}']"), field_["name"]
        text = texts.get(name) or _of_born(name, texts)
        if name == "named":
            control.set_checked(field_["value"] in named)
        elif name == _READ_BY_SCANNER:
            control.focus()
            for code in text.split("\n"):
                person.read_code(code)
        elif text:
            put(control, field_, text)


def _of_born(name: str, texts: Mapping[str, str]) -> str:
    """What is recorded of something that comes into being: the same of each."""
    return texts.get(f"value-{name.rpartition('-')[2]}", "") if name.startswith("new-") else ""


def put(control: Locator, field_: Mapping[str, str], text: str) -> None:
    """Type a text, or choose it where it is one of a few; what is right already stays."""
    match field_["type"]:
        case "radio":
            if field_["value"] == text:
                control.check()
        case "select-one":
            control.select_option(text)
        case "datetime-local":
            control.fill(_on_the_wall(text, field_["zone"]))
        case _ if field_["value"] != text:
            control.fill(text)


def _on_the_wall(moment: str, zone: str) -> str:
    """A moment as the clock of the place shows it, without its seconds: these lie in the past."""
    return f"{parse_rfc3339(moment).astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
