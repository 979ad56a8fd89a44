"""The client: every call, one effect however often it is sent, signatures of one request each."""

import httpx
import pytest

from coi.api import asked
from coi.client import Client, Problem, Unanswered, digest_of, every, new_key
from coi.client.calls import Calls
from coi.client.sending import Call, Connection
from coi.demo.cast import PASSWORD
from coi.services.therapies import look
from tests.coi.api.taking import body_of
from tests.coi.client.conftest import URL
from tests.coi.client.made import HERE, MADE, made, snake
from tests.journeys.changing import install


class Failing(httpx.BaseTransport):
    """A network that loses the first answers; what was asked has arrived all the same."""

    def __init__(self, inner, losing=1, path="/actions/"):
        self.inner, self.losing, self.path = inner, losing, path
        self.sent = []

    def handle_request(self, request):
        """Answer, or lose the answer."""
        answer = self.inner.handle_request(request)
        if self.path in str(request.url) and request.method == "POST":
            answer.read()
            self.sent.append((request.headers["Idempotency-Key"], request.content))
            if len(self.sent) <= self.losing:
                raise httpx.ReadError("the line is dead")
        return answer


@pytest.fixture
def freezing(performer, lives):
    """What it takes to freeze a bag, and the therapy."""
    coi = lives.cois["a bag on hold"]
    return coi, *performer.request(coi, "freeze_material")


WRITTEN = sorted(file for file in HERE.rglob("*.py") if MADE in file.read_text(encoding="utf-8"))
"""The files that were written from the description, which is told anew where a test asks for it."""


def test_each_part_of_the_description_has_its_file():
    """None is missing, and none is left of what is offered no more."""
    assert sorted(made()) == WRITTEN


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_what_the_description_says_stands_in_the_client(path):
    """Each call and each dictionary; after a change it is written anew by the command it names."""
    assert path.read_text(encoding="utf-8") == made()[path]


def test_no_operation_is_missing(app):
    """Each is a method of its name, in small letters."""
    told = app.test_client().get("/api/v1/openapi.json")
    assert told.status_code == 401
    with Client.signed_in(URL, "nina", PASSWORD, transport=httpx.WSGITransport(app=app)) as nina:
        described = nina.describe()
    names = {
        snake(call["operationId"])
        for methods in described["paths"].values()
        for method, call in methods.items()
        if method in {"get", "post", "put", "patch", "delete"}
    }

    assert {one for one in names if not callable(getattr(Calls, one, None))} == set()


def test_client_and_server_work_out_the_same_digest():
    """What is signed is one thing, on both sides."""
    told = ("POST", "/api/v1/therapies/X/actions/y?z=1", "key", '"X=3"', b'{"a": 1}')

    assert digest_of(*told) == asked.digest_of(*told)


def test_a_signed_step_is_sent_again_after_the_line_was_dead(
    installation, transport, person, freezing
):
    """The same bytes under the same key, with the same grant: it is recorded once."""
    coi, wanted, actor, signers = freezing
    network = Failing(transport)
    at_work = Client.signed_in(URL, actor.username, PASSWORD, transport=network)
    before = len(look(installation, coi).history)
    signatures = [person(one.username).sign(one.meaning, PASSWORD) for one in signers]

    receipt = at_work.take_step(coi, wanted.action, body_of(wanted), signatures=signatures)

    assert receipt["repeated"]
    assert len(network.sent) == 2
    assert len({*network.sent}) == 1
    assert len(look(installation, coi).history) == before + 1


def test_after_the_last_try_it_says_that_nobody_knows(transport, freezing):
    """With the key under which it can be found out."""
    coi, wanted, actor, _signers = freezing
    connection = Connection(URL, transport=Failing(transport, 99), wait=lambda _seconds: None)
    session = Client.signed_in(URL, actor.username, PASSWORD, transport=transport)
    connection.token = session.connection.token
    path = f"/therapies/{coi}/actions/{wanted.action}"

    with pytest.raises(Unanswered) as unanswered:
        connection.ask(Call("POST", path, body=body_of(wanted), writes=True, key="k-1"))

    assert unanswered.value.key == "k-1"


def test_a_refusal_gives_every_reason(person, freezing):
    """As an exception, with its code and what to do next."""
    coi, wanted, actor, _signers = freezing

    with pytest.raises(Problem) as refused:
        person(actor.username).take_step(coi, wanted.action, body_of(wanted))

    assert (refused.value.status, refused.value.code) == (409, "REFUSED")
    assert all(one["next_step"] for one in refused.value.reasons)


def test_a_list_is_read_to_its_end(person):
    """Page after page."""
    nina = person("nina")

    assert len([*every(nina.list_therapies, limit=1)]) == len(nina.list_therapies()["items"]) > 1


def test_what_an_address_is_made_of_cannot_leave_its_place(person):
    """A slash in an identifier is a part of the identifier."""
    with pytest.raises(Problem) as unknown:
        person("nina").show_therapy("../sessions/current")

    assert unknown.value.status == 404


def test_a_key_is_used_once():
    """It begins with the time, and nobody can guess it."""
    keys = [new_key() for _ in range(50)]

    assert len({*keys}) == 50
    assert {len(one) for one in keys} == {26}
    assert len({one[:6] for one in keys}) == 1


def test_name_and_password_that_open_nothing_are_told(transport):
    """Nothing is said of which of the two is wrong."""
    with pytest.raises(Problem) as wrong:
        Client.signed_in(URL, "nina", "not this", transport=transport)

    assert (wrong.value.status, wrong.value.code) == (401, "WRONG_PASSWORD")


def test_two_move_a_therapy_to_a_newer_version(performer, lives, person):
    """What was shown is what they sign, each with a grant; then the therapy runs by it."""
    install(performer)
    coi, queenie, quentin = lives.cois["in manufacture"], person("queenie"), person("quentin")
    shown = queenie.show_versions(coi)["proposal"]
    move = {
        "to": shown["to"],
        "seen": shown["seen"],
        "unit": "works-production",
        "reason": "the assay was validated anew",
    }
    meanings = [one["meaning"] for one in shown["signatures"]]
    signatures = [
        one.sign(meaning, PASSWORD)
        for one, meaning in zip((queenie, quentin), meanings, strict=True)
    ]

    with pytest.raises(Problem) as stale:
        queenie.move_version(coi, {**move, "seen": shown["seen"] - 1}, signatures=signatures)
    queenie.move_version(coi, move, signatures=signatures)

    assert stale.value.code == "STALE"
    assert look(performer.installation, coi).therapy.version == 2
