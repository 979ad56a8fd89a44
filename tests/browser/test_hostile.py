"""Whoever asks for what is not theirs, or sends what is not meant, changes and learns nothing."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from coi.app import create_app
from coi.demo.cast import PASSWORD, PATIENTS, STAFF
from coi.demo.chapters import AT_LAB, play
from coi.services import people as accounts
from coi.services.people import NewPerson
from coi.services.proofs import authenticate
from coi.store.tables import metadata
from tests.browser.visits import VISITS, path_in
from tests.browser.walking import MAIN, fill_in, path_of

UNKNOWN = "TEST-00000000-0"
LEAVES_A_TRACE: frozenset[str] = frozenset()
"""Endpoints whose look at a page is itself an entry: these are left out of the crawl."""

NASTY = (
    "O'Brien <b>",
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "x" * 5_000,
    "\u202egnp.exe",
    "{{ 7 * 7 }}",
    "javascript:alert(1)",
)
_SEEN_AT = "seen_at"
_GROWS_ALONE = {"tree_leaf", "tree_node", "checkpoint"}
"""What follows a second behind the entries, whoever looks at what."""
_RUNG = "alarm"
"""Which alarms ring: the server writes that down by itself, whoever looks at what."""

TRIES = 3
_TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')
_RINGS = re.compile(r'(?s)data-mine="[^"]*" data-marks="[^"]*".*?</a>')
"""What rings for somebody, in the head of each page: it may begin or end at any moment."""
ONE_OF_EACH_ROLE = tuple({s.roles[0][0]: s.username for s in reversed(STAFF)}.values())


@pytest.fixture(scope="session")
def house(sqlite_house):
    """Who asks learns the same from either database."""
    return sqlite_house


@pytest.fixture(scope="session")
def rules(house):
    """Every route of the application that takes a page or a form; programs show no cookie."""
    found = create_app(house.installation).url_map.iter_rules()
    return [r for r in found if r.endpoint != "static" and not r.rule.startswith("/api/")]


def everything(installation):
    """All rows of all tables, without the moment at which a session was used last."""
    with installation.engine.connect() as connection:
        return {
            name: sorted(
                map(repr, connection.execute(select(*[c for c in table.c if c.name != _SEEN_AT])))
            )
            for name, table in metadata.tables.items()
            if name not in _GROWS_ALONE
        }


def paths_of(rules, method, coi):
    """Every address of the application, for this therapy."""
    return [
        rule.build({"coi": coi, "action": "release_custody"}, append_unknown=False)[1]
        for rule in rules
        if method in rule.methods
        and rule.endpoint not in LEAVES_A_TRACE
        and rule.arguments <= {"coi", "action"}
    ]


@pytest.mark.parametrize(("turn", "username"), [*enumerate([*ONE_OF_EACH_ROLE, "root"])])
def test_looking_changes_nothing(house, rules, someone, turn, username):
    """Whoever opens every page leaves every table as it was; each person those of one therapy."""
    person = someone(house, username)
    paths = {path_in(house, visit.path) for visit in VISITS}
    paths |= set(paths_of(rules, "GET", [*house.cois.values()][turn % len(house.cois)]))

    # Where the bell of the server put an alarm on record meanwhile, it is looked once more.
    for _ in range(TRIES):
        before = everything(house.installation)
        answers = [person.page.request.get(path).status for path in sorted(paths)]
        after = everything(house.installation)
        if after[_RUNG] == before[_RUNG]:
            break

    assert after == before
    assert set(answers) <= {200, 403, 404}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_sites_therapy_answers_like_an_unknown_one(house, rules, someone, method):
    """Status and page are the same, byte for byte, wherever the id stands (SEC-07, SEC-27)."""
    nina = someone(house, "nina")
    token = nina.page.locator("[name=csrf_token]").first.input_value()

    def answers_for(coi):
        paths = [path for path in paths_of(rules, method, coi) if coi in path]
        form = {"form": {"csrf_token": token}} if method == "POST" else {}
        told = [nina.page.request.fetch(path, method=method, **form) for path in paths]
        pages = [_RINGS.sub("", _TOKEN.sub("", one.text())).replace(coi, "COI") for one in told]
        return [
            (path.replace(coi, "COI"), told[n].status, pages[n]) for n, path in enumerate(paths)
        ]

    strange, unknown = answers_for(house.cois["dispensed"]), answers_for(UNKNOWN)

    assert strange == unknown
    # A role may say no before the id; in an emergency nobody is told before they have said why.
    statuses = {status for path, status, _page in strange if "/emergency" not in path}
    assert statuses <= {403, 404}


def test_a_cookie_is_worth_nothing_after_signing_out(house, people, someone):
    """Whoever copied it stands at the door."""
    nina = someone(house, "nina")
    copied = nina.context.cookies()
    nina.press("Sign out")
    thief = people(house, "thief")
    thief.context.add_cookies(copied)

    thief.open("/")

    assert thief.page.url.endswith("/sign-in?next=/")


def test_a_form_of_another_site_is_refused(house, someone):
    """The browser says where it comes from, and sends no cookie with it (SEC-16)."""
    nina = someone(house, "nina")
    form = f'<form method=post action="{house.served.url}/scan"><button>Win</button></form>'
    page = f"<!doctype html><title>x</title>{form}"
    there = "http://evil.example/"
    nina.page.route(there, lambda it: it.fulfill(body=page, content_type="text/html"))
    nina.page.goto(there)

    with nina.page.expect_navigation() as answer:
        nina.page.click("button")

    assert answer.value.status == 403
    assert "Your roles do not open this page." in nina.page.inner_text("main")


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text)[:30])
def test_what_is_typed_stays_text(house, someone, text):
    """In the box for codes, and in a field of a form that says no; nothing of it runs."""
    leo = someone(house, "leo")
    leo.page.fill("#scan-box", text)
    leo.page.get_by_role("button", name="Look up").click()
    expect(leo.page.locator("main h2").first).to_have_text(re.compile("^This code (cannot|is not)"))
    assert leo.page.locator("main :is(b, script)").count() == 0
    leo.open(path_of(house.cois["a bag on hold"], "freeze_material"))
    leo.page.fill("#codes", text)
    with leo.page.expect_navigation():
        leo.page.click(MAIN)

    assert leo.page.input_value("#codes") == text
    assert leo.page.locator("main :is(b, img, script)").count() == 0


def test_a_printed_name_stays_text(house, someone):
    """A person whose name is markup is shown by it, and nothing of it runs."""
    name = "Zoë <img src=x onerror=alert(1)> O'Brien <b>"
    hire(house, NewPerson("zoe", name, PASSWORD, "north-lab"), "cell_lab_technologist")
    coi = house.performer.order(PATIENTS[3])
    play(house.performer, coi, AT_LAB)
    zoe = someone(house, "zoe")

    zoe.open(path_of(coi, "freeze_material"))
    fill_in(zoe, as_somebody_else(house.performer.request(coi, "freeze_material"), "zoe"))

    assert f"performed: {name}" in zoe.page.inner_text(".signatures")
    assert zoe.page.locator("main :is(b, img, script)").count() == 0


def hire(house, new, role):
    """Let somebody work from now on."""
    installation, root = house.installation, house.administrator
    until = installation.clock.now() + timedelta(days=100)
    accounts.register_person(installation, root, new)
    accounts.grant_role(installation, root, new.username, role, new.unit)
    accounts.record_training(installation, root, new.username, role, until)
    accounts.record_proofing(installation, root, new.username, "made up")
    accounts.accept_policy(installation, authenticate(installation, new.username, new.password))


def as_somebody_else(asked, username):
    """Give the same request, signed by somebody else: all passwords are the same here."""
    wanted, actor, signers = asked
    proven = replace(actor, username=username)
    return wanted, proven, tuple(replace(one, proven=proven) for one in signers)
