"""Taking steps in browsers: each person of the cast at a device of their own, with a scanner.

A step is one form, or one thing on each screen: there whoever takes it answers what a screen asks
and presses its main button, until no screen asks any more; what two check, the second does at a
device of their own.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from coi.demo.performer import WORKFLOW, Performer, Wish
from coi.services.attempt import TakeAction
from coi.services.proofs import JustProven, Signer
from coi.services.receipts import Receipt
from coi.services.therapies import TherapyView, look
from coi.web.order_form import identity_name
from tests.browser.filling import fill_page, texts_of
from tests.browser.guided import BEGIN_SECOND, FIRST_PART_IS_IN, begin, go_through
from tests.browser.house import House
from tests.browser.person import Person
from workflows.alarms import AlarmDeed

Request = tuple[TakeAction, JustProven, tuple[Signer, ...]]

FORM = "form.action"
MAIN = f"{FORM} button.main"
NO_PAGE_YET = "confirm_slot"
"""Whoever confirms a slot works at a site that takes no part yet, and is shown no page of it."""

_NO_WISH = Wish()


@dataclass(slots=True)
class InBrowsers(Performer):
    """The performer, whose people take every step on its page."""

    arrive: Callable[[str], Person] = field(kw_only=True)
    devices: dict[str, Person] = field(default_factory=dict)

    def order(
        self,
        identity: Mapping[str, str],
        site: str = "north",
        workflow: str = WORKFLOW,
        *,
        by: str = "carla",
        **more: str,
    ) -> str:
        """Order a therapy at a page, with a second look where the patient is known already."""
        person = self.person(by)
        person.open(f"/orders/new?workflow={workflow}")
        fill_page(person.page, FORM, order_texts(identity, site) | more, ())
        _press_main(person.page)
        if person.page.locator("#confirmed").count():
            person.page.check("#confirmed")
            _press_main(person.page)
        coi = person.page.url.rpartition("/")[2]
        assert coi in person.page.inner_text("h1"), why_not(person.page)
        self.identities[coi] = identity
        return coi

    def do(
        self, coi: str, name: str, wish: Wish = _NO_WISH, view: TherapyView | None = None
    ) -> Receipt:
        """Take the action; it leads back to the therapy, and is recorded."""
        view = view or look(self.installation, coi)
        asked = self.request(coi, name, wish, view)
        if name == NO_PAGE_YET and self.person(asked[1].username).open(path_of(coi, name)) == 404:
            return Performer.do(self, coi, name, wish, view)
        self.before_release(name, wish, view, asked[1])
        before = look(self.installation, coi)
        person = self.attempt(asked)
        after = look(self.installation, coi)
        new = after.history[len(before.history) :]
        # Alarms ring beside it, and end.
        done = [one for one in new if one.action not in {*AlarmDeed}]
        told = [(one.action, one.kind) for one in done]
        assert told == [(name, "act")], f"{name}: {why_not(person.page)}"
        (newest,) = done
        for band in newest.content.get("wristbands", ()):
            self.wristbands[after.therapy.patient] = str(band["serial"])
        return Receipt(coi, newest.seq, newest.hash, name)

    def attempt(self, asked: Request) -> Person:
        """Try what a request says; returns who tried last, at the page that answered."""
        wanted, actor, signers = asked
        first = self.person(actor.username)
        first.open(path_of(wanted.coi, wanted.action))
        if first.page.locator(FORM).count():
            fill_in(first, asked)
            return first
        begin(first.page, wanted.unit)
        go_through(first, wanted, signers)
        if first.page.get_by_text(FIRST_PART_IS_IN).count() == 0:
            return first
        second = self.person(signers[1].username)
        second.open(first.page.url)
        if second is first:
            return second  # who checked first is given no way to check a second time
        second.press(BEGIN_SECOND)
        go_through(second, wanted, signers[1:])
        return second

    def person(self, username: str) -> Person:
        """Somebody at their own device, signed in."""
        if username not in self.devices:
            self.devices[username] = self.arrive(username)
        return self.devices[username]


def in_browsers(house: House, arrive: Callable[[str], Person]) -> InBrowsers:
    """The cast of a house, each at a device of their own."""
    known = {each.name: getattr(house.performer, each.name) for each in fields(Performer)}
    return InBrowsers(**known, arrive=arrive)


def path_of(coi: str, action: str) -> str:
    """The address of a step."""
    return f"/therapies/{coi}/actions/{action}"


def why_not(page: Page) -> list[str]:
    """What a page says is wrong."""
    return page.locator("[role=alert]").all_inner_texts()


def fill_in(person: Person, asked: Request) -> None:
    """Fill in the form that is open, and send it."""
    wanted, _actor, signers = asked
    show_as_many(person.page, wanted)
    fill_page(person.page, FORM, texts_of(wanted, signers), wanted.named)
    scan_into(person, [code.raw for code in wanted.codes])
    _press_main(person.page)


def _press_main(page: Page) -> None:
    """Send the form."""
    with page.expect_navigation():
        page.locator(MAIN).click()


def order_texts(identity: Mapping[str, str], site: str) -> Mapping[str, str]:
    """What an order says, by the names of its fields."""
    ward = f"{site}-ward"
    order = {
        "unit": ward,
        "value-treating_unit": ward,
        "value-manufacturing_unit": "works-production",
        "value-prescriber": "Dr. Ines Okafor",
        "value-weight_kg": "64.5",
        "value-collection_wanted_on": f"{datetime.now(UTC) + timedelta(days=14):%Y-%m-%d}",
    }
    return order | {identity_name(name): text for name, text in identity.items()}


def scan_into(person: Person, codes: Sequence[str]) -> None:
    """Read codes into the step's own box, if it has one."""
    box = person.page.locator("#codes")
    if box.count():
        box.focus()
        for raw in codes:
            person.read_code(raw)
        # Without scripts nobody can tell a scanner from a hand: what is scanned is entered twice.
        if codes and person.page.locator("noscript p:visible").count():
            person.page.get_by_text("A symbol cannot be read", exact=True).click()
            person.page.fill("#again", "\n".join(codes))


def show_as_many(page: Page, wanted: TakeAction) -> None:
    """Ask for as many bags or samples as come into being."""
    for machine, number in Counter(new.machine for new in wanted.births).items():
        count = page.locator(f"[id='count-{machine}']")
        if count.count() and count.input_value() != str(number):
            count.fill(str(number))
            with page.expect_navigation():
                page.locator("button[name=redraw]").first.click()
