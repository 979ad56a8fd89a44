"""The fixed cast, and the units where they work.

Nina collects, Omar carries, Mia makes and Max verifies, Quentin releases what Queenie has
reviewed, Dr. Ines infuses. Vera, of another hospital, must see nothing.
"""

from datetime import UTC, datetime

from workflows.facts import Person, Unit

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FAR = datetime(2100, 1, 1, tzinfo=UTC)

PATIENT_A, PATIENT_B = "patient-a", "patient-b"
COI_A, COI_A2, COI_B = "COI-A", "COI-A2", "COI-B"
PATIENT_OF = {COI_A: PATIENT_A, COI_A2: PATIENT_A, COI_B: PATIENT_B}

APHERESIS = Unit("apheresis", "northgate", "hospital", "DE")
CELL_LAB = Unit("cell-lab", "northgate", "hospital", "DE")
WARD = Unit("ward", "northgate", "hospital", "DE")
OTHER_WARD = Unit("other-ward", "southgate", "hospital", "DE")
FACTORY = Unit("factory", "maker", "manufacturer", "NL")
COURIER = Unit("courier", "swift", "courier", "DE")
LABORATORY = Unit("laboratory", "assay", "laboratory", "NL")
UNITS = {
    unit.id: unit for unit in (APHERESIS, CELL_LAB, WARD, OTHER_WARD, FACTORY, COURIER, LABORATORY)
}

TAKING_PART = frozenset({"northgate", "maker", "swift", "assay"})
"""The sites of patient A's therapy, and not that of Vera."""


def a_person(name: str, *roles: tuple[str, Unit], **changes: object) -> Person:
    """Give somebody who may work: active, proofed, trained in each role."""
    fields: dict[str, object] = {
        "id": f"person-{name}",
        "username": name,
        "active": True,
        "proofed": True,
        "accepted_policy": True,
        "roles": frozenset((role, unit.id) for role, unit in roles),
        "site_roles": frozenset((role, unit.site) for role, unit in roles),
        "trained_until": {role: FAR for role, _ in roles},
    }
    return Person(**{**fields, **changes})  # type: ignore[arg-type]


CARLA = a_person("carla", ("coordinator", WARD))
NINA = a_person("nina", ("apheresis_nurse", APHERESIS))
NOOR = a_person("noor", ("apheresis_nurse", APHERESIS))
INES = a_person("ines", ("treating_physician", WARD), ("treating_physician", APHERESIS))
IRIS = a_person("iris", ("treating_physician", WARD))
IVY = a_person("ivy", ("infusion_nurse", WARD))
IAN = a_person("ian", ("infusion_nurse", WARD))
THEO = a_person("theo", ("cell_lab_technologist", CELL_LAB))
TARA = a_person("tara", ("cell_lab_technologist", CELL_LAB))
OMAR = a_person("omar", ("courier", COURIER))
PAUL = a_person("paul", ("manufacturing_planner", FACTORY))
MIA = a_person("mia", ("manufacturing_technician", FACTORY))
MILO = a_person("milo", ("manufacturing_technician", FACTORY))
MAX = a_person("max", ("manufacturing_verifier", FACTORY))
LENA = a_person("lena", ("qc_analyst", LABORATORY))
LARS = a_person("lars", ("qc_analyst", LABORATORY))
QUEENIE = a_person("queenie", ("qa_reviewer", FACTORY))
QUINCY = a_person("quincy", ("qa_reviewer", FACTORY))
MONA = a_person("mona", ("medical_monitor", FACTORY))
QUENTIN = a_person("quentin", ("qualified_person", FACTORY))
VERA = a_person(
    "vera",
    ("apheresis_nurse", OTHER_WARD),
    ("infusion_nurse", OTHER_WARD),
    ("coordinator", OTHER_WARD),
    ("cell_lab_technologist", OTHER_WARD),
)

COLLEAGUES = (
    *(CARLA, NINA, NOOR, INES, IRIS, IVY, IAN, THEO, TARA, OMAR),
    *(PAUL, MIA, MILO, MAX, LENA, LARS, QUEENIE, QUINCY, MONA, QUENTIN),
)
PEOPLE = (*COLLEAGUES, VERA)

WHY = "as it was agreed with the ward"
"""Why something is changed or ended, where a test says no more of it."""
