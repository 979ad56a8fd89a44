"""The board of all therapies by phase, what finds one of them, and the views that people keep."""

import re
from dataclasses import fields
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from coi.clock import parse_rfc3339
from coi.demo.cast import PATIENTS
from coi.services.board import CARDS, board
from coi.services.directory import sites_and_units
from coi.services.searching import found_by
from coi.services.sessions import resume
from coi.services.tasks import planned
from coi.services.therapies import look
from coi.services.worklist import ALL, Wanted, my_work
from coi.store import facts, worklist
from tests.plans import heard
from workflows.tasks import is_of_anybody

FILTERS = {
    "unit": "",
    "phase": "manufacture",
    "overdue": True,
    "on_hold": True,
    "coi": "",
    "workflow": "autologous-car-t",
    "site": "works",
    "soon": 72,
}
"""What each filter of the board is told; a unit and a COI are those of the person who looks."""


@pytest.fixture
def signed_in(installation, someone):
    """Who somebody is, signed in, as the use cases are told."""

    def told(username):
        with someone(username).client.session_transaction() as held:
            return resume(installation, held["token"])

    return told


def phase_of(installation, coi):
    """The phase in which a therapy stands."""
    one = look(installation, coi)
    root = one.subjects[coi]
    return one.workflow.machines[root.machine].states[root.position.state].phase


# -- the columns -----------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["queenie", "carla", "nina"])
def test_each_therapy_that_somebody_sees_is_counted_once_in_its_phase(
    installation, signed_in, username
):
    """The same therapies as in the list of all; also for who sees one from two sites."""
    person = signed_in(username)
    every = my_work(installation, person, Wanted(which=ALL)).waiting
    by_hand: dict[str, int] = {}
    for one in every:
        phase = phase_of(installation, one.coi)
        by_hand[phase] = by_hand.get(phase, 0) + 1

    shown = board(installation, person, Wanted())

    assert by_hand
    assert {column.phase: column.therapies for column in shown.columns} == by_hand
    assert shown.therapies == len(every)


def test_the_cards_are_those_that_are_due_first(installation, signed_in):
    """As in the list of that phase; and what is late or on hold is counted."""
    person = signed_in("queenie")

    shown = board(installation, person, Wanted())

    for column in shown.columns:
        listed = my_work(installation, person, Wanted(which=ALL, phase=column.phase)).waiting
        assert column.cards == listed[:CARDS]
        assert column.overdue == sum(
            one.due_at is not None and one.due_at < shown.now for one in listed
        )
        assert column.on_hold == sum(one.on_hold for one in listed)
    assert any(column.on_hold for column in shown.columns)
    assert any(column.overdue for column in shown.columns)


def test_it_is_narrowed_down_to_a_product(installation, signed_in):
    """A product is one workflow, in whichever version."""
    person = signed_in("queenie")

    one = board(installation, person, Wanted(workflow="autologous-car-t"))
    other = board(installation, person, Wanted(workflow="til"))

    assert one.therapies == board(installation, person, Wanted()).therapies
    assert other.columns == ()
    assert my_work(installation, person, Wanted(which=ALL, workflow="til")).waiting == ()


@pytest.mark.parametrize("username", ["queenie", "carla", "nina", "quentin"])
def test_it_is_narrowed_down_to_a_site_that_takes_part(installation, signed_in, username):
    """Also to one at which the person holds no role: a manufacturer's people ask for a hospital."""
    person = signed_in(username)
    every = my_work(installation, person, Wanted(which=ALL)).waiting
    parts = {one.coi: parts_of(installation, one.coi) for one in every}

    offered = board(installation, person, Wanted()).work.sites

    assert {site for site, _name in offered} == set().union(*parts.values())
    assert [name for _site, name in offered] == sorted(name for _site, name in offered)
    for site, _name in offered:
        theirs = {coi for coi, sites in parts.items() if site in sites}
        listed = my_work(installation, person, Wanted(which=ALL, site=site)).waiting
        assert {one.coi for one in listed} == theirs
        assert board(installation, person, Wanted(site=site)).therapies == len(theirs)


def parts_of(installation, coi):
    """The sites that take part in a therapy."""
    return installation.read(lambda tx: facts.parts(tx, coi))[0]


def test_the_sites_are_chosen_on_the_page_and_kept_in_a_view(someone):
    """Whoever watches over all holds no role at any unit, and finds the sites all the same."""
    carla = someone("carla")

    page = carla.get("/board?site=works").text
    carla.send("/board/views", name="At the works", site="works")

    assert '<option value="works" selected>Riverside Cell Works</option>' in page
    assert 'href="/board?site=works">At the works<' in carla.get("/board").text


def test_a_site_that_was_not_met_is_named_where_it_is_asked_for(
    installation, signed_in, someone, monkeypatch
):
    """Which sites take part is looked up so far; what a page tells of them is told all the same."""
    person = signed_in("carla")
    before = board(installation, person, Wanted()).why
    monkeypatch.setattr(worklist, "sites_in", lambda _tx, _places: ())

    assert board(installation, person, Wanted()).why == before
    for path in ("/", "/board", "/printing"):
        page = someone("carla").get(f"{path}?which=all&site=works").text
        assert '<option value="works" selected>Riverside Cell Works</option>' in page


@pytest.mark.parametrize("site", ["nowhere", "'", "x" * 200, "\x00"])
def test_a_site_that_nobody_knows_takes_part_in_nothing(someone, site):
    """It is told as any other condition that nothing fits; what is no name asks for nothing."""
    page = someone("carla").get(f"/board?{urlencode({'site': site})}").text

    assert ("Nothing fits" in page) == site.isprintable()


# -- why -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["queenie", "carla", "nina"])
def test_a_card_says_since_when_it_could_be_done_and_where_it_waits(
    installation, signed_in, username
):
    """As the tasks of the therapy say it: so long before the deadline as the workflow allows."""
    person = signed_in(username)

    shown = board(installation, person, Wanted())

    due = [card for column in shown.columns for card in column.cards if card.due_at]
    assert {card.coi for card in due} == shown.why.keys()
    for card in (one for one in due if one.coi in shown.why):
        why, history = shown.why[card.coi], look(installation, card.coi).history
        assert why.since in {parse_rfc3339(event.happened_at) for event in history}
        assert card.due_at - why.since in {action.due for action in card.due}
        assert why.where == where_it_waits(installation, card)


def where_it_waits(installation, card):
    """The units, or the sites at which it is decided: of the tasks that are due then."""
    rows = installation.read(lambda tx: planned(tx, installation, card.coi))
    places = sorted({row[0] for row in rows if parse_rfc3339(row[2]) == card.due_at})
    sites, units = sites_and_units(installation)
    words = {f"site:{site.id}": site.name for site in sites}
    words |= {unit.id: unit.in_words for unit in units.values()}
    at = [place for place in places if not is_of_anybody(place)]
    on_desks = [place.rpartition(":")[0] for place in at if place.startswith("site:")]
    return tuple(dict.fromkeys(words[place] for place in on_desks or at))


def test_what_is_late_says_why_on_the_page(someone):
    """Since when it could have been done, and who is awaited where."""
    page = someone("queenie").get("/board?overdue=1").text

    told = re.findall(r'class="why">(.+?)</span>', page)
    assert told
    assert all("Possible since <time" in one and "Waits for: " in one for one in told)


def test_what_is_copied_from_paper_is_late_for_nobody(lives, installation, signed_in, someone):
    """Board and list say so instead of a deadline, as no alarm rings for it."""
    coi = lives.cois["copied from paper"]
    person = signed_in("queenie")

    shown = board(installation, person, Wanted(coi=coi))
    pages = [someone("queenie").get(f"/{at}coi={coi}").text for at in ("board?", "?which=all&")]

    (column,) = shown.columns
    (card,) = column.cards
    assert (card.is_copied, card.due_at, column.overdue) == (True, None, 0)
    assert my_work(installation, person, Wanted(which=ALL, coi=coi, overdue=True)).waiting == ()
    assert all('class="tag">being copied from paper<' in page for page in pages)
    assert not any("overdue</strong>" in page or "no deadline<" in page for page in pages)


def test_what_will_be_due_soon_is_asked_for(installation, signed_in):
    """Within so many hours, what is late already included; beyond that it is not shown."""
    person = signed_in("queenie")
    every = my_work(installation, person, Wanted(which=ALL)).waiting

    soon = my_work(installation, person, Wanted(which=ALL, soon=72))

    until = soon.now + timedelta(hours=72)
    assert {one.coi for one in soon.waiting} == {
        one.coi for one in every if one.due_at is not None and one.due_at < until
    }


def test_a_board_on_which_nothing_fits_says_so(someone):
    """No column stands there, and no number."""
    page = someone("queenie").get("/board?coi=XXXX").text

    assert "Nothing fits" in page
    assert '<section aria-labelledby="phase-' not in page


@pytest.mark.parametrize("username", ["queenie", "carla", "nina"])
@pytest.mark.parametrize("name", FILTERS)
def test_the_numbers_are_of_all_that_fits(installation, signed_in, lives, username, name):
    """Each filter that the list follows is followed by the numbers, and by both alike."""
    person = signed_in(username)
    units = [unit for _role, unit in sorted(person.person.roles)]
    asked = {**FILTERS, "unit": units[-1], "coi": lives.cois["on hold"][:10]}
    wanted = Wanted(which=ALL, **{name: asked[name]})
    every = my_work(installation, person, wanted).waiting

    shown = board(installation, person, wanted)

    told = {
        column.phase: (column.therapies, column.overdue, column.on_hold) for column in shown.columns
    }
    by_hand: dict[str, list[int]] = {}
    for one in every:
        found = by_hand.setdefault(phase_of(installation, one.coi), [0, 0, 0])
        found[0] += 1
        found[1] += one.due_at is not None and one.due_at < shown.now
        found[2] += one.on_hold
    assert told == {phase: tuple(counts) for phase, counts in by_hand.items()}
    assert shown.therapies == len(every)
    assert all(column.cards for column in shown.columns)


def test_no_filter_of_the_list_is_forgotten():
    """Whatever narrows a list down is tried above, but for which list, and where it goes on."""
    assert {one.name for one in fields(Wanted)} - {"which", "after", "most"} == FILTERS.keys()


def test_filters_are_followed_together(installation, signed_in):
    """What fits one and not another is not counted."""
    person = signed_in("queenie")
    both = Wanted(which=ALL, on_hold=True, overdue=True)

    shown = board(installation, person, both)

    assert shown.therapies == len(my_work(installation, person, both).waiting)
    assert 0 < shown.therapies < board(installation, person, Wanted(overdue=True)).therapies
    assert all(one.therapies == one.overdue == one.on_hold for one in shown.columns)


def test_the_numbers_take_one_statement_whatever_is_there(installation, signed_in):
    """The board asks once for all numbers, and once for each phase that holds anything."""
    person = signed_in("queenie")
    board(installation, person, Wanted())

    with heard(installation.engine) as asked:
        shown = board(installation, person, Wanted())

    counting = [one for one, _values in asked if "count(*)" in one and "FROM task" in one]
    assert len(counting) == 1
    assert len(asked) <= 4 + 6 * (len(shown.columns) + 1)


# -- finding ---------------------------------------------------------------------------------------


def test_a_therapy_is_found_by_what_somebody_has_in_hand(someone, installation, lives):
    """Its COI, one of its labels, the number of its donation, the batch or the lot of a reagent."""
    coi = lives.cois["in manufacture"]
    view = look(installation, coi)
    serial = next(serials[-1] for serials in view.labels.values())
    numbers = [v.content for v in view.values if v.field == "donation_number"]
    lots = [v.content for v in view.values if v.field in {"reagent_lot", "batch_number"}]
    queenie = someone("queenie")

    assert numbers
    assert lots
    for text in (coi, coi.lower(), f"  {coi} ", serial, *numbers):
        answer = queenie.send("/board/search", text=text)
        assert answer.status_code == 302, text
        assert answer.headers["Location"].endswith(f"/therapies/{coi}")
    for text in lots:
        answer = queenie.send("/board/search", text=text)
        assert coi in answer.headers.get("Location", "") + answer.text


def test_nothing_is_found_of_a_therapy_that_somebody_may_not_see(someone, installation, lives):
    """The answer is that of what does not exist (SEC-07, SEC-27)."""
    coi = lives.cois["in manufacture"]
    serial = next(serials[-1] for serials in look(installation, coi).labels.values())
    walter = someone("walter")

    seen = walter.send("/board/search", text=serial).text
    none = walter.send("/board/search", text="NOWHERE").text

    assert "Nothing found" in seen
    assert seen.replace(serial, "*") == none.replace("NOWHERE", "*")


@pytest.mark.parametrize("text", ["", "   ", "'", "%", "\u00e9" * 200, "A" * 100])
def test_whatever_is_typed_finds_something_or_nothing(installation, signed_in, text):
    """No pattern, no quote and no length is anything but the text itself."""
    assert found_by(installation, signed_in("queenie"), text) == ()


# -- views -----------------------------------------------------------------------------------------


def test_a_view_is_kept_by_name_for_who_kept_it(someone):
    """It is found by one press, leads to the same list, and is nobody else's."""
    carla = someone("carla")

    answer = carla.send("/board/views", name="Late in delivery", phase="delivery", overdue="1")
    page = carla.get("/board").text

    assert answer.status_code == 303
    (link,) = re.findall(r'href="(/board\?[^"]+)">Late in delivery<', page)
    assert "phase=delivery" in link
    assert "overdue=1" in link
    assert "Late in delivery" not in someone("nina").get("/board").text


def test_a_view_is_kept_anew_and_removed_by_its_name(someone):
    """The newest stands; what is removed is gone."""
    carla = someone("carla")
    carla.send("/board/views", name="Mine", phase="delivery")
    carla.send("/board/views", name="Mine", phase="infusion")

    assert carla.get("/board").text.count(">Mine<") == 1
    assert "phase=infusion" in carla.get("/board").text

    carla.send("/board/views", name="Mine", remove="1")

    assert ">Mine<" not in carla.get("/board").text


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a\nb\x00"])
def test_a_view_without_a_name_is_not_kept(someone, name):
    """It is told what is wrong, and nothing is kept."""
    carla = someone("carla")

    answer = carla.send("/board/views", name=name, phase="delivery")

    assert answer.status_code == 422
    assert "phase=delivery" not in carla.get("/board").text


def test_nobody_keeps_more_views_than_can_be_looked_through(someone):
    """The one that is too many is refused; one that is there is changed all the same."""
    carla = someone("carla")
    for n in range(20):
        assert carla.send("/board/views", name=f"View {n}", phase="order").status_code == 303

    assert carla.send("/board/views", name="One more").status_code == 422
    assert carla.send("/board/views", name="View 3", phase="infusion").status_code == 303


def test_a_new_order_stands_on_the_board_at_once(someone, performer):
    """In the first column."""
    coi = performer.order(PATIENTS[2])

    assert coi in someone("carla").get("/board?phase=order").text
