"""A site's own wristband, badge and label of a place: the approval is the choice."""

import pytest

from coi.errors import DataRefused
from coi.services import badges
from coi.services.approvals import approve_template, approved_now, template_in_place
from coi.services.drawing import NotPrinted
from coi.services.keeping_templates import keep_template
from coi.services.label_templates import look_at_template
from coi.services.labelling import draw_wristband
from coi.services.templates_awaited import awaited
from labels.serial_template import WITH_A_SERIAL
from labels.templates import TEMPLATES
from tests.coi.own_templates import own_of
from tests.journeys.worlds import Databases, copy_of
from tests.labels.reading import read

WHY = "Cards of the new supplier"


@pytest.fixture
def queenie(clinic):
    """Of quality assurance: she makes templates."""
    return clinic.hire("queenie", ("qa_reviewer", "works-production"))


@pytest.fixture
def quirin(clinic):
    """Of quality assurance too: he approves them."""
    return clinic.hire("quirin", ("qa_reviewer", "works-production"))


def in_place(clinic, name):
    """What is printed now, by name and version; or what is to be approved first."""
    try:
        found = clinic.installation.read(lambda tx: template_in_place(tx, name))
    except NotPrinted as error:
        return error.reason, error.next_step.rpartition(" ")[2]
    return found.name, found.version


@pytest.mark.parametrize("name", WITH_A_SERIAL)
def test_an_approved_own_template_is_printed_in_the_place_of_the_packaged_one(
    clinic, queenie, quirin, name
):
    """Neither before it is approved, nor once that is withdrawn; a newer one that waits, never."""
    installation, own, shipped = clinic.installation, f"own-{name}", TEMPLATES[name].version
    told = [in_place(clinic, name)]
    approve_template(installation, queenie, name)
    keep_template(installation, queenie, own_of(name), WHY)
    told.append(in_place(clinic, name))
    approve_template(installation, quirin, own)
    told.append(in_place(clinic, name))
    keep_template(installation, queenie, own_of(name, 2), WHY)
    told.append(in_place(clinic, name))
    approve_template(installation, quirin, own, holds=False)
    told.append(in_place(clinic, name))
    shown = (
        look_at_template(installation, queenie, own),
        look_at_template(installation, queenie, name),
    )

    assert [one.in_place_of for one in shown] == [name, ""]
    not_approved = "TEMPLATE_NOT_APPROVED"
    assert told == [
        (not_approved, f"{name}."),
        (name, shipped),
        (own, 1),
        (own, 1),
        (name, shipped),
    ]


def test_a_step_that_prints_wristbands_asks_for_the_one_in_their_place(clinic, queenie, quirin):
    """The packaged one need not be approved, and a newer own one that waits stops nothing."""
    installation = clinic.installation
    keep_template(installation, queenie, own_of("wristband"), WHY)
    before = installation.read(approved_now)
    approve_template(installation, quirin, "own-wristband")
    after = installation.read(approved_now)
    keep_template(installation, queenie, own_of("wristband", 2), WHY)
    newer = installation.read(approved_now)
    waiting = {one.name for one in awaited(installation)}

    assert "wristband" not in before
    assert (after["wristband"], newer["wristband"]) == (True, True)
    assert not {"own-wristband", "wristband"} & waiting


def test_a_badge_is_drawn_with_the_own_template(clinic, queenie, quirin):
    """Its copy says by which: the hash of the layout."""
    installation, nurse = clinic.installation, ("apheresis_nurse", "north-ward")
    clinic.hire("nina", nurse)
    badges.issue_badge(installation, clinic.root, "nina", nurse, key="first")
    kept = keep_template(installation, queenie, own_of("staff-badge"), WHY)
    approve_template(installation, quirin, kept.name)

    drawn = badges.write_badge(installation, clinic.root, "nina")

    assert drawn.template == kept.sha256 != TEMPLATES["staff-badge"].sha256


def test_a_wristband_is_drawn_with_the_own_template(lives, migrated_file, tmp_path):
    """For a patient who was admitted before, too: what is printed now is approved now."""
    with copy_of(Databases(migrated_file), lives, tmp_path) as performer:
        installation, people = performer.installation, performer.proven
        kept = keep_template(installation, people["queenie"], own_of("wristband"), WHY)
        approve_template(installation, people["quirin"], kept.name)

        drawn = draw_wristband(installation, lives.cois["in manufacture"])

    assert drawn.template == kept.sha256
    assert [aim for aim, _text in read(drawn.content).symbols] == ["]Q1"]


def test_an_own_badge_that_says_less_is_not_kept(clinic, queenie):
    """It is held against the packaged one, and not against the label of a bag."""
    text = own_of("staff-badge").replace("kind: data_matrix", "kind: qr_code")

    with pytest.raises(DataRefused, match="'qr_code' is not 'data_matrix'") as caught:
        keep_template(clinic.installation, queenie, text, WHY)

    assert "autologous" not in str(caught.value)
