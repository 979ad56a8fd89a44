"""What a patient says otherwise than it is on record stops, and no way out swallows it."""

import re

import pytest

from coi.demo.performer import Wish
from coi.errors import SignedOut
from coi.services.people import set_password
from coi.store import errands
from tests.coi.web.bedside import CHECK, FIRST, SECOND, THIRD
from tests.coi.web.endings import Ending

OTHERWISE = {"said-birth_date": "1961-01-01"}


def heard(bedside, walker, **changes):
    """Everything is scanned, something else is heard, and it is read back."""
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
    walker.send(**{**bedside.heard(), **changes})
    walker.send()
    return walker


def heard_otherwise(bedside, walker, username, **changes):
    """It is signed, too."""
    return bedside.signs(heard(bedside, walker, **(changes or OTHERWISE)), username)


def codes_of(bedside):
    """The reasons of the newest entry, where it is a refused one."""
    last = bedside.last()
    return {one.code for one in last.refusals} if last.kind == "refused" else set()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        (OTHERWISE, "birth date"),
        ({"said-family_name": "Somebody"}, "family name"),
        ({"said-medical_record_number": "4711-0"}, "medical record number"),
    ],
    ids=["birth date", "name", "number"],
)
def test_the_first_of_two_is_stopped_at_once(bedside, changes, named):
    """The STOP names which identifier differs, and not what was said (BD-03)."""
    walker = heard_otherwise(bedside, bedside.checking(), FIRST, **changes)

    assert 'class="verdict stopped"' in walker.page
    assert re.findall(r'<p class="code">([A-Z_]+)</p>', walker.page) == ["IDENTITY_DIFFERS"]
    assert named in walker.page
    assert not [text for text in changes.values() if text in walker.page]


def test_what_the_first_heard_otherwise_is_on_record(bedside):
    """Who heard it and from whom, which of it differs, and what was scanned."""
    heard_otherwise(bedside, bedside.checking(), FIRST)
    content = bedside.last().content
    (check,) = content["identity_checks"]

    assert "IDENTITY_DIFFERS" in codes_of(bedside)
    assert (check["source"], check["differing"]) == ("patient", ["birth_date"])
    assert content["attempted_by"] == [check["person"]] == [bedside.ward.who(FIRST).person]
    assert len(content["scans"]) == 3


def test_nobody_makes_a_second_check_of_a_stopped_step(bedside):
    """There is nothing to be taken up."""
    first = heard_otherwise(bedside, bedside.checking(), FIRST)
    second = bedside.second(first)

    assert 'class="verdict stopped"' in second.page
    assert f'href="{first.path}"' not in second.browser.get("/").text


def test_what_is_mended_before_it_is_signed_stops_nobody(bedside):
    """A slip of the hand is seen when it is read back."""
    walker = bedside.checking()
    for code in (bedside.coi, bedside.band(), bedside.label()):
        walker.scan(code)
    walker.send(**{**bedside.heard(), **OTHERWISE})
    walker.send("/back")
    walker.send(**bedside.heard())
    walker.send()

    assert "Your part is in" in bedside.signs(walker, FIRST).page


def too_late(bedside, walker):
    """More than half an hour went by since the first signed."""
    bedside.wait(31)
    walker.browser.sign_in(SECOND)
    walker.take_up()


def changed_password(bedside, _walker):
    """The first has another password."""
    set_password(bedside.installation, bedside.ward.who(FIRST), "a new one that is long")


def moved_on(bedside, _walker):
    """Somebody put the bag on hold."""
    wish = Wish(on=(bedside.ward.bags()[0],))
    bedside.performer.do(bedside.coi, "hold", wish)


WAYS = pytest.mark.parametrize(
    ("way", "reason"),
    [
        (too_late, "FIRST_CHECK_TOO_OLD"),
        (changed_password, "SIGNED_OUT"),
        (moved_on, "STALE"),
    ],
    ids=["too late", "another password", "the bag moved on"],
)


@WAYS
def test_what_the_second_heard_otherwise_is_swallowed_by_no_end(bedside, way, reason):
    """The step would end with nothing taken; it is a STOP, and on record."""
    second = heard(bedside, bedside.second(bedside.first_part()), **OTHERWISE)
    way(bedside, second)
    bedside.signs(second, SECOND)

    assert "IDENTITY_DIFFERS" in second.page, reason
    assert 'class="verdict stopped"' in second.page
    assert "IDENTITY_DIFFERS" in codes_of(bedside)


@WAYS
def test_an_end_with_nothing_wrong_leaves_nothing(bedside, way, reason):
    """It says so, and it is so."""
    second = bedside.check(bedside.second(bedside.first_part()))
    way(bedside, second)
    entries = len(bedside.look().history)
    bedside.signs(second, SECOND)

    assert reason in second.page
    assert "nothing was recorded" in second.page
    assert len(bedside.look().history) == entries


def test_the_first_part_of_a_bag_that_moved_on_ends(bedside):
    """Nobody is kept at a screen that can never be signed."""
    walker = bedside.check(bedside.checking())
    moved_on(bedside, walker)
    bedside.signs(walker, FIRST)

    assert "STALE" in walker.page
    assert bedside.last().kind != "refused"


def test_the_first_hears_otherwise_of_a_bag_that_moved_on(bedside):
    """It is a STOP all the same."""
    walker = heard(bedside, bedside.checking(), **OTHERWISE)
    moved_on(bedside, walker)
    bedside.signs(walker, FIRST)

    assert "IDENTITY_DIFFERS" in walker.page
    assert "IDENTITY_DIFFERS" in codes_of(bedside)


# -- who discards what is signed -------------------------------------------------------------------


def test_a_part_that_is_signed_is_not_a_colleagues_to_discard(bedside):
    """Whoever could make the second check makes it, or leaves it."""
    first = bedside.first_part()
    third = bedside.person(THIRD)
    third.path = first.path
    version = third.browser.get(f"{first.path}/now").get_json()["version"]

    answer = third.send("/discard", version=str(version))

    assert answer.status_code == 409
    assert "FIRST_HAS_SIGNED" in answer.text
    assert "Discard" not in third.page
    assert "Your part is in" in first.page


@pytest.mark.parametrize("username", [FIRST, SECOND])
def test_who_signed_or_has_it_in_hand_discards_it(bedside, username):
    """Either of the two; nothing has happened."""
    first = bedside.first_part()
    second = bedside.second(first)
    walker = {FIRST: first, SECOND: second}[username]
    version = walker.browser.get(f"{first.path}/now").get_json()["version"]

    answer = walker.send("/discard", version=str(version))

    assert answer.status_code == 303
    assert "Discarded" in first.page
    assert bedside.last().action != CHECK


def test_a_password_that_was_changed_while_it_was_proven_signs_no_first_part(bedside):
    """The part is not in, and nobody else begins a second check beside it."""
    walker = bedside.check(bedside.checking())
    ending = Ending.of(walker, FIRST)
    sign = ending.prepared(bedside.installation)
    before = bedside.installation.read(lambda tx: errands.errand(tx, ending.errand))
    changed_password(bedside, walker)

    with pytest.raises(SignedOut):
        sign()
    assert bedside.installation.read(lambda tx: errands.errand(tx, ending.errand)) == before
