"""Large limits of a field are written for people on the pages, and nowhere else."""

import pytest

from coi.services.therapies import look
from coi.web.limits import in_groups
from tests.coi.web.steps import filled_in, path_of

MOST, TOO_MUCH = "100\u202f000", "100\u202f001"
MILLIONS = "\N{MULTIPLICATION SIGN}10⁶"
UNIT = {"en": f"{MILLIONS} cells", "de": f"{MILLIONS} Zellen"}
HINT = {"en": f"(0 to {MOST} {UNIT['en']},", "de": f"(0 bis {MOST} {UNIT['de']},"}
TYPED = {
    "en": f"Above the most possible: {MOST} {UNIT['en']}",
    "de": f"Über dem größten möglichen Wert: {MOST} {UNIT['de']}",
}
ABOVE = {
    "en": f"{TOO_MUCH} {UNIT['en']} is above the most possible {MOST}",
    "de": f"{TOO_MUCH} {UNIT['de']} liegt über dem größten möglichen Wert {MOST}",
}


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_large_limit_is_read_in_groups_beside_the_field_and_where_it_is_refused(
    someone, performer, lives, language
):
    """A zero too many is seen; the definition and the record keep the number as it is."""
    coi = lives.cois["in manufacture"]
    wanted, actor, signers = performer.request(coi, "start_lot")
    browser = someone(actor.username)
    browser.client.set_cookie("coi-language", language)
    path = path_of(coi, "start_lot")
    page = browser.get(path).text
    typed = filled_in(page, wanted, signers)
    typed["value-cells_in_e6"] = "100001"

    answer = browser.client.post(path, data=typed)

    assert HINT[language] in page
    assert TYPED[language] in page
    assert 'data-high="100000"' in page
    assert answer.status_code == 422
    assert ABOVE[language] in answer.text
    assert 'value="100001"' in answer.text
    field = look(performer.installation, coi).workflow.actions["start_lot"].fields
    assert {str(one.high) for one in field if one.name == "cells_in_e6"} == {"100000"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "0 to 1000000 \N{MULTIPLICATION SIGN}10⁶",
            "0 to 1\u202f000\u202f000 \N{MULTIPLICATION SIGN}10⁶",
        ),
        ("at most 12345.5", "at most 12\u202f345.5"),
        ("-10000 to 2000 mL, may stay empty", "-10\u202f000 to 2000 mL, may stay empty"),
        ("“123456x” is not a number", "“123456x” is not a number"),
        ("lot AB-123456 of 2026-11-30", "lot AB-123456 of 2026-11-30"),
    ],
)
def test_digits_stand_in_threes_from_five_on(text, told):
    """Four are read at once; what is no number by itself stays whole."""
    assert in_groups(text) == told


def test_other_refusals_stay_as_they_are():
    """The number of a lot is compared sign by sign."""
    assert in_groups("the lot 123456", "ALREADY_THERE") == "the lot 123456"
