"""Who sees what of a therapy: only whose site takes part, and all of it only where that goes on."""

from types import SimpleNamespace

import pytest

from coi.errors import Unknown
from coi.services import people, sessions
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.identity import patient_of
from coi.services.looking import (
    is_label_of,
    is_seen,
    is_seen_whole,
    knowing,
    look_at,
    look_now,
    require_seen,
    require_seen_whole,
    seen_of,
    sees,
    therapies_seen_of,
)
from coi.services.ordering import NewOrder, order_therapies
from coi.services.proofs import Signer, person_of
from tests.coi.clinic import PASSWORD
from tests.coi.services.conftest import IDENTITY, VALUES

NOWHERE = "TEST-00000000-0"
STAFF = {
    "ines": ("treating_physician", "north-ward"),
    "nina": ("apheresis_nurse", "north-apheresis"),
    "jonas": ("treating_physician", "south-ward"),
    "mia": ("manufacturing_technician", "works-production"),
    "audrey": ("auditor", "-"),
    "adam": ("administrator", "-"),
}
EVERYBODY = (*STAFF, "otto")
"""Otto has an account, and no role."""


@pytest.fixture
def staff(clinic, coi):
    """People of both hospitals and of the manufacturer, in the clinic of an ordered therapy."""
    hired = {name: clinic.hire(name, role) for name, role in STAFF.items()}
    hired["otto"] = clinic.hire("otto")
    return SimpleNamespace(clinic=clinic, coi=coi, **hired)


def take(staff, action, by, unit, meaning, **values):
    """Somebody takes this step, and signs it."""
    wanted = TakeAction(staff.coi, action, unit, f"{action} {by.username}", values=values)
    take_action(staff.clinic.installation, wanted, by, (Signer(by, meaning),))


def ask(staff):
    """The northern hospital asks the southern one to treat."""
    values = {"next_treating_unit": "south-ward", "change_because": "It is nearer"}
    take(staff, "ask_other_hospital", staff.ines, "north-ward", "requested", **values)


def move(staff):
    """The southern hospital treats from now on."""
    ask(staff)
    unit = {"treating_unit": "south-ward"}
    take(staff, "take_over_treatment", staff.jonas, "south-ward", "accepted", **unit)


def read(staff, look, username, *told):
    """What is asked of somebody as they stand."""

    def work(tx):
        return look(tx, person_of(tx, username).person, *told)

    return staff.clinic.installation.read(work)


def here(staff, username):
    """Somebody who is signed in."""
    token = sessions.sign_in(staff.clinic.installation, username, PASSWORD)
    return sessions.resume(staff.clinic.installation, token)


def who(staff, look):
    """Those of whom this holds, by name."""
    return {one for one in EVERYBODY if read(staff, look, one, staff.coi)}


def something(tx, person, coi):
    """They see something of it; otherwise it is as unknown as one that there is not."""
    try:
        return bool(seen_of(tx, person, coi))
    except Unknown:
        for look in (seen_of, require_seen, require_seen_whole):
            with pytest.raises(Unknown, match=f"No therapy {coi}"):
                look(tx, person, coi)
        return False


def both(staff):
    """Who sees something of it, and who sees it whole."""
    return who(staff, something), who(staff, sees)


ALWAYS = {"audrey", "mia"}
"""Who looks on everywhere, and the manufacturer: whichever hospital treats."""


def test_only_whose_site_takes_part_sees_it(staff):
    """Nobody of another hospital, and nobody whose role is to administer, or who has none."""
    assert both(staff) == ({*ALWAYS, "ines", "nina"}, {*ALWAYS, "ines", "nina"})


def test_who_is_asked_sees_all_of_it_and_who_treated_keeps_what_it_was(staff):
    """From the moment of the question; from the signature on the other way round."""
    ask(staff)
    assert both(staff) == ({*ALWAYS, "ines", "nina", "jonas"},) * 2

    unit = {"treating_unit": "south-ward"}
    take(staff, "take_over_treatment", staff.jonas, "south-ward", "accepted", **unit)
    assert both(staff) == ({*ALWAYS, "ines", "nina", "jonas"}, {*ALWAYS, "jonas"})
    with pytest.raises(Unknown, match=f"therapy {staff.coi}"):
        read(staff, require_seen_whole, "ines", staff.coi)


def test_who_declined_sees_nothing_of_it(staff):
    """As if it had never been asked."""
    ask(staff)
    because = {"change_off_because": "No bed"}
    take(staff, "call_off_change", staff.jonas, "south-ward", "decided", **because)

    assert both(staff) == ({*ALWAYS, "ines", "nina"},) * 2


@pytest.mark.parametrize("username", EVERYBODY)
def test_a_therapy_that_there_is_not_is_seen_by_nobody_but_who_looks_everywhere(staff, username):
    """It answers as one that may not be seen."""
    assert read(staff, sees, username, NOWHERE) == (username == "audrey")
    with pytest.raises(Unknown):
        look_at(staff.clinic.installation, here(staff, username), NOWHERE)
    with pytest.raises(Unknown):
        look_now(staff.clinic.installation, here(staff, username), NOWHERE)


def test_nothing_is_sent_to_a_hospital_that_does_not_treat(staff):
    """Each keeps its own; where it is only asked, it is not there for others yet."""
    assert read(staff, require_seen, "ines", staff.coi) == {"north", "works"}

    ask(staff)
    found = {one: read(staff, require_seen, one, staff.coi) for one in ("ines", "jonas")}
    assert found == {"ines": {"north", "works"}, "jonas": {"north", "south", "works"}}

    unit = {"treating_unit": "south-ward"}
    take(staff, "take_over_treatment", staff.jonas, "south-ward", "accepted", **unit)
    found = {one: read(staff, require_seen, one, staff.coi) for one in ("ines", "jonas", "mia")}
    assert found == {
        "ines": {"north", "south", "works"},
        "jonas": {"south", "works"},
        "mia": {"south", "works"},
    }


def test_who_the_patient_is_is_told_where_they_are_treated_alone(staff):
    """And at the manufacturer to nobody, whose roles are none of those that meet patients."""
    before = staff.clinic.installation.read(lambda tx: knowing(tx, staff.coi))
    move(staff)

    assert before == {"north", "works"}
    after = staff.clinic.installation.read(lambda tx: knowing(tx, staff.coi))
    assert after == {"south", "works"}


def test_a_session_sees_what_its_person_sees(staff):
    """Something of it and all of it are two questions."""
    move(staff)
    installation = staff.clinic.installation
    found = {
        one: (
            is_seen(installation, here(staff, one), staff.coi),
            is_seen_whole(installation, here(staff, one), staff.coi),
        )
        for one in ("ines", "jonas", "otto")
    }

    assert found == {"ines": (True, False), "jonas": (True, True), "otto": (False, False)}


def test_of_a_patient_each_sees_their_own_therapies(staff):
    """The newest order first; of what has moved away nothing, and of a stranger none."""
    order = NewOrder(IDENTITY, "autologous-car-t", "north-ward", VALUES, key="another")
    (newer,) = order_therapies(staff.clinic.installation, [order], staff.clinic.carla)
    patient = staff.clinic.installation.read(lambda tx: patient_of(tx, staff.coi))

    def seen_by(username):
        return read(staff, therapies_seen_of, username, patient)

    assert seen_by("ines") == (newer.coi, staff.coi)
    assert seen_by("jonas") == ()
    move(staff)
    assert (seen_by("ines"), seen_by("jonas")) == ((newer.coi,), (staff.coi,))


def offered(staff, username):
    """What is somebody's to do, and what is others'."""
    page = look_at(staff.clinic.installation, here(staff, username), staff.coi)
    names = [{one.name for one in actions} for actions in (page.mine, page.others)]
    assert not names[0] & names[1]
    now = look_now(staff.clinic.installation, here(staff, username), staff.coi)
    assert (now.is_former, now.sites) == (page.is_former, page.sites)
    assert now.root.id == page.root.id == staff.coi
    assert now.time_zone("north-ward") == "Europe/Berlin"
    return page, *names


CHANGES = {"ask_other_hospital", "take_over_treatment", "call_off_change", "cancel"}
"""Steps of a treating physician."""


def test_a_change_of_hospital_is_offered_to_whose_turn_it_is(staff):
    """Who treats asks, who is asked answers, either calls it off; then the other one treats."""

    def changes():
        return [offered(staff, one)[1] & CHANGES for one in ("ines", "jonas")]

    assert offered(staff, "ines")[1] & CHANGES == {"ask_other_hospital", "cancel"}

    ask(staff)
    ines, jonas = changes()
    assert {"call_off_change", "cancel"} <= ines
    assert "take_over_treatment" not in ines
    assert jonas == {"take_over_treatment", "call_off_change"}

    unit = {"treating_unit": "south-ward"}
    take(staff, "take_over_treatment", staff.jonas, "south-ward", "accepted", **unit)
    ines, jonas = changes()
    assert ines == set()
    assert jonas == {"ask_other_hospital", "cancel"}


def test_nothing_is_somebodys_to_do_who_holds_no_role_for_it(staff):
    """Who looks on sees what is next for others; a former hospital sees not even that."""
    page, mine, others = offered(staff, "audrey")
    assert (mine, page.is_former) == (set(), False)
    assert "approve" in others

    assert "approve" not in offered(staff, "nina")[1]
    move(staff)
    page, mine, others = offered(staff, "ines")
    assert (page.is_former, others, page.due) == (True, set(), ())
    assert not offered(staff, "jonas")[0].is_former
    assert offered(staff, "mia")[2]


def test_what_is_due_comes_first_for_whose_turn_it_is(staff):
    """Who is asked to treat answers within a day; who treats no more is not hurried."""
    ask(staff)
    page, *_ = offered(staff, "jonas")

    assert page.due == ("take_over_treatment", "approve")
    assert page.mine[0].name == "take_over_treatment"


def test_a_label_is_none_of_a_therapy_that_is_not_seen(staff):
    """Whether there is one like it is not said to a stranger."""
    installation = staff.clinic.installation

    assert not is_label_of(installation, here(staff, "ines"), "L-TEST-00000000-0", staff.coi)
    with pytest.raises(Unknown):
        is_label_of(installation, here(staff, "jonas"), "L-TEST-00000000-0", staff.coi)


def test_a_role_that_is_taken_away_closes_at_once(staff):
    """What is seen follows from the roles of this moment, and not of the last sign-in."""
    installation, root = staff.clinic.installation, staff.clinic.root
    role = (installation, root, "nina", *STAFF["nina"])
    people.grant_role(*role, holds=False, why="She works elsewhere now.")

    assert not read(staff, sees, "nina", staff.coi)
    people.grant_role(*role)
    assert read(staff, sees, "nina", staff.coi)
