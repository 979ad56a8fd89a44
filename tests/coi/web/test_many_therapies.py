"""My work with ten thousand therapies: as fast as with ten, with as many queries, by its index."""

import html
import io
import json
import re
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from zipfile import ZipFile

import pytest
from sqlalchemy import event, text

from benchmarks.crowd import crowd
from coi.app import create_app
from coi.clock import SteppedClock
from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import AT_LAB
from coi.demo.stories import IN_MANUFACTURE, ON_HOLD, WAITING, told
from coi.services import listings
from coi.services.exporting import Form, export
from coi.services.installation import open_installation
from coi.services.label_choosing import MOST_PAGES, MOST_THERAPIES
from coi.services.proofs import Proven, authenticate, person_of
from coi.services.whole_record import write_whole_record
from coi.services.worklist import Wanted
from coi.store import worklist
from coi.store.engine import open_engine
from coi.store.lists import therapies
from coi.store.worklist import FIRST_OF_SITE, PAGE, SOONEST, Narrowed
from tests.coi.web.conftest import Browser
from tests.coi.web.pace import calls_in
from tests.fixtures import DATABASES
from tests.journeys.worlds import CHEAP, STEP, Databases, build_world, told_on
from tests.plans import plan_of
from workflows.tasks import ANYBODY, EVERY_SITE, desk

MANY = 10_000
CALLS = 26_500
QUERIES = 17
"""Session, person, list, what I could do, what is from paper, units, sites, definitions, under
way, names that were read in an emergency, what was captured without a line and waits (three: of a
coordinator and of quality assurance alone), the clocks that run, equipment whose calibration ends,
the custody records that were drawn, and in the head of each page what rings."""
CALLS_OF_BOARD = 30_000
CALLS_OF_CHOICE = 60_000
MOST_BYTES = 4_000_000  # of memory for a list, one of which waits there to go to the disk
QUERIES_OF_EXCEPTIONS = 6  # session, person, the list, what was of another class, my units, rings
QUERIES_OF_ALARMS = 6  # session, person, the list, whose each is, my units, what rings
HUNDRED, ALL = "TEST-100099", "TEST-1000"
"""How a hundred of the COIs begin, and all that were made in bulk."""

EXCEPTIONS = ("/exceptions", "/exceptions?kind=hold", "/exceptions?class=critical")
ALARMS = ("/alarms", "/alarms?which=mine", "/alarms?kind=step-overdue")
LIVES = {
    "ordered": told(()),
    "collected, and not yet declared so": told(AT_LAB[:-3] + AT_LAB[-2:]),
    "at the laboratory": told(WAITING["freezing"]),
    "in manufacture": told(IN_MANUFACTURE),
    "on hold": told(ON_HOLD),
}
PAGES = ("/", "/?which=all", "/?which=all&held=1", "/?which=all&overdue=1", "/?phase=collection")


def tell(performer):
    """A therapy for each of these lives."""
    return {name: live(performer, PATIENTS[0]) for name, live in LIVES.items()}


@pytest.fixture(scope="module", params=DATABASES)
def crowded(request, migrated_file, tmp_path_factory):
    """An installation with ten thousand therapies; only sessions and exports are written."""
    on_postgres = request.param == "postgres"
    server = request.getfixturevalue("postgres_server") if on_postgres else None
    databases = Databases(migrated_file, server)
    empty = build_world(databases, tmp_path_factory.mktemp("empty"))
    world = told_on(databases, empty, tmp_path_factory.mktemp("crowded"), tell)
    settings = databases.settings(world.home, world.database)
    engine = open_engine(settings.database_url)
    crowd(engine, list(world.cois.values()), MANY)
    engine.dispose()
    clock = SteppedClock(world.rests_at + timedelta(days=20), STEP)
    installation = replace(open_installation(settings), hasher=CHEAP, clock=clock)
    yield installation
    installation.engine.dispose()
    databases.drop(empty.database)
    databases.drop(world.database)


@pytest.fixture(scope="module")
def carla(crowded):
    """The browser of who coordinates at four units of two hospitals; not the first to look."""
    browser = Browser(create_app(crowded).test_client())
    assert browser.sign_in("carla").status_code == 302
    browser.get("/")  # definitions and units never change, and are read once
    return browser


@pytest.fixture(scope="module")
def leo(crowded):
    """The browser of who freezes what was collected, and declares that the collection is over."""
    browser = Browser(create_app(crowded).test_client())
    assert browser.sign_in("leo").status_code == 302
    return browser


@pytest.fixture(scope="module")
def as_served(crowded, carla):
    """Her browser where nobody listens to the statements, which would send them the long way."""
    clock = SteppedClock(crowded.clock.now(), timedelta(milliseconds=1))
    served = replace(open_installation(crowded.settings), hasher=CHEAP, clock=clock)
    browser = Browser(create_app(served).test_client())
    # In her own session: a second one would end it, and she is looked at in both.
    browser.client.set_cookie("coi", carla.client.get_cookie("coi").value)
    yield browser
    served.engine.dispose()


@pytest.fixture
def asked(crowded):
    """Every query that is sent, but for those that begin and end a transaction."""
    sent = []

    def note(_connection, _cursor, statement, values, *_more):
        if statement.startswith(("SELECT", "WITH")):
            sent.append((statement, values))

    event.listen(crowded.engine, "before_cursor_execute", note)
    yield sent
    event.remove(crowded.engine, "before_cursor_execute", note)


def listed(page):
    """The therapies of a page, in its order."""
    return re.findall(r'<th scope="row" role="rowheader"><a href="/therapies/([^"]+)"', page)


@pytest.mark.parametrize("path", EXCEPTIONS)
def test_the_list_of_exceptions_walks_along_its_index(crowded, carla, asked, path):
    """Two thousand of them ask for as few queries as two, and none of these reads a table."""
    page = carla.get(path).text

    assert page.count('<th scope="row" role="rowheader">') == (0 if "critical" in path else 50)
    assert len(asked) == QUERIES_OF_EXCEPTIONS - ("critical" in path)  # what was before, of nothing
    with crowded.engine.connect() as connection:
        (plan,) = [plan_of(connection, *query) for query in asked if "exception" in query[0]]
    assert not re.findall(r"SCAN (?:exception|therapy|position)|Seq Scan on \w+", plan)


@pytest.mark.parametrize("path", ALARMS)
def test_what_rings_is_found_along_its_index(crowded, carla, asked, path):
    """Thousands of alarms ask for as few queries as two, and none of these reads a table."""
    page = carla.get(path).text

    assert page.count('<th scope="row" role="rowheader">') == PAGE
    assert ">99+<" in page
    assert len(asked) == QUERIES_OF_ALARMS
    with crowded.engine.connect() as connection:
        plans = [plan_of(connection, *query) for query in asked if "alarm" in query[0]]
    assert len(plans) == 3
    scanned = r"SCAN (?:alarm|therapy|position)|Seq Scan on \w+"
    assert re.findall(scanned, "\n".join(plans)) == []


def test_how_many_are_mine_is_asked_often_and_costs_little(crowded, carla, asked):
    """Each open page asks twice a minute: session, person, one walk along the index."""
    told = carla.get("/alarms/count").get_json()

    assert told["mine"] >= PAGE
    assert len(asked) == 3
    with crowded.engine.connect() as connection:
        (plan,) = [plan_of(connection, *query) for query in asked if "alarm" in query[0]]
    assert "ix_alarm_rings" in plan
    assert re.findall(r"SCAN alarm|Seq Scan on \w+", plan) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_takes_so_many_queries_and_no_more(carla, asked, path):
    """Ten thousand therapies ask for no more than ten."""
    page = carla.get(path).text

    assert len(listed(page)) == PAGE
    assert len(asked) == QUERIES


@pytest.mark.parametrize(
    "path",
    [
        *PAGES,
        *EXCEPTIONS,
        *ALARMS,
        "/?which=all&coi=TEST-100099",
        "/?coi=NOBODY",
        "/?which=all&site=wheels",
    ],
)
def test_a_page_makes_little_work(as_served, path):
    """So many calls are made for the one page that is shown, however many therapies there are."""
    assert calls_in(lambda: as_served.get(path)) <= CALLS


def test_the_next_page_begins_where_this_one_ends(carla):
    """By the link that stands below the list, narrowed down as it is."""
    first = carla.get("/?which=all&phase=collection").text
    (link,) = re.findall(r'<a class="button main" href="([^"]+)">The next ones', first)

    second = carla.get(html.unescape(link)).text

    assert len(listed(second)) == PAGE
    assert not set(listed(first)) & set(listed(second))
    assert "phase=collection" in link


def test_the_pages_hold_every_therapy_once_the_soonest_first(crowded):
    """From page to page nothing is left out, nothing comes twice, whichever site it is found by."""
    sites = (desk(ANYBODY, "north"), desk(ANYBODY, "works"), EVERY_SITE)
    pairs = [(ANYBODY, place) for place in sites]

    found, after = [], ("", "")
    with crowded.engine.connect() as connection:
        while page := worklist.listed(connection, pairs, Narrowed(), after)[:PAGE]:
            found += [(one.due_at, one.coi) for one in page]
            after = found[-1]

    assert found == sorted(found)
    assert len(found) == len({coi for _due_at, coi in found}) == MANY + len(LIVES)


def test_the_whole_list_is_taken_along_page_by_page_in_little_memory(crowded, asked):
    """Three queries for each page of it, and no more than a few pages of it at once."""
    known = crowded.read(lambda tx: person_of(tx, "carla"))
    by = Proven("carla", known.person.id, known.credential)
    asked.clear()

    tracemalloc.start()
    found = export(crowded, by, listings.work(Wanted(which="all")), Form.CSV)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len([*found.content]) == found.rows + 1 == MANY + len(LIVES) + 1
    found.content.close()
    assert len(asked) <= 3 * (found.rows // PAGE + 1) + 12
    assert most < MOST_BYTES


def test_the_whole_record_of_one_of_them_is_its_own_on_either_database(crowded):
    """As many entries as its chain has, and no other therapy's."""
    by = authenticate(crowded, "carla", PASSWORD)
    coi, *_ = next(iter(crowded.read(therapies)))

    content = write_whole_record(crowded, by, coi)

    record = json.loads(ZipFile(io.BytesIO(content)).read("record.json"))
    assert [one["content"]["chain"] for one in record["entries"]] == [coi] * (
        record["head"]["entry"] + 1
    )


def test_no_page_reads_a_whole_table(crowded, carla, asked):
    """Each database plans to walk along an index, or to look up what was found there."""
    for path in PAGES:
        carla.get(path)
    with crowded.engine.connect() as connection:
        plans = [plan_of(connection, *query) for query in asked if "task" in query[0]]

    # Each site of the organisation is looked for; there are no more of them with more therapies.
    scanned = re.compile(r"SCAN (?:task|therapy|position|participation)|Seq Scan on (?!site)\w+")
    assert len(plans) == 3 * len(PAGES)
    assert [found for plan in plans for found in scanned.findall(plan)] == []


def test_a_list_that_is_renewed_by_itself_asks_for_no_sites(carla, asked):
    """They stand in the fields that narrow it down, and these stay as they are."""
    sent = {}
    for path in ("/?which=all", "/?which=all&by_itself=1"):
        carla.get(path)
        asked.clear()
        page = carla.get(path).text
        assert len(listed(page)) == PAGE
        sent[path] = [statement for statement, _values in asked]

    whole, alone = sent.values()
    (more,) = [one for one in whole if one not in alone]
    assert "SELECT site.id, site.name" in more
    assert len(alone) == len(whole) - 1


@pytest.mark.parametrize("site", ["north", "nowhere"])
def test_which_sites_take_part_is_looked_up_so_far_and_no_further(crowded, asked, site):
    """Also for who sees none of the therapies of a site that has ten thousand."""
    with crowded.engine.connect() as connection:
        found = worklist.sites_in(connection, [desk(ANYBODY, site)])
        sites = connection.execute(text("SELECT count(*) FROM site")).scalar_one()
        rows = rows_read(connection, *asked[0])

    assert ("north" in dict(found)) is (site == "north")
    assert rows <= 4 * (SOONEST + sites * FIRST_OF_SITE) < MANY


def rows_read(connection, statement, values):
    """How many rows a statement reads at most, here and now: of SQLite, for ten steps each one."""
    if connection.dialect.name == "sqlite":
        tens = []
        driver = connection.connection.driver_connection
        driver.set_progress_handler(lambda: tens.append(1), 10)
        connection.exec_driver_sql(statement, values).all()
        driver.set_progress_handler(None, 10)
        return len(tens)
    # It knows nothing of the tables that were just filled, and would rather read them whole.
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    connection.execute(text("SET LOCAL enable_bitmapscan = off"))
    asked = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
    ((told,),) = connection.exec_driver_sql(asked, values).all()
    return sum(map(_rows_of, (node["Plan"] for node in told)))


def _rows_of(node):
    read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    is_scan = node["Node Type"].endswith("Scan")
    below = sum(map(_rows_of, node.get("Plans", ())))
    return below + (read * node["Actual Loops"] if is_scan else 0)


@pytest.mark.parametrize("begins", [HUNDRED, f"{HUNDRED}77-0", "NOBODY"])
def test_how_a_coi_begins_is_looked_up(crowded, carla, asked, begins):
    """Among the therapies, and then in each of those few: never along what is due."""
    carla.get(f"/?which=all&coi={begins}")
    with crowded.engine.connect() as connection:
        looked = [one for one in asked if "FROM therapy" in one[0]]
        plans = [plan_of(connection, *query) for query in looked]

    assert len(plans) == 2
    assert not re.findall(r"ix_task_soonest|SCAN (?:task|therapy)|Seq Scan on", "\n".join(plans))


@pytest.mark.parametrize("narrowed", [Narrowed(), Narrowed(on_hold=True), Narrowed(once=True)])
def test_what_is_looked_up_is_what_a_walk_would_meet(crowded, monkeypatch, narrowed):
    """Page by page, for who sees two sites; the same lines in the same order."""
    pairs = [(ANYBODY, desk(ANYBODY, site)) for site in ("north", "works")]
    narrowed, after = replace(narrowed, coi=HUNDRED), ("", "")

    with crowded.engine.connect() as connection:
        looked_up = worklist.listed(connection, pairs, narrowed, after)
        after = looked_up[PAGE // 5].due_at, looked_up[PAGE // 5].coi
        looked_up += worklist.listed(connection, pairs, narrowed, after)
        monkeypatch.setattr(worklist, "FEW", 0)
        met = worklist.listed(connection, pairs, narrowed, ("", ""))
        met += worklist.listed(connection, pairs, narrowed, after)

    assert looked_up == met
    assert {one.coi[: len(HUNDRED)] for one in met} == {HUNDRED}


def test_where_many_begin_alike_a_walk_soon_meets_them(crowded, carla, asked):
    """And nobody looks all of them up."""
    page = carla.get(f"/?which=all&coi={ALL}").text
    with crowded.engine.connect() as connection:
        (plan,) = [plan_of(connection, *one) for one in asked if "walk0" in one[0]]

    assert len(listed(page)) == PAGE
    assert "ix_task_soonest" in plan


BOARDS = ("", "?overdue=1", "?held=1", "?soon=168", "?phase=collection", f"?coi={HUNDRED}", "?at=")
BOARDS += ("?site=works", "?site=wheels", "?site=nowhere")
COUNTS = "count(*)"


@pytest.mark.parametrize("query", [*BOARDS, "?workflow=autologous-car-t"])
def test_the_numbers_of_the_board_are_counted_in_one_walk_along_the_index(
    crowded, carla, asked, query
):
    """However it is narrowed down: one statement, and no table is read for what the index says."""
    page = carla.get(f"/board{query}").text
    counting = [one for one in asked if COUNTS in one[0] and "FROM task" in one[0]]
    with crowded.engine.connect() as connection:
        (plan,) = [plan_of(connection, *one) for one in counting]

    assert re.search(r"All therapies <span class=\"quiet\">\d+<", page)
    assert re.findall(r"SCAN (?:task|therapy)|Seq Scan on \w+", plan) == []
    assert "ix_task_soonest" in plan
    assert len(asked) <= 8 + 6 * (page.count('aria-labelledby="phase-') + 1)


@pytest.mark.parametrize("query", BOARDS)
def test_the_board_makes_little_work(as_served, query):
    """Calls are made for the cards that are shown, and not for what is counted."""
    assert calls_in(lambda: as_served.get(f"/board{query}")) <= CALLS_OF_BOARD


@pytest.mark.parametrize("query", ["", "?which=mine", "?soon=24", "?phase=collection"])
def test_what_can_be_printed_is_looked_for_so_far_and_no_further(as_served, carla, asked, query):
    """Of ten thousand therapies the first ones are looked through; from there it goes on."""
    page = carla.get(f"/printing{query}").text
    statements = len(asked)

    assert "The next ones" in page
    assert statements <= QUERIES + 8 * MOST_PAGES + 3 * MOST_THERAPIES
    assert calls_in(lambda: as_served.get(f"/printing{query}")) <= CALLS_OF_CHOICE


def test_a_therapy_that_waits_at_two_places_is_listed_once(leo, asked):
    """In the laboratory and on a desk; what is due there later fills no place of the list."""
    leo.get("/")  # whoever comes first reads what is read once
    asked.clear()
    path, pages, most = ["/?which=mine"], [], 0
    while path:  # so many that the sessions of all others are over by then: it is the last test
        page = leo.get(html.unescape(path[0])).text
        pages.append(listed(page))
        # The last page finds nothing but later deadlines behind it, and asks once more for that.
        most = max(most, len(asked))
        asked.clear()
        path = re.findall(r'<a class="button main" href="([^"]+)">The next ones', page)

    every = [coi for page in pages for coi in page]
    assert {len(page) for page in pages[:-1]} == {PAGE}
    assert len(every) == len(set(every)) == 2 * (MANY // len(LIVES) + 1)
    assert most <= QUERIES + 4
