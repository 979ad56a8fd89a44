"""Whatever is typed into a form stays text: no statement, no template, no path (SEC-25)."""

import re
from typing import ClassVar
from urllib.parse import quote

import pytest
from flask import Request, Response
from markupsafe import escape
from werkzeug.datastructures import ImmutableMultiDict

from coi.demo.cast import PASSWORD
from coi.services.permissions import HOLDERS, ROLES
from coi.services.proofs import person_of
from coi.services.therapies import look
from coi.web.permissions import permission_of
from tests.coi.attacks import ATTACKS, PRODUCT, SHORT, became, is_whole, what_escaped
from tests.coi.staffed import here
from tests.coi.web.conftest import SHORT_STEP
from tests.coi.web.test_page_matrix import OWN, PAGES, token_of
from tests.journeys.worlds import Databases, copy_of

ENDS_WORK = frozenset({"door.sign_out", "person.close", "static"})
"""What leaves nobody to go on."""


DOORS = frozenset({"door.let_in", "door.let_in_by_badge"})
"""Where one says who one is, and proves it."""

ANOTHER = "quentin"


class Hungry(ImmutableMultiDict):
    """A form in which every field that somebody looks for was filled with one text."""

    text = ""
    looked_for: ClassVar[set[str]] = set()

    def get(self, key, default=None, type=None):  # noqa: A002 - as it is named there
        """What was sent; or else the text."""
        return super().get(key, default, type) if key in self else self._given(key, default, type)

    def _given(self, key, default, kind):
        self.looked_for.add(key)
        if not self.text or key == "csrf_token":
            return default
        text = PASSWORD if "password" in key else self.text
        try:
            return text if kind is None else kind(text)
        except ValueError:
            return default

    def __getitem__(self, key):
        return super().__getitem__(key) if key in self else self.get(key, "")

    def getlist(self, key, type=None):  # noqa: A002 - as above
        """The text, once."""
        found = super().getlist(key, type)
        return found or [one for one in [self.get(key, None, type)] if one is not None]


class HungryRequest(Request):
    """A request whose address and form hold whatever is looked for."""

    parameter_storage_class = Hungry


@pytest.fixture(autouse=True)
def every_deed_leaves_an_entry():
    """Not here: an attack often names what is so already, or nothing, and changes nothing."""


@pytest.fixture
def performer(staffed, migrated_file, tmp_path):
    """A world in which each role is held by somebody at a unit of each kind of site."""
    with copy_of(Databases(migrated_file), staffed, tmp_path, SHORT_STEP) as acting:
        yield acting


@pytest.fixture
def app(app, monkeypatch):
    """The application, which finds every field that it looks for."""
    monkeypatch.setattr(app, "request_class", HungryRequest)
    monkeypatch.setattr(Hungry, "looked_for", set())
    return app


def person_id(installation, username):
    """The person of an account."""
    return installation.read(lambda tx: person_of(tx, username).person.id)


@pytest.fixture
def somebody(someone):
    """For each role somebody at the pages, with the token of their forms."""
    browsers = {}

    def of(role):
        if role not in browsers:
            browser = someone(here(role))
            browsers[role] = (browser.client, token_of(browser, "/"))
        return browsers[role]

    return of


@pytest.fixture
def open_with(app, somebody, monkeypatch):
    """Open a page with one text in every field that it looks for; what has become of it."""

    def opened(endpoint, method, address, text, role=""):
        may = HOLDERS.get(permission_of(app, endpoint), ROLES)
        client, token = somebody(role or min(may))
        told = {"data": {"csrf_token": token}} if method == "POST" else {}
        monkeypatch.setattr(Hungry, "text", text)
        with client.open(address, method=method, **told) as answer:
            found = became(answer)
        monkeypatch.setattr(Hungry, "text", "")
        return found

    return opened


def test_nothing_that_is_typed_into_a_form_becomes_anything(open_with, staffed, installation):
    """Every field of every page, with each attack; nothing is written, and the record is whole."""
    found, fields = {}, 0

    for (endpoint, method), row in PAGES.items():
        if endpoint in ENDS_WORK:
            continue
        Hungry.looked_for.clear()
        for name, text in ATTACKS.items():
            address = row.address.format(coi=staffed.cois[OWN])
            found[endpoint, method, name] = open_with(endpoint, method, address, text)
            if not Hungry.looked_for:
                break  # it asks for nothing
        fields += len(Hungry.looked_for)

    assert {page: what for page, what in found.items() if what} == {}
    assert fields > 150
    assert what_escaped(installation) == []
    assert is_whole(installation)


def test_nothing_that_is_typed_into_a_step_becomes_anything(open_with, staffed, installation):
    """Of each step of a therapy every field, as it happens and late."""
    coi = staffed.cois[OWN]
    found, fields = {}, {}

    for action in look(installation, coi).workflow.actions.values():
        role = next((who.role for who in action.who if who.role in ROLES), "")
        for endpoint, way in (("acting.take", "actions"), ("late.take", "late")):
            Hungry.looked_for.clear()
            asked = (endpoint, "POST", f"/therapies/{coi}/{way}/{action.name}", SHORT)
            found[asked] = open_with(*asked, role)
            fields[action.name] = {*Hungry.looked_for}

    assert {page: what for page, what in found.items() if what} == {}
    assert sum(map(len, fields.values())) > 300
    assert what_escaped(installation) == []
    assert is_whole(installation)


def entries_since(installation, before):
    """The action of each entry after the first so many, and who acted."""
    asked = "SELECT action, actor FROM entry ORDER BY recorded_at, chain, seq"
    with installation.engine.connect() as connection:
        return connection.exec_driver_sql(asked).all()[before:]


def test_whoever_names_somebody_else_acts_as_themselves(open_with, somebody, staffed, installation):
    """In every field of every form another's name: whoever is signed in did it (P11-200a2)."""
    theirs, own = person_id(installation, ANOTHER), set()
    for role in ROLES:
        somebody(role)
        own.add(person_id(installation, here(role)))
    before = len(entries_since(installation, 0))

    for text in (ANOTHER, theirs):
        for (endpoint, method), row in PAGES.items():
            if method == "POST" and endpoint not in {*ENDS_WORK, *DOORS}:
                open_with(endpoint, method, row.address.format(coi=staffed.cois[OWN]), text)

    acted = entries_since(installation, before)
    assert len(acted) > 10
    assert {actor for _action, actor in acted} <= own
    assert theirs not in own


def test_no_place_in_an_address_leads_elsewhere(app, open_with, installation):
    """Wherever an address names something, a path, a template or a statement names nothing."""
    found = {}
    for rule in app.url_map.iter_rules():
        method = "POST" if "POST" in rule.methods else "GET"
        if rule.arguments and rule.endpoint not in ENDS_WORK and "/api/" not in rule.rule:
            for text in (SHORT, ATTACKS["a file that is there"], ATTACKS["a NUL"]):
                address = re.sub("<[^>]+>", quote(text, safe=""), rule.rule)
                found[address] = open_with(rule.endpoint, method, address, "")

    assert len(found) > 100
    assert {address: what for address, what in found.items() if what} == {}
    assert what_escaped(installation) == []


@pytest.mark.parametrize(
    "text", [PRODUCT, "root:x:0:0:", "<img src=x onerror=y>", "Traceback (most recent"]
)
def test_what_became_of_an_attack_is_noticed(text):
    """A page that worked out a sum, read a file, ran markup or told of itself."""
    assert became(Response(text, mimetype="text/html"))
    assert became(Response("", status=500))
    assert not became(Response(escape(SHORT), mimetype="text/html"))
