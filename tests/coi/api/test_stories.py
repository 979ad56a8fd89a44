"""Whole stories, of which every step is taken by a program: within the rights of its people."""

from dataclasses import fields, replace

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import LOOKED_INTO, play
from coi.demo.deviations import SUPPLIED
from coi.demo.performer import Wish
from coi.demo.stories import GOES_WELL
from coi.services.scanning import Code
from coi.services.therapies import look
from tests.coi.api.steps import AtTheInterface
from tests.coi.web.bedside import CHECK
from tests.journeys.asking import states
from tests.journeys.worlds import verdict_of


def with_programs(performer, app):
    """The cast, each with a program."""
    known = {one.name: getattr(performer, one.name) for one in fields(performer)}
    return AtTheInterface(**known, app=app)


@pytest.fixture
def cast(performer, app):
    """The cast of a small world."""
    return with_programs(performer, app)


@pytest.mark.parametrize("steps", [GOES_WELL, SUPPLIED], ids=["goes well", "out of specification"])
def test_a_whole_therapy_is_taken_by_programs(cast, installation, steps):
    """From the order on; the record is whole, and has each step once."""
    coi = cast.order(PATIENTS[2])

    play(cast, coi, steps)

    actions = [one.action for one in look(installation, coi).history[1:]]
    assert actions == [step.action for step in steps]
    assert states(cast, coi, "product")["infused"] == 2
    assert verdict_of(installation).findings == ()


def test_the_wrong_bag_is_refused_at_the_bedside_and_the_right_one_infused(bedside):
    """Whoever scans another patient's bag is stopped at once; two others check the right one."""
    cast = with_programs(bedside.performer, bedside.app)
    wanted, _actor, signers = cast.request(bedside.coi, CHECK)
    wrong = Code(bedside.label(coi=bedside.danae))
    bands = tuple(one for one in wanted.codes if one.raw == bedside.coi or one.raw[:2] == "W-")

    stopped = cast.walk(with_codes(wanted, (*bands, wrong)), signers)
    play(cast, bedside.danae, LOOKED_INTO)
    another = Wish(avoid=[signers[0].username])
    cast.do(bedside.coi, CHECK, another)
    cast.do(bedside.coi, "infuse", another)

    assert stopped["kind"] == "stop"
    assert states(cast, bedside.coi, "product")["infused"] == 1
    assert verdict_of(bedside.installation).findings == ()


def with_codes(wanted, codes):
    """The same, with other codes."""
    return replace(wanted, codes=codes)
