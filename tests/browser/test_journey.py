"""One therapy from the order to the infusion, by scanning, each person at a device of their own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import (
    ACCEPTED,
    AT_SITE,
    CHECKED,
    CONDITIONED,
    FILLED,
    INFUSED_WHOLE,
    MADE,
    MATERIAL_ACCEPTED,
    ORDERED,
    RECEIVED_FROZEN,
    RELEASED_EARLY,
    Step,
    closed,
    collected,
    filled,
    play,
    results,
    started,
    thawed,
)
from coi.demo.performer import Wish, spoilt
from coi.services.scanning import Code
from coi.services.therapies import look
from tests.browser.guided import BEGIN_SECOND, DISCARD, FIRST_PART_IS_IN
from tests.browser.house import House
from tests.browser.walking import InBrowsers, Request, in_browsers
from tests.fixtures import IN_SHORT
from tests.journeys.asking import ids, newest, state, states
from tests.journeys.worlds import verdict_of

ANISSA, DANAE = PATIENTS[:2]
FEWEST_DEVICES = 5

TO_THE_BEDSIDE = (
    *ORDERED,
    *collected(1),
    *RECEIVED_FROZEN,
    MATERIAL_ACCEPTED,
    started(),
    *MADE,
    *filled(1),
    *RELEASED_EARLY,
    *ACCEPTED,
    CONDITIONED,
    *thawed(),
)
# What was opened by the two wrong bags is looked into before the therapy is closed.
TO_FOLLOW_UP = (
    *results("sterility"),
    Step("confirm_release"),
    Step("complete_infusion"),
    *closed() * 2,
    Step("close"),
)


@pytest.fixture(params=IN_SHORT)
def house(request) -> House:
    """A served world; other tests act in one of the other kind."""
    return request.getfixturevalue(f"{request.param}_house")


@pytest.fixture
def walk(house, someone) -> Iterator[InBrowsers]:
    """The cast, each at a device of their own; afterwards the verifier finds nothing."""
    yield in_browsers(house, lambda username: someone(house, username))
    assert verdict_of(house.installation).findings == ()


@pytest.fixture
def others(house) -> tuple[str, str]:
    """Therapies that could be taken for this one: another patient's, and the same patient's."""
    stranger, other = house.performer.order(DANAE), house.performer.order(ANISSA)
    play(house.performer, stranger, (*AT_SITE, CONDITIONED, *thawed()))
    play(house.performer, other, FILLED)
    return stranger, other


def test_a_therapy_goes_from_order_to_infusion_past_every_stop(walk, others):
    """Whatever is taken for another thing stops the step; two others infuse the right bag."""
    stranger, other = others
    coi = walk.order(ANISSA)
    play(walk, coi, TO_THE_BEDSIDE)
    before = old_wristband(walk, coi)
    right = a_check(walk, coi)

    stops_one_person(walk, one_person(right))
    stops(walk, with_code(right, 1, before), "OLD_WRISTBAND")
    stops(walk, with_code(right, 2, label_of(walk, stranger, "thawed")), "WRONG_THERAPY", stranger)
    out = [first_of(right)]  # who was at a wrong scan does not check again
    again = a_check(walk, coi, *out)
    stops(walk, with_code(again, 2, label_of(walk, other, "frozen")), "WRONG_THERAPY", other)
    out.append(first_of(again))
    play(walk, coi, [replace(CHECKED, avoid=out), replace(INFUSED_WHOLE[-1], avoid=out)])
    play(walk, coi, TO_FOLLOW_UP)

    assert state(walk, coi) == "closed"
    assert states(walk, coi, "product") == {"infused": 1}
    assert len(walk.devices) >= FEWEST_DEVICES


def stops(walk: InBrowsers, asked: Request, code: str, other: str = "") -> None:
    """Try it: the page says why not, and it stands in the record, of both therapies if two are."""
    tried = walk.attempt(asked)
    said = tried.page.locator("main").inner_text()
    entry = newest(walk, asked[0].coi)
    assert code in said
    assert (entry.kind, code in {r.code for r in entry.refusals}) == ("refused", True)
    if other:
        assert "STOP" in said
        assert newest(walk, other).kind == "incident"


def stops_one_person(walk: InBrowsers, asked: Request) -> None:
    """Who checks alone is refused, or is given no way to begin the second check."""
    tried = walk.attempt(asked)
    if tried.page.get_by_text(FIRST_PART_IS_IN).count():
        assert tried.page.get_by_role("button", name=BEGIN_SECOND).count() == 0
        tried.press(DISCARD)
    else:
        assert "SAME_PERSON" in tried.page.inner_text("main")
        assert newest(walk, asked[0].coi).kind == "refused"


def a_check(walk: InBrowsers, coi: str, *avoid: str) -> Request:
    """The right check at the bedside, as the pair at hand would make it."""
    bag = ids(walk, coi, "product", "thawed")
    return walk.request(coi, "check_at_bedside", Wish(on=bag, avoid=avoid))


def first_of(asked: Request) -> str:
    """Who checks first."""
    return asked[2][0].username


def one_person(asked: Request) -> Request:
    """The same, where who checked first signs a second time."""
    wanted, actor, (first, second) = asked
    stated = tuple(replace(one, username=first.username) for one in wanted.stated)
    return spoilt(wanted, stated=stated), actor, (first, replace(first, meaning=second.meaning))


def with_code(asked: Request, place: int, raw: str) -> Request:
    """The same, with another code in the place of the order (0), the wristband or the bag."""
    wanted, actor, signers = asked
    codes = [*wanted.codes]
    codes[place] = Code(raw)
    return spoilt(wanted, codes=tuple(codes)), actor, signers


def label_of(walk: InBrowsers, coi: str, in_state: str) -> str:
    """What the scanner reads from the first bag of a therapy in this state, with its prefix."""
    bag = ids(walk, coi, "product", in_state)[0]
    return f"]d1{look(walk.installation, coi).labels[bag][-1]}/{coi}"


def old_wristband(walk: InBrowsers, coi: str) -> str:
    """The wristband that the patient wore until a moment ago: a newer one has replaced it."""
    patient = look(walk.installation, coi).therapy.patient
    before = walk.wristbands[patient]
    play(walk, coi, [Step("admit_patient")])
    return before
