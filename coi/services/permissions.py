"""Who may open what: one table, published by a command and walked cell by cell in the tests.

Who may take a step of a therapy stands in the workflow's definition, and the engine asks it; here
stands who may look, and who may administer. Nobody holds a permission at a site other than those
where they hold a role, unless they hold it for the whole organisation.
"""

from collections.abc import Mapping
from enum import StrEnum

from coi.errors import SettingError
from coi.services.proofs import ADMINISTRATOR, QA
from coi.settings import Settings
from workflows.facts import Person

EVERYWHERE = "-"
"""The unit of a role that is held for the whole organisation, and of no site."""

MEETS_THE_PATIENT = frozenset(
    {
        "apheresis_nurse",
        "coordinator",
        "infusion_nurse",
        "surgeon",
        "theatre_nurse",
        "treating_physician",
    }
)
_HANDLES = frozenset(
    {
        "cell_lab_technologist",
        "courier",
        "manufacturing_planner",
        "manufacturing_technician",
        "manufacturing_verifier",
        "medical_monitor",
        "qa_reviewer",
        "qc_analyst",
        "qualified_person",
    }
)
LOOKS_ON = frozenset({"auditor", "sponsor_viewer"})
"""The roles that see and never act."""

ROLES = MEETS_THE_PATIENT | _HANDLES | LOOKS_ON | {ADMINISTRATOR}
"""Every role that somebody can hold."""


def require_known_roles(settings: Settings) -> None:
    """Whatever a setting says of roles, it says of some that there are.

    Raises:
        SettingError: there is no such role; what was meant would hold for nobody, silently.
    """
    for name, roles in (
        ("COI_FACTOR_ROLES", settings.factor_roles),
        ("COI_PASSKEY_ROLES", settings.passkey_roles),
    ):
        if unknown := sorted(set(roles) - ROLES):
            raise SettingError(
                name,
                f"names {unknown[0]}, which is no role.",
                f"Roles are {', '.join(sorted(ROLES))}.",
            )


OF_PROGRAMS = LOOKS_ON | {
    "cell_lab_technologist",
    "coordinator",
    "courier",
    "manufacturing_planner",
    "qc_analyst",
}
"""The roles that a program can hold: who looks on, and of whose tasks something is left without a
signature (an order, a plan, a note, an exception). Nobody who decides over a patient or a batch, is
the second pair of eyes, stands at the bedside, or says who may do what."""


class Permission(StrEnum):
    """What a page or an action of a page asks for."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    SEE_THERAPIES = "see therapies"
    SEE_IDENTITY = "see who a patient is"
    BREAK_GLASS = "see who a patient is, in an emergency"
    SEE_EMERGENCIES = "see who read a name in an emergency"
    PRINT_LABELS = "print labels"
    SEE_LOOKS = "see who looked at a patient"
    SEE_TRAIL = "see the audit trail"
    SEE_ACCESS = "see who had access"
    REVIEW_TRAIL = "review the audit trail"
    STAND_IN = "say who stands in for a release"
    SEE_RECORD = "see how the record is kept"
    ANSWER_FOR_RECORD = "let a restored record go on"
    STOP_SHIP = "stop what is concerned"
    CHANGE_VERSION = "move a therapy to another version of its workflow"
    ORDER = "order therapies"
    KEEP_PLACES = "keep places"
    SEE_EQUIPMENT = "see equipment"
    TAKE_STOCK = "take stock of freezers"
    KEEP_PRINTERS = "keep printers"
    KEEP_DEVICES = "keep devices"
    KEEP_TEMPLATES = "approve label templates"
    KEEP_DIALECTS = "say which codes of others are read"
    IMPORT = "import tables"
    COPY = "copy therapies from paper in a table"
    SETTLE_CAPTURES = "settle what was captured without a line"
    SET_CAPTURES_ASIDE = "set aside what was captured without a line"
    ADMINISTER = "administer people and sites"


HOLDERS: Mapping[Permission, frozenset[str]] = {
    Permission.SIGNED_IN: ROLES,
    Permission.SEE_THERAPIES: MEETS_THE_PATIENT | _HANDLES | LOOKS_ON,
    Permission.SEE_IDENTITY: MEETS_THE_PATIENT,
    Permission.BREAK_GLASS: MEETS_THE_PATIENT | _HANDLES,
    Permission.SEE_EMERGENCIES: frozenset({"coordinator", QA}),
    Permission.PRINT_LABELS: MEETS_THE_PATIENT | _HANDLES,
    Permission.SEE_LOOKS: frozenset({"auditor", "qa_reviewer"}),
    Permission.SEE_TRAIL: frozenset({"auditor", "coordinator", "qualified_person", QA}),
    Permission.SEE_ACCESS: frozenset({"auditor", QA, ADMINISTRATOR}),
    Permission.REVIEW_TRAIL: frozenset({"qualified_person", QA}),
    Permission.STAND_IN: frozenset({"qualified_person", QA}),
    Permission.SEE_RECORD: frozenset({"auditor", QA, ADMINISTRATOR}),
    Permission.ANSWER_FOR_RECORD: frozenset({QA}),
    Permission.STOP_SHIP: frozenset({QA, "qualified_person"}),
    Permission.CHANGE_VERSION: frozenset({QA, "qualified_person"}),
    Permission.ORDER: frozenset({"coordinator", "treating_physician"}),
    Permission.KEEP_PLACES: MEETS_THE_PATIENT | _HANDLES | {ADMINISTRATOR},
    Permission.SEE_EQUIPMENT: MEETS_THE_PATIENT | _HANDLES | {ADMINISTRATOR, "auditor"},
    Permission.TAKE_STOCK: frozenset(
        {
            "cell_lab_technologist",
            "coordinator",
            "manufacturing_technician",
            "manufacturing_verifier",
            "qa_reviewer",
        }
    ),
    Permission.KEEP_PRINTERS: frozenset({ADMINISTRATOR, QA}),
    Permission.KEEP_DEVICES: frozenset({ADMINISTRATOR, QA}),
    Permission.KEEP_TEMPLATES: frozenset({QA}),
    Permission.KEEP_DIALECTS: frozenset({QA}),
    Permission.IMPORT: MEETS_THE_PATIENT | _HANDLES | {ADMINISTRATOR},
    # As on the page: whoever takes a step copies it, and the engine asks for the role of each.
    Permission.COPY: MEETS_THE_PATIENT | _HANDLES,
    Permission.SETTLE_CAPTURES: MEETS_THE_PATIENT | _HANDLES,
    Permission.SET_CAPTURES_ASIDE: frozenset({"coordinator", QA}),
    Permission.ADMINISTER: frozenset({ADMINISTRATOR}),
}
"""The roles that give each permission; everybody has what is public."""


def may(person: Person, permission: Permission) -> bool:
    """The person has this permission, at whichever site."""
    if permission is Permission.PUBLIC:
        return True
    if permission is Permission.SIGNED_IN:
        return person.active
    held = {role for role, _unit in person.roles}
    return person.active and bool(held & HOLDERS[permission])


def sites_with(person: Person, permission: Permission) -> frozenset[str]:
    """The sites at which the person has it; `EVERYWHERE` is among them when it is everywhere."""
    return frozenset(site for role, site in person.site_roles if role in HOLDERS[permission])


def acts_at(person: Person) -> frozenset[str]:
    """The sites at which the person holds a role that has things in hand, and does not look on."""
    acting = HOLDERS[Permission.SEE_THERAPIES] - LOOKS_ON
    return frozenset(site for role, site in person.site_roles if role in acting)
