"""Steps under way: what nobody may read, stop, or take over before it is their turn."""

from dataclasses import replace

import pytest

from coi.demo.cast import PASSWORD
from coi.errors import Unknown
from coi.services import going_on
from coi.services.errand import STOPPED, Why
from coi.services.finding import find
from coi.services.in_hand import why_not
from coi.services.people import grant_role
from coi.services.scanning import Code
from coi.services.sessions import resume
from coi.services.stopping import Hand, stop
from tests.coi.web.bedside import FIRST, SECOND, THIRD, WARD
from tests.coi.web.endings import session_of
from tests.coi.web.walk import token_on

WRONG = Why("OLD_WRISTBAND", "STOP. This wristband was replaced", "Take the one on the arm")


@pytest.fixture
def read_back(bedside):
    """The first of two has scanned and heard everything, and is about to sign."""
    return bedside.check(bedside.checking())


def sent(bedside, walker, username, where, **fields):
    """What somebody is answered who sends a form of a colleague's step, with its version."""
    browser = bedside.person(username).browser
    version = browser.get(f"{walker.path}/now").get_json()["version"]
    told = {"csrf_token": token_on(browser.get("/").text), "version": str(version), **fields}
    return browser.client.post(walker.path + where, data=told)


@pytest.mark.parametrize("username", [SECOND, "carla"])
@pytest.mark.parametrize("where", ["", "/typed", "/unread", "/back"])
def test_what_the_first_read_is_drawn_for_nobody_else(bedside, read_back, username, where):
    """Not the bag, and not what the patient said: the second checks blind (BD-06)."""
    answer = sent(bedside, read_back, username, where)

    assert answer.status_code == 409
    assert bedside.label().partition("/")[0] not in answer.text
    assert not [
        text for text in bedside.heard().values() if text in answer.text and text != "patient"
    ]


def test_a_stop_is_not_overtaken_by_another_tab(bedside):
    """The step went on meanwhile: it is stopped all the same (BD-03)."""
    walker = bedside.checking()
    walker.scan(bedside.coi)
    token = walker.browser.client.get(walker.path)  # the first tab stands at the wristband
    assert token.status_code == 200
    signed_in = resume(bedside.installation, session_of(walker))
    scene = find(bedside.installation, signed_in, walker.path.rpartition("/")[2])
    walker.scan(bedside.band())

    bedside.installation.transact(
        lambda tx: stop(
            Hand(tx, bedside.installation, signed_in, scene), Code(bedside.old_band), (WRONG,)
        )
    )

    after = find(bedside.installation, signed_in, scene.errand.id).errand
    assert after.verdict is not None
    assert after.verdict.kind == STOPPED


def test_who_only_looks_on_discards_no_step(bedside):
    """A colleague's check is not theirs to throw away."""
    walker = bedside.first_part()

    answer = sent(bedside, walker, "carla", "/discard")

    assert answer.status_code == 409
    assert "second check" in walker.page or "independently" in walker.page


def test_a_screen_that_asks_for_one_scan_has_no_end_to_declare(bedside):
    """Nothing is skipped, and nothing breaks."""
    walker = bedside.checking()

    answer = walker.send(done="1")

    assert answer.status_code != 500
    assert walker.asked != "Scan the wristband on the patient&#39;s arm"


def test_what_a_step_asks_for_stands_under_a_key_that_nobody_can_guess(bedside):
    """Whoever takes a key before makes no STOP fail."""
    walker = bedside.checking()
    walker.scan(bedside.coi)
    walker.scan(bedside.old_band)

    key = bedside.last().content["request"]["key"]
    assert walker.path.rpartition("/")[2] not in key
    assert FIRST not in key


def test_the_first_of_two_confirms_nothing_of_the_second_part(bedside):
    """They would see what the second reads, and be one pair of eyes for both (BD-05, BD-06)."""
    second = bedside.second(bedside.first_part())
    second.scan(bedside.coi)
    for _ in range(3):
        second.send("/unread")
    told = {"first": bedside.band(), "second": bedside.band()}

    confirmer = {"confirmer-username": FIRST, "confirmer-password": PASSWORD}
    answer = second.send("/typed", **told, **confirmer)

    assert answer.status_code == 422
    assert "is not another person who works at this site" in answer.text


@pytest.fixture
def onlooker(bedside):
    """Who makes cells elsewhere, and may look at everything here."""
    grant_role(bedside.installation, bedside.root, "mia", "auditor", WARD)
    return "mia"


def test_who_only_looks_on_here_confirms_nothing(bedside, onlooker):
    """They have a role that acts, at another site."""
    walker = bedside.checking()
    for _ in range(3):
        walker.send("/unread")
    told = {"first": bedside.coi, "second": bedside.coi}

    confirmer = {"confirmer-username": onlooker, "confirmer-password": PASSWORD}
    answer = walker.send("/typed", **told, **confirmer)

    assert answer.status_code == 422
    assert "is not another person who works at this site" in answer.text


def test_who_only_looks_on_goes_on_with_no_step_that_nobody_signs(bedside, onlooker):
    """Where no signature is asked, a role that acts is."""
    walker = bedside.person(FIRST).begin(bedside.coi, "release_custody", WARD)
    looking = bedside.person(onlooker).browser
    with looking.client.session_transaction() as held:
        signed_in = resume(bedside.installation, held["token"])
    scene = find(bedside.installation, signed_in, walker.path.rpartition("/")[2])

    reason = why_not(replace(scene, form=replace(scene.form, signatures=())), signed_in)

    assert reason is not None
    assert reason.code == "SIGNER_NOT_ENTITLED"


def test_who_only_administers_here_finds_no_step_of_here(bedside):
    """Not even who takes part in the therapy elsewhere (SEC-07)."""
    walker = bedside.checking()
    with bedside.person("mia").browser.client.session_transaction() as held:
        mia = resume(bedside.installation, held["token"])
    roles = mia.person.site_roles | {("administrator", "north")}
    signed_in = replace(mia, person=replace(mia.person, site_roles=roles))

    assert going_on.of_therapy(bedside.installation, signed_in, bedside.coi) == ()
    with pytest.raises(Unknown):
        find(bedside.installation, signed_in, walker.path.rpartition("/")[2])


def test_a_thing_that_the_step_never_acts_on_is_no_bag_for_it(bedside):
    """The bag into which cells were collected is not the one to be checked: the answer is no."""
    view = bedside.look()
    collected = next(s.id for s in view.subjects.values() if s.machine == "material")
    walker = bedside.checking()
    walker.scan(bedside.coi)
    walker.scan(bedside.band())

    answer = walker.scan(f"{view.labels[collected][-1]}/{bedside.coi}")

    assert answer.status_code == 409
    assert "UNEXPECTED_CONTAINER" in answer.text
    assert walker.asked == "Scan the label of the bag"


def test_who_takes_over_the_second_part_finds_what_the_first_had_seen(bedside):
    """Or else a bag that was handed over meanwhile would be taken for the one that was checked."""
    second = bedside.second(bedside.first_part())
    third = bedside.second(second, THIRD)

    signed_in = resume(bedside.installation, session_of(third))
    errand = find(bedside.installation, signed_in, third.path.rpartition("/")[2]).errand

    assert errand.part.person == signed_in.person.id
    assert errand.seen
