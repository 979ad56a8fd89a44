"""Every call of the interface: with every role, with no bearer at all, with a program's token."""

import re
from dataclasses import replace
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import select

from coi.api.interface import ROOT, described
from coi.app import create_app
from coi.services.permissions import HOLDERS, ROLES, Permission
from coi.store.tables import metadata
from coi.web.permissions import permission_of, scope_of
from tests.coi.api.program import Program
from tests.coi.attacks import ATTACKS, became, is_whole, what_escaped
from tests.coi.named import named_in
from tests.coi.staffed import away, here
from tests.journeys.worlds import Databases, copy_of

OTHERS = "on hold"
"""A therapy of another hospital than that of who asks."""

OPEN = {"api_sessions.sign_in"}
"""What is asked before anybody is known."""


@pytest.fixture(scope="module")
def house(staffed, migrated_file, tmp_path_factory):
    """Somebody new for each role."""
    with copy_of(Databases(migrated_file), staffed, tmp_path_factory.mktemp("api")) as performer:
        yield performer


@pytest.fixture(scope="module")
def calls(served):
    """Each call: its endpoint, method, path and the example of its body."""
    found = []
    for rule in served.url_map.iter_rules():
        if rule.rule.startswith(ROOT):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            for method, told in described(served)["paths"][path].items():
                if method.upper() in rule.methods:
                    body = told.get("requestBody", {}).get("content", {})
                    example = body.get("application/json", {}).get("example")
                    found.append((rule.endpoint, method.upper(), path, example))
    return found


@pytest.fixture(scope="module")
def served(house):
    """The application."""
    return create_app(house.installation)


def ask(program, call, coi, other="X-NONE"):
    """Send the example of a call to a therapy; whatever else the address names is not there."""
    _endpoint, method, path, example = call
    names = {"coi": coi, "action": "record_consent"}
    told = re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], other), path)
    headers = {} if method == "GET" else {"Idempotency_Key": uuid4().hex}
    return program.send(method, told.removeprefix(ROOT), example, **headers)


def test_how_long_a_name_in_a_mapping_may_be_is_described(served):
    """Names of values are checked, so they are described; an answer's are not, and say nothing."""
    schemas = described(served)["components"]["schemas"]

    asked = schemas["Order"]["properties"]["values"]
    answered = schemas["Form"]["properties"]["turns"]
    assert asked["propertyNames"] == {"minLength": 1, "maxLength": 100}
    assert "propertyNames" not in answered


def test_every_call_is_described(served, calls):
    """With an example of whatever is sent, and of whatever is answered as JSON."""
    told = described(served)["paths"]
    lacking = [
        (path, method)
        for path, methods in told.items()
        for method, call in methods.items()
        if method in {"get", "post", "put", "patch", "delete"}
        for content in (
            call.get("requestBody", {}).get("content", {}),
            *(
                answer.get("content", {})
                for status, answer in call["responses"].items()
                if status.startswith("2")
            ),
        )
        for media, one in content.items()
        if media == "application/json" and "example" not in one and path != f"{ROOT}/openapi.json"
    ]

    assert lacking == []
    assert {path for _e, _m, path, _x in calls} == set(told)


def test_without_a_bearer_only_the_door_is_answered(served, calls):
    """Who asks must say who they are; no cookie is looked at (P11-10d, SEC-16)."""
    nobody = Program(served)
    statuses = {call[0]: ask(nobody, call, "TEST-0").status_code for call in calls}

    assert {one for one, status in statuses.items() if status != 401} <= OPEN


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_opens_what_it_opens_at_the_pages(served, calls, staffed, role):
    """The others are refused before anything is read (P11-10g); a stranger's therapy is unknown."""
    program = Program.of(served, away(role))
    closing = {"api_sessions.sign_out", *OPEN}
    answers = {
        call[0:2]: ask(program, call, staffed.cois[OTHERS])
        for call in calls
        if call[0] not in closing
    }

    refused = {key for key, answer in answers.items() if answer.status_code == 403}
    assert refused == {
        key for key in answers if role not in HOLDERS.get(permission_of(served, key[0]), ROLES)
    }
    assert max(answer.status_code for answer in answers.values()) < 500
    seen = [
        key
        for key, answer in answers.items()
        if any(call[0:2] == key and "{coi}" in call[2] for call in calls)
        and answer.status_code not in {403, 404}
    ]
    assert seen == []


@pytest.mark.parametrize("role", ["administrator", "coordinator", "qa_reviewer"])
def test_looking_changes_nothing(served, house, calls, staffed, role):
    """Whoever asks for everything leaves every table as it was, but for when they were here."""
    program = Program.of(served, away(role))

    def everything():
        with house.installation.engine.connect() as connection:
            return {
                name: sorted(
                    map(repr, connection.execute(select(*[c for c in t.c if c.name != "seen_at"])))
                )
                for name, t in metadata.tables.items()
            }

    before = everything()

    for call in calls:
        if call[1] == "GET":
            ask(program, call, staffed.cois["dispensed"])

    assert everything() == before


@pytest.mark.parametrize("role", sorted(ROLES))
def test_no_call_tells_who_a_patient_is(served, calls, staffed, role):
    """Whatever is looked at, by whichever role, and in whichever form it comes (SEC-08)."""
    program = Program.of(served, away(role))
    looks = [call for call in calls if call[1] == "GET"]

    named = {call[0]: named_in(ask(program, call, staffed.cois["dispensed"])) for call in looks}

    assert {call: texts for call, texts in named.items() if texts} == {}


def spoilt(example, text):
    """An example with a text in the place of each of its own; what is proven stays as it is."""
    if isinstance(example, dict):
        return {
            name: one if name == "password" else spoilt(one, text) for name, one in example.items()
        }
    if isinstance(example, list):
        return [spoilt(one, text) for one in example]
    return text if isinstance(example, str) else example


def test_nothing_that_is_sent_becomes_anything(house, calls, staffed):
    """Each text of each call is an attack: it stays text, and the record whole (SEC-25)."""
    patient = replace(house.installation.settings, requests_per_minute=1_000_000)
    served, found = create_app(replace(house.installation, settings=patient)), {}
    programs = {role: Program.of(served, here(role)) for role in ROLES}
    for call in calls:
        endpoint, method, path, example = call
        program = programs[min(HOLDERS.get(permission_of(served, endpoint), ROLES))]
        for name, text in ATTACKS.items():
            sent = (endpoint, method, path, spoilt(example, text))
            # A path of an address is read as one: so it stands there as browsers send it.
            answer = ask(program, sent, staffed.cois["dispensed"], quote(text, safe=""))
            found[endpoint, method, name] = became(answer)
            if example is None and "{" not in path:
                break

    assert {one: what for one, what in found.items() if what} == {}
    assert what_escaped(house.installation) == []
    assert is_whole(house.installation)


def names_in(schema, schemas):
    """The names of all that may stand in what a call takes, at any depth."""
    told = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    inner = [told["items"]] if "items" in told else []
    for name, one in told.get("properties", {}).items():
        yield name
        inner.append(one)
    for one in (*inner, *told.get("anyOf", ()), *told.get("allOf", ()), *told.get("oneOf", ())):
        yield from names_in(one, schemas)


SAYS_WHO = re.compile(r"actor|person|user|signer|signed_by|behalf|deputy|^by$|_by$|^as$|^who$")
PROVEN_OR_TOLD = {
    ("signIn", "username"): "the door, with a password",
    ("openAccount", "username"): "somebody new",
    ("addAccount", "username"): "somebody's new account",
    ("takeStep", "username"): "who heard the patient, and signs with a grant of their own",
    ("tellLate", "username"): "the same, late",
    ("listTrail", "who"): "whose entries are looked for",
}
"""Fields of calls that name somebody, and why none of them says who acts."""


def test_no_call_takes_who_acts(served):
    """Neither in what is sent, nor in the address, nor in a header: the bearer acts (P11-200a2)."""
    told = described(served)
    schemas, found = told["components"]["schemas"], set()
    for methods in told["paths"].values():
        for call in (
            one
            for name, one in methods.items()
            if name in {"post", "put", "patch", "delete", "get"}
        ):
            body = call.get("requestBody", {}).get("content", {}).values()
            names = [name for one in body for name in names_in(one.get("schema", {}), schemas)]
            names += [one["name"] for one in call.get("parameters", ()) if "name" in one]
            found |= {(call["operationId"], name) for name in names if SAYS_WHO.search(name)}

    assert found == PROVEN_OR_TOLD.keys()


@pytest.mark.parametrize("name", ["actor", "person", "username", "signed_by"])
def test_whoever_adds_who_acts_is_refused(served, calls, staffed, name):
    """A field that no call knows is not left aside in silence: nothing is done (P11-200a2)."""
    programs = {role: Program.of(served, here(role)) for role in ROLES}
    taken = []
    for endpoint, method, path, example in calls:
        if isinstance(example, dict) and name not in example and endpoint not in OPEN:
            program = programs[min(HOLDERS.get(permission_of(served, endpoint), ROLES))]
            sent = (endpoint, method, path, {**example, name: "quentin"})
            answer = ask(program, sent, staffed.cois["dispensed"])
            if answer.status_code < 400:
                taken.append((endpoint, answer.status_code))

    assert taken == []


def test_what_names_no_scope_is_for_people(served):
    """Whatever administers or proves is no program's; each call decided that (SEC-38)."""
    people = {
        rule.endpoint
        for rule in served.url_map.iter_rules()
        if rule.rule.startswith(ROOT) and scope_of(served, rule.endpoint) is None
    }
    permissions = {one: permission_of(served, one) for one in people}

    assert {"api_sessions.grant", "api_sessions.sign_in"} <= people
    assert Permission.ADMINISTER not in {
        permission_of(served, rule.endpoint)
        for rule in served.url_map.iter_rules()
        if rule.rule.startswith(ROOT) and rule.endpoint not in permissions
    }
