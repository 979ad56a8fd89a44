"""The same request has one effect and one answer, however often it comes (SEC-04, F-10, F-11)."""

from dataclasses import replace
from random import Random

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import play, wish_of
from coi.demo.stories import AT_LAB, GOES_WELL
from coi.errors import KeyReused, Refused
from coi.services.therapies import look
from tests.journeys.asking import act, states

OTHERWISE = {"values": {"nothing": "as it was"}, "unit": "works-production", "codes": ()}


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.soak)])
def test_each_request_of_a_journey_has_one_effect(performer, times):
    """Sent three times each, they make the therapy that they make when sent once.

    Nor have all of them once more when it is over, in whichever order they come (SEC-04).
    """
    coi, sent = performer.order(PATIENTS[0]), []

    for step in GOES_WELL:
        view = look(performer.installation, coi)
        wish = wish_of(view, step)
        request = performer.request(coi, step.action, wish, view)
        performer.before_release(step.action, wish, view, request[1])
        first, *again = [act(performer, request) for _ in range(3)]
        assert again == [replace(first, repeated=True)] * 2
        sent.append((request, again[0]))
    late = sent * times
    Random(times).shuffle(late)
    assert all(act(performer, request) == answer for request, answer in late)

    assert len(look(performer.installation, coi).history) == len(GOES_WELL) + 1
    assert states(performer, coi, "product") == {"infused": 2}
    assert states(performer, coi, "therapy") == {"closed": 1}


def test_a_refusal_is_repeated_word_for_word(performer):
    """Asked again, the answer is the refusal on record, even once it would be granted."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, AT_LAB[:-5])
    request = performer.request(coi, "complete_collection")

    told = [refusals_of(performer, request) for _ in range(2)]
    play(performer, coi, AT_LAB[-5:-4])
    told.append(refusals_of(performer, request))

    assert [refusal.code for refusal in told[0]] == ["WRONG_STATE", "NO_MATERIAL"]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("change", OTHERWISE, ids=str)
def test_a_key_stands_for_one_request(performer, change):
    """Another request under its key is refused as such, and nothing is saved."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, AT_LAB)
    wanted, actor, signers = performer.request(coi, "freeze_material")
    act(performer, (wanted, actor, signers))
    entries = len(look(performer.installation, coi).history)

    with pytest.raises(KeyReused):
        act(performer, (replace(wanted, **{change: OTHERWISE[change]}), actor, signers))

    assert len(look(performer.installation, coi).history) == entries


def test_a_key_stands_for_one_signer(performer):
    """The same words with another's signature are another request."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, AT_LAB)
    wanted, actor, signers = performer.request(coi, "freeze_material")
    act(performer, (wanted, actor, signers))

    with pytest.raises(KeyReused):
        act(performer, (wanted, actor, (replace(signers[0], proven=performer.proven["lena"]),)))


def refusals_of(performer, request):
    """Give the refusals with which a request is answered."""
    with pytest.raises(Refused) as caught:
        act(performer, request)
    return caught.value.refusals
