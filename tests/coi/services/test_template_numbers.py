"""An own template that needs a number is known to need it before there is a bag."""

import pytest

from coi.definitions import packaged
from coi.errors import DataRefused, Refused
from coi.services.approvals import approve_template
from coi.services.installing import install_definition
from coi.services.keeping_templates import keep_template
from coi.services.template_numbers import numbers_needed
from labels.templates import TEMPLATES
from tests.coi.own_templates import own_of
from workflows.labelled import CHOICES, NEEDS

WHY = "Bags of the new supplier"
ISBT, PLAIN = "bag-label-isbt", "bag-label-100x100"


@pytest.fixture
def queenie(clinic):
    """Of quality assurance: she makes templates, and installs definitions."""
    return clinic.hire("queenie", ("qa_reviewer", "works-production"))


@pytest.fixture
def quirin(clinic):
    """Of quality assurance too: he approves them."""
    return clinic.hire("quirin", ("qa_reviewer", "works-production"))


def definition(template, *, always=False):
    """The packaged therapy, whose product is labelled so; does it always record a donation?"""
    text = packaged()["autologous-car-t.1"].replace("version: 1\n", "version: 2\n", 1)
    if always:
        optional = "{title: Donation number, kind: text, on: collection, required: false}"
        assert optional in text
        text = text.replace(optional, "{title: Donation number, kind: text, on: collection}")
    return text.replace("  contents:\n", f"    product: {template}\n  contents:\n", 1).encode()


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_what_a_packaged_template_needs_follows_from_what_stands_in_it(name):
    """So a site's own is asked no less than ours."""
    assert {*numbers_needed(TEMPLATES[name])} == {*NEEDS.get(name, ())}


def test_a_definition_that_lacks_a_number_of_its_own_template_is_not_installed(clinic, queenie):
    """One that always records it is."""
    own = keep_template(clinic.installation, queenie, own_of(ISBT), WHY).name

    with pytest.raises(DataRefused, match=f"chooses {own}, which needs donation_number"):
        install_definition(clinic.installation, queenie, definition(own))

    assert install_definition(clinic.installation, queenie, definition(own, always=True))


def test_a_version_that_needs_more_is_not_approved_for_what_lacks_it(clinic, queenie, quirin):
    """It would be found when the bag lies there: the therapy is named, and what is missing."""
    keep_template(clinic.installation, queenie, own_of(PLAIN), WHY)
    install_definition(clinic.installation, queenie, definition(f"own-{PLAIN}"))
    approve_template(clinic.installation, quirin, f"own-{PLAIN}")
    newer = own_of(ISBT, 2).replace(f"own-{ISBT}", f"own-{PLAIN}")
    keep_template(clinic.installation, queenie, newer, WHY)

    with pytest.raises(Refused) as caught:
        approve_template(clinic.installation, quirin, f"own-{PLAIN}")

    (refusal,) = caught.value.refusals
    assert refusal.code == "NUMBERS_LACKING"
    assert "Autologous CAR-T" in refusal.sentence
    assert "donation_number" in refusal.sentence


def test_a_wristband_is_no_label_of_a_container(clinic, queenie):
    """A definition does not choose one for a bag."""
    keep_template(clinic.installation, queenie, own_of("wristband"), WHY)

    with pytest.raises(DataRefused, match="own-wristband is none of a container"):
        install_definition(clinic.installation, queenie, definition("own-wristband"))
