"""Identities at the provider that are bound at once, and answers of it that come twice at once."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from coi.errors import CoiError
from coi.services import sign_on, sign_on_door
from coi.services.person_file import person_file
from coi.services.proofs import Proven, person_of
from coi.store import factors, sign_ons
from tests.faults.test_parallel_tries import meeting

__all__ = ["meeting"]


@pytest.fixture
def house(meeting):
    """The world, which has a provider of identities."""
    settings = replace(meeting.settings, oidc_issuer="https://id.example.org", oidc_client_id="coi")
    return replace(meeting, settings=settings)


def slowly(found):
    """The same, and others have time to come in between."""

    def looked(*told):
        answer = found(*told)
        time.sleep(0.2)
        return answer

    return looked


def answered(deed, *told):
    """How somebody is answered, in a word."""
    try:
        deed(*told)
    except CoiError as error:
        return error.code
    return "done"


def test_of_two_who_bind_one_identity_at_once_one_does(house, monkeypatch):
    """To two people of two sites: it is nobody else's for ever (P11-100a)."""
    monkeypatch.setattr(sign_on, "person_bound_to", slowly(sign_ons.person_bound_to))
    known = house.read(lambda tx: person_of(tx, "root"))
    root = Proven("root", known.person.id, known.credential)

    def bind(username):
        sign_on.bind_sign_on(house, root, username, "somebody", key=username, why="One way in.")

    with ThreadPoolExecutor(2) as both:
        answers = Counter(both.map(lambda one: answered(bind, one), ("mia", "nina")))

    bound = [one for one in ("mia", "nina") if person_file(house, one).sign_on]
    assert (answers, len(bound)) == ({"done": 1, "DATA_REFUSED": 1}, 1)


def test_an_answer_that_comes_twice_at_once_is_good_once(house, monkeypatch):
    """Both were looked for before either was written."""
    monkeypatch.setattr(factors, "is_kept", slowly(factors.is_kept))

    def use(state):
        sign_on_door._use_up(house, state)  # noqa: SLF001 - before the provider is asked

    with ThreadPoolExecutor(2) as both:
        answers = Counter(both.map(lambda one: answered(use, one), ("state", "state")))

    assert answers == {"done": 1, "SIGN_ON_OVER": 1}
