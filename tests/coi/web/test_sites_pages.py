"""The pages of sites and units."""

import pytest

SITE = {
    "id": "east",
    "kind": "hospital",
    "name": "East Hospital",
    "country": "DE",
    "time_zone": "Europe/Berlin",
}


def add_site(administrator, **changes):
    """Send the form for a site."""
    return administrator.send("/sites", page="/sites", **(SITE | changes))


def add_unit(administrator, **changes):
    """Send the form for a unit."""
    told = {"id": "north-van", "site": "north", "name": "Van"} | changes
    return administrator.send("/sites/units", page="/sites", **told)


@pytest.mark.parametrize("path", ["/sites", "/sites/units/north-ward", "/sites/units/nowhere"])
def test_whoever_does_not_administer_sees_no_sites(someone, path):
    """Known units and unknown ones are answered alike."""
    assert someone("nina").get(path).status_code == 403


def test_a_site_and_its_unit_are_added(administrator):
    """Both are listed; a unit without people says how they come."""
    add_site(administrator)
    add_unit(administrator, id="east-ward", site="east", name="Ward East")

    listed, unit = (administrator.get(p).text for p in ("/sites", "/sites/units/east-ward"))

    assert "East Hospital" in listed
    assert "/sites/units/east-ward" in listed
    assert "Nobody works here yet" in unit


def test_who_works_at_a_unit_is_listed_there(administrator):
    """With the roles that they hold there, and nobody else."""
    page = administrator.get("/sites/units/north-apheresis").text

    assert "Nina Needle" in page
    assert "Omar Driver" not in page


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"id": "East!"}, "lower-case letters"),
        ({"id": "lost"}, "the record itself uses"),
        ({"id": "north"}, "exists already"),
        ({"name": "North Hospital"}, "exists already"),
        ({"name": "E" * 5000}, "visible characters"),
        ({"name": "East\u202eHospital"}, "visible characters"),
        ({"country": "Germany"}, "two capital letters"),
        ({"time_zone": "Mars/Olympus"}, "no zone"),
        ({"kind": "garage"}, "none of hospital"),
    ],
)
def test_a_site_that_cannot_be_right_is_refused(administrator, wrong, reason):
    """With the reason; what was typed stays."""
    answer = add_site(administrator, **wrong)

    assert answer.status_code == 422
    assert reason in answer.text
    assert 'value="Europe/Berlin"' in answer.text or "time_zone" in wrong


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"id": "north-ward"}, "exists already"),
        ({"site": "nowhere"}, "there is no site"),
        ({"name": ""}, "visible characters"),
    ],
)
def test_a_unit_that_cannot_be_right_is_refused(administrator, wrong, reason):
    """With the reason."""
    answer = add_unit(administrator, **wrong)

    assert answer.status_code == 422
    assert reason in answer.text


def test_a_unit_that_is_not_there_is_not_found(administrator):
    """In words."""
    assert administrator.get("/sites/units/nowhere").status_code == 404


def test_a_site_that_is_added_twice_is_there_once(administrator):
    """The second time it is there already, and nothing changes."""
    add_site(administrator)

    assert add_site(administrator).status_code == 422
    assert administrator.get("/sites").text.count(">East Hospital <") == 1
