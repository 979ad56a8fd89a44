"""A number that a label needs is recorded before there is a label, on the way of every bag."""

from dataclasses import replace

import pytest

from coi.definitions import packaged
from workflows.checks.numbers import labels_can_say_their_numbers
from workflows.labelled import BATCH, DONATION, EXPIRY
from workflows.loading import load

CAR_T = load(packaged()["autologous-car-t.1"])
LABELS, LACKING = CAR_T.product["label"], "chooses {}, which needs {}"


def labelled(template, **actions):
    """The packaged therapy, its product labelled so and with a GTIN; these actions otherwise."""
    product = {**CAR_T.product, "label": {**LABELS, "product": template}}
    product["gtin"] = {"product": "09521234543213"}
    return replace(CAR_T, product=product, actions={**CAR_T.actions, **actions})


def always(name, action, on):
    """An action that records this number each time, instead of whatever it said of it."""
    others = tuple(one for one in CAR_T.actions[action].fields if one.name != name)
    fields = (one for step in CAR_T.actions.values() for one in step.fields if one.name == name)
    told = replace(next(fields), on=on, required=True)
    return {action: replace(CAR_T.actions[action], fields=(*others, told))}


def silent(name, action):
    """An action that records no such number."""
    others = tuple(one for one in CAR_T.actions[action].fields if one.name != name)
    return {action: replace(CAR_T.actions[action], fields=others)}


def lacks(workflow):
    """What is said against it."""
    return [one.reason for one in labels_can_say_their_numbers(workflow)]


def where(name):
    """The step that records a number in the packaged therapy."""
    (found,) = (
        one.name
        for one in CAR_T.actions.values()
        if any(name == field.name for field in one.fields)
    )
    return found


@pytest.mark.parametrize(
    ("steps", "is_told"),
    [
        (always(DONATION, "collect", "collection"), True),
        (always(DONATION, "plan_collection", "collection"), True),
        # What no bag has to have come by: a note beside the way, and what comes later.
        ({**silent(DONATION, "collect"), **always(DONATION, "hold", "*")}, False),
        ({**silent(DONATION, "collect"), **always(DONATION, "fill", "collection")}, False),
        # Recorded of something else.
        (always(DONATION, "collect", "therapy"), False),
    ],
)
def test_a_donation_is_numbered_before_anything_is_made_of_it(steps, is_told):
    """A step that nobody has to take does not count."""
    against = lacks(labelled("bag-label-isbt", **steps))

    assert against == ([] if is_told else [LACKING.format("bag-label-isbt", DONATION)])


def test_a_batch_is_numbered_before_it_is_filled():
    """By the step that begins the lot, or the one that fills; and not by one that comes after."""
    begins = where(BATCH)
    late = {**silent(BATCH, begins), **always(BATCH, "release_lot", "lot")}
    at_the_filling = {**silent(BATCH, begins), **always(BATCH, "fill", "lot")}

    assert lacks(labelled("bag-label-gs1")) == []
    assert lacks(labelled("bag-label-gs1", **at_the_filling)) == []
    assert lacks(labelled("bag-label-gs1", **late)) == [LACKING.format("bag-label-gs1", BATCH)]


def test_a_batch_is_that_of_the_lot_from_which_a_bag_was_filled_itself():
    """A label names no lot of which something else was made that the bag was made of."""
    fill = CAR_T.actions["fill"]
    moves = tuple(
        replace(one, parents=("material",)) if one.machine == "product" else one
        for one in fill.moves
    )

    against = lacks(labelled("bag-label-gs1", fill=replace(fill, moves=moves)))

    assert against == [LACKING.format("bag-label-gs1", BATCH)]


def test_an_expiry_is_told_by_the_step_that_fills():
    """Whatever another one says of it."""
    steps = silent(EXPIRY, "fill")

    against = lacks(labelled("bag-label-100x100", **steps))

    assert against == [LACKING.format("bag-label-100x100", EXPIRY)]
