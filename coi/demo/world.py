"""Builds the made-up world in an empty installation: sites, units, people, approvals, a shipper."""

from datetime import timedelta

from coi.demo.cast import PASSWORD, PINS, SITES, STAFF, UNITS, Staff
from coi.demo.performer import Performer
from coi.services import approvals, badges, people, pins, sites
from coi.services.installation import Installation
from coi.services.people import NewPerson
from coi.services.proofs import JustProven, authenticate
from labels.templates import TEMPLATES

TRAINED_DAYS = 3650


def build(installation: Installation, administrator: JustProven) -> Performer:
    """Register everybody and everything; returns who can act for them all."""
    people.accept_policy(installation, administrator)
    for site in SITES:
        sites.register_site(installation, administrator, site)
    for unit, (site_id, name) in UNITS.items():
        sites.register_unit(installation, administrator, unit, site_id, name)
    proven = {staff.username: _hire(installation, administrator, staff) for staff in STAFF}
    for template in TEMPLATES:
        approvals.approve_template(installation, proven["queenie"], template)
    until = installation.clock.now() + timedelta(days=TRAINED_DAYS)
    shipper = approvals.qualify_shipper(installation, proven["queenie"], 240, until, key="shipper")
    return Performer(installation, proven, shipper)


def give_badges(performer: Performer, administrator: JustProven) -> None:
    """Let some of them wear a badge with a PIN."""
    for username, pin in PINS.items():
        (role,) = [one.roles[0] for one in STAFF if one.username == username]
        key = f"badge-{username}"
        badges.issue_badge(performer.installation, administrator, username, role, key=key)
        pins.set_pin(performer.installation, performer.proven[username], PASSWORD, pin)


def _hire(installation: Installation, administrator: JustProven, staff: Staff) -> JustProven:
    """Open the account, grant the roles, record training and identity check, accept the policy."""
    new = NewPerson(staff.username, staff.printed_name, PASSWORD, staff.roles[0][1])
    people.register_person(installation, administrator, new)
    until = installation.clock.now() + timedelta(days=TRAINED_DAYS)
    for role, unit in staff.roles:
        people.grant_role(installation, administrator, staff.username, role, unit)
    for role in dict.fromkeys(role for role, _ in staff.roles):
        people.record_training(installation, administrator, staff.username, role, until)
    people.record_proofing(installation, administrator, staff.username, "made up")
    proven = authenticate(installation, staff.username, PASSWORD)
    people.accept_policy(installation, proven)
    return proven
