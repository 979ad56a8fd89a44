"""Stop-ship: what one vector lot went into stands still, wherever it is, by one signature."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.app import create_app
from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import (
    ACCEPTED,
    AT_BEDSIDE,
    CHECKED,
    IN_MANUFACTURE,
    MADE,
    OUT,
    Step,
    investigated,
    play,
    take,
)
from coi.errors import DataRefused, Refused
from coi.services.concerned import Criterion, find
from coi.services.grants import Wanted, give, signer_of
from coi.services.proofs import NotAllowed, authenticate
from coi.services.sessions import resume, sign_in
from coi.services.spending import GrantUsed
from coi.services.stop_ship import ListChanged, StopShip, stop_ship
from coi.services.therapies import look
from tests.coi.web.browser import Browser
from tests.fixtures import DATABASES
from tests.journeys.asking import newest, take_refused
from tests.journeys.worlds import told_on, whole_copy_of


@pytest.fixture(params=DATABASES)
def databases(request):
    """Where this journey is recorded."""
    return request.getfixturevalue(f"{request.param}_databases")


LOT = Criterion("vector_lot", "LV-2026-07")
WORKS = "works-production"
BEGUN = Step("infuse_part", "product", "checked")


def with_vector(steps, lot):
    """The steps, with this vector lot."""
    return tuple(
        replace(step, values={**step.values, "vector_lot": lot, "multiplicity": "3"})
        if step.action == "transduce"
        else step
        for step in steps
    )


STORIES = {
    "made": ((*IN_MANUFACTURE, *MADE[:2]), "LV-2026-07", "north"),
    "on its way": ((*OUT, *ACCEPTED[:2]), "LV-2026-07", "south"),
    "begun": ((*AT_BEDSIDE, CHECKED, BEGUN), "LV-2026-07", "north"),
    "other": ((*IN_MANUFACTURE, *MADE[:2]), "LV-2026-08", "north"),
}
"""Four therapies of two hospitals: three with the lot, of them one on its way, one begun."""


def tell(performer):
    """Tell them."""
    cois = {}
    for patient, (name, (steps, lot, site)) in zip(PATIENTS, STORIES.items(), strict=False):
        cois[name] = performer.order(patient, site)
        play(performer, cois[name], with_vector(steps, lot))
    return cois


@pytest.fixture(scope="module")
def told():
    """The worlds in which they were told, by database."""
    return {}


@pytest.fixture
def world(databases, empty_world, told, tmp_path_factory):
    """The world of the four, told once in each database."""
    kind = "postgres" if databases.server else "sqlite"
    if kind not in told:
        told[kind] = told_on(databases, empty_world, tmp_path_factory.mktemp(kind), tell)
    return told[kind]


@pytest.fixture
def performer(databases, world, tmp_path):
    """Everybody, in a copy of it; afterwards the record is whole, and so are the tasks."""
    with whole_copy_of(databases, world, tmp_path) as acting:
        yield acting


@pytest.fixture
def four(world):
    """The four, by what became of them."""
    return world.cois


def signed_by(performer, username):
    """Somebody who has just typed their password."""
    return authenticate(performer.installation, username, PASSWORD)


def the_stop(cois, **changes):
    """The request that stops these."""
    shown = tuple(cois[name] for name in ("made", "on its way", "begun"))
    wanted = StopShip(LOT, "Replication-competent virus in a retained sample", WORKS, "one", shown)
    return replace(wanted, **changes)


def granted(performer, username, meaning):
    """Somebody's grant for one request."""
    signed_in = resume(performer.installation, sign_in(performer.installation, username, PASSWORD))
    grant = give(performer.installation, signed_in, PASSWORD, Wanted(meaning, "0" * 64))
    return signer_of(performer.installation, grant, "0" * 64).proven


def found(performer, criterion=LOT, by="queenie", unit=WORKS):
    """What is concerned, by COI."""
    listed = find(performer.installation, performer.proven[by], criterion, unit)
    return {one.coi: one for one in listed}


def test_one_grant_stops_all_of_them_once(performer, four, monkeypatch):
    """One request, one signature, one transaction, however many; and no second request by it."""
    monkeypatch.setattr("coi.services.stop_ship.AT_A_TIME", 2)
    by = granted(performer, "queenie", "stopped")

    done = stop_ship(performer.installation, the_stop(four), by)

    assert {one.coi for one in done} == {four["made"], four["on its way"], four["begun"]}
    again = stop_ship(performer.installation, the_stop(four), by)
    assert again == tuple(replace(one, repeated=True) for one in done)
    with pytest.raises(GrantUsed):
        stop_ship(performer.installation, the_stop(four, key="two", lifts=True), by)


def test_a_grant_of_another_meaning_stops_nothing(performer, four):
    """What stands on record as the meaning is what the signer was shown, and agreed to (11.50)."""
    by, before = granted(performer, "queenie", "lifted"), newest(performer, four["made"]).seq

    with pytest.raises(DataRefused, match="given for: stopped"):
        stop_ship(performer.installation, the_stop(four, meaning="lifted"), by)

    assert newest(performer, four["made"]).seq == before


def test_the_list_says_what_is_concerned_and_where_it_stands(performer, four):
    """Three of four; what is on its way is said, and looking changes nothing."""
    before = newest(performer, four["made"]).seq

    listed = found(performer)

    assert set(listed) == {four["made"], four["on its way"], four["begun"]}
    assert listed[four["on its way"]].on_its_way == ("Product", "Shipment")
    assert listed[four["begun"]].state == "infusion begun"
    assert newest(performer, four["made"]).seq == before


def test_what_a_courier_has_in_the_van_is_on_its_way(performer, four):
    """It was accepted there, and has not arrived: whoever stops it is told."""
    take(performer, four["on its way"], Step("accept_shipment", "shipment", "packed"))

    listed = found(performer)

    assert listed[four["on its way"]].on_its_way == ("Product", "Shipment")
    assert listed[four["begun"]].on_its_way == ()


def test_nothing_of_it_moves_after_one_signature(performer, four):
    """Each has a critical exception; what is on its way is accepted, and goes no further."""
    done = stop_ship(performer.installation, the_stop(four), signed_by(performer, "queenie"))

    assert len(done) == 3
    take_refused(performer, four["made"], Step("expand"), "THERAPY_ON_HOLD")
    bag = Step("check_at_bedside", "product", "infusing")
    take_refused(performer, four["begun"], bag, "THERAPY_ON_HOLD")
    take(performer, four["on its way"], Step("accept_shipment", "shipment", "packed"))
    onward = Step("release_shipment", "shipment", "packed", to="south-lab")
    take_refused(performer, four["on its way"], onward, "THERAPY_ON_HOLD")
    take(performer, four["other"], Step("expand"))
    opened = {value.field: value.content for value in look_at_exception(performer, four["made"])}
    known = ("kind", "class", "stops")
    assert [opened[one] for one in known] == ["stop-ship", "critical", "therapy"]
    assert opened["criterion"] == "vector_lot = LV-2026-07"


def look_at_exception(performer, coi):
    """What is recorded of the therapy's exception."""
    view = look(performer.installation, coi)
    (name,) = (one.id for one in view.subjects.values() if one.machine == "exception")
    return [value for value in view.values if value.subject == name]


def test_each_hospital_is_told(performer, four):
    """My work of both says that the therapy is on hold."""
    stop_ship(performer.installation, the_stop(four), signed_by(performer, "queenie"))
    app = create_app(performer.installation)

    pages = {}
    for username in ("ines", "jonas"):
        browser = Browser(app.test_client())
        browser.sign_in(username)
        pages[username] = browser.get("/?which=all&held=1").text

    assert four["begun"] in pages["ines"]
    assert four["on its way"] in pages["jonas"]
    assert four["other"] not in pages["ines"]


def test_it_is_all_or_nothing(performer, four):
    """Who changed something meanwhile, or a list that is not the one that was shown, stops none."""
    play(performer, four["other"], [Step("expand")])
    shown = (*the_stop(four).shown, four["other"])

    with pytest.raises(ListChanged):
        stop_ship(
            performer.installation,
            the_stop(four, shown=shown),
            signed_by(performer, "queenie"),
        )

    assert [one.stops for one in found(performer).values()] == [0, 0, 0]


def test_sent_twice_it_has_one_effect(performer, four):
    """Each therapy has one hold, and the same answer comes again; so with another key."""
    wanted, by = the_stop(four), signed_by(performer, "queenie")
    first = stop_ship(performer.installation, wanted, by)

    again = stop_ship(performer.installation, wanted, by)
    more = stop_ship(performer.installation, replace(wanted, key="two"), by)

    assert [one.hash for one in again] == [one.hash for one in first]
    assert more == ()
    assert [one.stops for one in found(performer).values()] == [1, 1, 1]


def test_another_lifts_it_all_together_and_nobody_their_own(performer, four):
    """Whoever stopped it is refused, and nothing goes on; a colleague signs, and all of it does."""
    stop_ship(performer.installation, the_stop(four), signed_by(performer, "queenie"))
    lifting = the_stop(four, lifts=True, reason="It was another lot", key="lift")
    lifting = replace(lifting, investigation="INV-7")

    with pytest.raises(Refused) as caught:
        stop_ship(performer.installation, lifting, signed_by(performer, "queenie"))
    stopped = [one.stops for one in found(performer).values()]
    stop_ship(performer.installation, replace(lifting, key="2"), signed_by(performer, "quirin"))

    assert [one.code for one in caught.value.refusals] == ["OWN_EXCEPTION"]
    assert stopped == [1, 1, 1]
    assert [one.stops for one in found(performer).values()] == [0, 0, 0]
    take(performer, four["made"], Step("expand"))


def test_one_therapy_alone_goes_on(performer, four):
    """It is investigated there, and lifted by QA alone; the others stand still."""
    stop_ship(performer.installation, the_stop(four), signed_by(performer, "queenie"))
    no_number = {"closed_investigation": ""}
    lifting = Step("lift_quality_stop", "exception", "open", values=no_number)
    by_the_physician = replace(lifting, action="lift_therapy")
    take_refused(performer, four["made"], by_the_physician, "STOPPED_BY_OTHERS")
    take_refused(performer, four["made"], lifting, "NOT_INVESTIGATED")

    play(performer, four["made"], [*investigated(), lifting])

    assert sorted(one.stops for one in found(performer).values()) == [0, 1, 1]


def test_who_does_not_answer_for_quality_stops_nothing(performer, four):
    """Neither by looking nor by signing, nor at a unit where they hold no such role."""
    with pytest.raises(NotAllowed):
        found(performer, by="mia")
    with pytest.raises(NotAllowed):
        found(performer, unit="works-store")
    with pytest.raises(NotAllowed):
        stop_ship(performer.installation, the_stop(four), signed_by(performer, "mia"))


def test_another_manufacturer_finds_none_of_it(performer):
    """Quality assurance of a site that takes no part is shown nothing."""
    assert found(performer, by="winnie", unit="west-cleanroom") == {}


@pytest.mark.parametrize(
    ("what", "content", "number"),
    [
        ("workflow", "autologous-car-t", 4),
        ("site that takes part", "south", 1),
        ("unit that worked on it", "south-lab", 1),
        ("manufacturing_unit", "works-production", 4),
        ("vector_lot", "lv-2026-07", 0),
    ],
)
def test_what_can_be_looked_for(performer, what, content, number):
    """A workflow, a site, a unit that worked on it; a value exactly as it is recorded."""
    assert len(found(performer, Criterion(what, content))) == number


def test_a_period_narrows_it_down(performer):
    """Only what was recorded on these days is concerned."""
    early = Criterion("vector_lot", "LV-2026-07", until="2026-01-01")

    assert found(performer, early) == {}
    with pytest.raises(DataRefused):
        Criterion("vector_lot", "LV-2026-07", since="yesterday")


def test_the_last_day_that_can_be_written_is_no_day_to_search_until():
    """No day comes after it: it is refused with a sentence, and nothing breaks."""
    with pytest.raises(DataRefused):
        Criterion("vector_lot", "LV-2026-07", until="9999-12-31")


def test_a_site_is_concerned_by_what_it_did_on_these_days(performer, four):
    """However long ago it came into the therapy: a site is named with the order already."""
    performer.installation.clock.advance(timedelta(days=30))
    since = f"{performer.installation.clock.now():%Y-%m-%d}"
    take(performer, four["made"], Step("expand"))

    listed = found(performer, Criterion("site that takes part", "works", since=since))

    assert set(listed) == {four["made"]}


def test_what_is_over_holds_nothing_else_up(performer, four):
    """A therapy that was cancelled is held with the others, so that none of them is missed."""
    take(performer, four["begun"], Step("cancel"))

    done = stop_ship(performer.installation, the_stop(four), signed_by(performer, "queenie"))

    assert {one.coi for one in done} == {*the_stop(four).shown}


def test_the_page_stops_what_it_has_shown(performer):
    """Look, sign with the password, and read how everything stands."""
    browser = Browser(create_app(performer.installation).test_client())
    browser.sign_in("queenie")
    page = f"/stop-ship?what=vector_lot&content=LV-2026-07&unit={WORKS}"
    shown = [one.coi for one in found(performer).values()]
    told = {"what": "vector_lot", "content": "LV-2026-07", "unit": WORKS, "shown": shown}
    told |= {"reason": "Virus in a retained sample", "key": "page-1"}

    wrong = browser.send("/stop-ship", page, password="wrong", **told)
    right = browser.send("/stop-ship", page, password=PASSWORD, **told)

    assert wrong.status_code == 401
    assert "Virus in a retained sample" in wrong.text
    assert right.status_code == 303
    assert "Stopped: 3 therapies." in browser.get(right.headers["Location"]).text
