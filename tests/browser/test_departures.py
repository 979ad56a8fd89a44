"""What does not go as hoped, walked at the pages; each custody record tells the whole of it.

Its short form: `tests/journeys/test_departures.py` and `test_out_of_specification.py` tell the same
without a browser, and the days of people in a browser meet a wrong bag and a result out of limits.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import (
    ACCEPTED,
    AT_LAB,
    CONDITIONED,
    FROZEN,
    IN_MANUFACTURE,
    INFUSED_WHOLE,
    LOOKED_INTO,
    MADE,
    MATERIAL_ACCEPTED,
    RECEIVED_FRESH,
    Step,
    closed,
    collected,
    play,
    started,
)
from coi.demo.deviations import ASKED_FOR, OUT_OF_SPECIFICATION
from coi.demo.performer import spoilt
from coi.services.scanning import Code
from coi.services.therapies import look
from tests.browser.house import House
from tests.browser.walking import InBrowsers, in_browsers
from tests.coi.reports.pages import text_of
from tests.journeys.asking import ids, states
from tests.journeys.worlds import verdict_of

ANISSA = PATIENTS[0]


@pytest.fixture
def house(sqlite_house) -> House:
    """One house: the journeys without a browser tell the same in a database of each kind."""
    return sqlite_house


@pytest.fixture
def walk(house, someone) -> Iterator[InBrowsers]:
    """The cast, each at a device of their own; afterwards the verifier finds nothing."""
    yield in_browsers(house, lambda username: someone(house, username))
    assert verdict_of(house.installation).findings == ()


def custody_record(walk: InBrowsers, coi: str, pictures: Path | None, name: str) -> str:
    """Print the custody record at the page of the therapy; returns what stands in it."""
    return printed(walk, coi, "Custody record", pictures and pictures / f"{name}.pdf")


def printed(walk: InBrowsers, coi: str, button: str, file: Path | None = None) -> str:
    """Print what a button of the therapy's page prints; returns what stands in it."""
    carla = walk.person("carla")
    carla.open(f"/therapies/{coi}")
    pdf = carla.print(carla.page.get_by_role("button", name=button))
    if file:
        file.write_bytes(pdf)
    return text_of(pdf)


@pytest.mark.soak
def test_a_lot_out_of_specification_is_supplied(house, walk, pictures):
    """Nine people, each piece at its page; the bag that is infused says what it is."""
    coi = house.performer.order(ANISSA)
    play(house.performer, coi, OUT_OF_SPECIFICATION[:-1])
    walk.identities[coi] = ANISSA

    play(walk, coi, [OUT_OF_SPECIFICATION[-1], *closed()])
    play(walk, coi, [*ASKED_FOR, Step("relabel", "product", "released"), *ACCEPTED, CONDITIONED])
    play(walk, coi, INFUSED_WHOLE)

    assert states(walk, coi, "lot") == {"released_out_of_specification": 1}
    assert states(walk, coi, "product")["infused"] == 1
    told = custody_record(walk, coi, pictures, "out-of-specification")
    pieces = ("RA-2026-014", "EU GMP Part IV 11.5", "benefit outweighs risk", "58.0 %")
    assert [piece for piece in pieces if piece not in told] == []
    letter = printed(walk, coi, "Print out-of-specification letter")
    assert [piece for piece in pieces if piece not in letter] == []


@pytest.mark.soak
def test_cells_are_collected_again_after_manufacture_failed(house, walk, pictures):
    """The lot fails, nothing of the first cells is used again, and another is begun of new ones."""
    coi = house.performer.order(ANISSA)
    play(house.performer, coi, (*IN_MANUFACTURE, *MADE[:2]))
    walk.identities[coi] = ANISSA

    play(walk, coi, [Step("fail_lot"), Step("destroy", "material", "accepted")])
    play(walk, coi, (*collected(1), *RECEIVED_FRESH, MATERIAL_ACCEPTED, started(1)))

    assert states(walk, coi, "lot") == {"failed": 1, "started": 1}
    assert states(walk, coi, "collection") == {"collected": 2}
    told = custody_record(walk, coi, pictures, "collected-again")
    assert "Declare that manufacture failed" in told


@pytest.mark.soak
def test_a_wrong_bag_is_told_in_both_records(house, walk, pictures):
    """The step is stopped and the bag is held; quality assurance lifts it, and both go on."""
    first, second = (house.performer.order(one) for one in PATIENTS[:2])
    for coi, identity in zip((first, second), PATIENTS, strict=False):
        play(house.performer, coi, AT_LAB)
        walk.identities[coi] = identity
    bag = ids(walk, second, "material")[0]
    strange = Code(f"{look(walk.installation, second).labels[bag][-1]}/{second}")
    wanted, *who = walk.request(first, "freeze_material")

    page = walk.attempt((spoilt(wanted, codes=(strange,)), *who)).page
    assert "STOP" in page.inner_text("main")
    play(walk, second, [*LOOKED_INTO, FROZEN])
    play(walk, first, [*closed(), FROZEN])

    told = custody_record(walk, first, pictures, "wrong-bag")
    told_there = custody_record(walk, second, pictures, "wrong-bag-of-the-other")
    assert "WRONG_THERAPY" in told
    assert "scanned in the place of another" in told_there
