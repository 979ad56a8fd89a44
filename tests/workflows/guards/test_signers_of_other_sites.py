"""Who signs is of the house: a colleague of another site only where the definition says so."""

from dataclasses import replace

from tests import cast
from tests.builders import a_bag, codes, decided, facts
from tests.performer import a_request
from workflows.facts import Signing

CHECKABLE = facts(a_bag("thawed", holder="ward"))
RECEIVED = facts(a_bag("received", holder=cast.CELL_LAB.id))


def signed_second_by(request, person):
    """The request with another second signer."""
    first, second = request.signings
    checks = tuple(
        replace(check, person=person.id) if check.person == second.person.id else check
        for check in request.identity_checks
    )
    signings = (first, Signing(person, second.meaning))
    return replace(request, signings=signings, identity_checks=checks)


def test_a_nurse_of_another_hospital_does_not_check_here():
    """The same role at another site entitles to nothing here (P11-10g)."""
    stranger = replace(cast.IVY, id="vera-too", username="vera-too", roles=cast.VERA.roles)
    stranger = replace(stranger, site_roles=cast.VERA.site_roles)

    decision = decided(
        signed_second_by(a_request(CHECKABLE, "check_at_bedside"), stranger), CHECKABLE
    )

    assert "SIGNER_NOT_ENTITLED" in codes(decision)


def test_a_colleague_of_the_same_site_may():
    """The physician holds the role at another unit of this site."""
    physician = replace(
        cast.INES,
        id="another-physician",
        username="another",
        roles=frozenset({("treating_physician", cast.APHERESIS.id)}),
        site_roles=frozenset({("treating_physician", cast.APHERESIS.site)}),
    )

    decision = decided(
        signed_second_by(a_request(CHECKABLE, "check_at_bedside"), physician), CHECKABLE
    )

    assert decision.allowed


def test_quality_assurance_of_the_manufacturer_rejects_from_afar():
    """Where the definition says `@anywhere`, the site does not matter."""
    request = signed_second_by(a_request(RECEIVED, "reject_product"), cast.QUEENIE)

    decision = decided(request, RECEIVED)

    assert decision.allowed


def test_quality_assurance_of_a_site_that_takes_no_part_signs_nothing():
    """From afar sign those who have something to do with the therapy, and who are of every site."""
    (where,) = {site for _role, site in cast.VERA.site_roles}
    stranger = replace(cast.QUEENIE, roles=frozenset({("qa_reviewer", "another-unit")}))
    outside = replace(stranger, site_roles=frozenset({("qa_reviewer", where)}))
    of_every_site = replace(stranger, site_roles=frozenset({("qa_reviewer", "-")}))

    request = a_request(RECEIVED, "reject_product")
    found = [
        codes(decided(signed_second_by(request, one), RECEIVED)) for one in (outside, of_every_site)
    ]

    assert found == [["SIGNER_NOT_ENTITLED"], []]
