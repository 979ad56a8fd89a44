"""Who and what the demonstration is made of: plain data, no patient of it ever lived.

The identities are those of Synthea's synthetic cancer patients, as published in mcode/mcode-omop.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from coi.services.sites import Site

PASSWORD = "for demonstration only"  # noqa: S105 - printed for everybody to see

PINS = {"mia": "730946", "max": "604918"}
"""Who wears a badge with a PIN, so that visitors can try to change by it."""

SITES = (
    Site("north", "hospital", "North Hospital", "DE", "Europe/Berlin"),
    Site("south", "hospital", "South Hospital", "FR", "Europe/Paris"),
    Site("west", "hospital", "West Hospital", "NL", "Europe/Amsterdam"),
    Site("works", "manufacturer", "Riverside Cell Works", "GB", "Europe/London"),
    Site("lab", "laboratory", "Quality Control Laboratory", "GB", "Europe/London"),
    Site("wheels", "courier", "Cold Chain Couriers", "NL", "Europe/Amsterdam"),
)

UNITS: Mapping[str, tuple[str, str]] = {
    "north-apheresis": ("north", "Apheresis"),
    "north-theatre": ("north", "Operating theatre"),
    "north-lab": ("north", "Cell laboratory"),
    "north-ward": ("north", "Ward"),
    "south-apheresis": ("south", "Apheresis"),
    "south-lab": ("south", "Cell laboratory"),
    "south-ward": ("south", "Ward"),
    "west-apheresis": ("west", "Apheresis"),
    "west-ward": ("west", "Ward"),
    "west-cleanroom": ("west", "Clean room"),
    "west-testing": ("west", "Testing"),
    "works-production": ("works", "Production"),
    "works-store": ("works", "Cold store"),
    "lab-testing": ("lab", "Testing"),
    "wheels-van": ("wheels", "Van"),
}


@dataclass(frozen=True, slots=True)
class Staff:
    """One person: account, printed name, and the roles they hold at which units."""

    username: str
    printed_name: str
    roles: tuple[tuple[str, str], ...]


def _everywhere(role: str, *units: str) -> tuple[tuple[str, str], ...]:
    return tuple((role, unit) for unit in units)


_NORTH = ("north-apheresis", "north-ward")
_SOUTH = ("south-apheresis", "south-ward")
_WEST = ("west-apheresis", "west-ward")
_WORKS = ("works-production", "works-store")

STAFF = (
    Staff("carla", "Carla Coordinator", _everywhere("coordinator", *_NORTH, *_SOUTH)),
    Staff("ines", "Dr. Ines Okafor", _everywhere("treating_physician", *_NORTH)),
    Staff("jonas", "Dr. Jonas Brandt", _everywhere("treating_physician", *_SOUTH)),
    Staff("nina", "Nina Needle", _everywhere("apheresis_nurse", "north-apheresis")),
    Staff("nora", "Nora Nadel", _everywhere("apheresis_nurse", "north-apheresis")),
    Staff("noel", "Noël Naval", _everywhere("apheresis_nurse", "south-apheresis")),
    Staff("nadia", "Nadia Novak", _everywhere("apheresis_nurse", "south-apheresis")),
    Staff("leo", "Leo Lab", _everywhere("cell_lab_technologist", "north-lab")),
    Staff("lena", "Lena O'Lab", _everywhere("cell_lab_technologist", "north-lab")),
    Staff("luc", "Luc Labo", _everywhere("cell_lab_technologist", "south-lab")),
    Staff("lise", "Lise Labo", _everywhere("cell_lab_technologist", "south-lab")),
    Staff("ivo", "Ivo Infusion", _everywhere("infusion_nurse", "north-ward")),
    Staff("irma", "Irma Infusion", _everywhere("infusion_nurse", "north-ward")),
    Staff("iris", "Iris Infusion", _everywhere("infusion_nurse", "north-ward")),
    Staff("jan", "Jan Infusion", _everywhere("infusion_nurse", "south-ward")),
    Staff("julie", "Julie Infusion", _everywhere("infusion_nurse", "south-ward")),
    Staff("judith", "Judith Infusion", _everywhere("infusion_nurse", "south-ward")),
    Staff("paula", "Paula Planner", _everywhere("manufacturing_planner", "works-production")),
    Staff("mia", "Mia Maker", _everywhere("manufacturing_technician", *_WORKS)),
    Staff("milo", "Milo Maker", _everywhere("manufacturing_technician", *_WORKS)),
    Staff("max", "Max Verifier", _everywhere("manufacturing_verifier", "works-production")),
    Staff("queenie", "Queenie Quality", _everywhere("qa_reviewer", "works-production")),
    Staff("quirin", "Quirin Quality", _everywhere("qa_reviewer", "works-production")),
    Staff("mona", "Dr. Mona Moreau", _everywhere("medical_monitor", "works-production")),
    Staff("quentin", "Dr. Quentin Release", _everywhere("qualified_person", "works-production")),
    Staff("quinn", "Dr. Quinn Release", _everywhere("qualified_person", "works-production")),
    # Whoever reviews a trail took no part: in a life with many exceptions all the others do.
    Staff("quill", "Quill Quality", _everywhere("qa_reviewer", "works-production")),
    Staff("anna", "Anna Analyst", _everywhere("qc_analyst", "lab-testing")),
    Staff("abel", "Abel Analyst", _everywhere("qc_analyst", "lab-testing")),
    Staff("omar", "Omar Driver", _everywhere("courier", "wheels-van")),
    Staff("olga", "Olga Driver", _everywhere("courier", "wheels-van")),
    Staff("silvia", "Dr. Silvia Scalpel", _everywhere("surgeon", "north-theatre")),
    Staff("theo", "Theo Theatre", _everywhere("theatre_nurse", "north-theatre")),
    Staff("thea", "Thea Theatre", _everywhere("theatre_nurse", "north-theatre")),
    Staff("walter", "Walter Coordinator", _everywhere("coordinator", *_WEST)),
    Staff("wanda", "Dr. Wanda de Wit", _everywhere("treating_physician", *_WEST)),
    Staff("wilma", "Wilma Needle", _everywhere("apheresis_nurse", "west-apheresis")),
    Staff("wim", "Wim Needle", _everywhere("apheresis_nurse", "west-apheresis")),
    Staff("wade", "Wade Infusion", _everywhere("infusion_nurse", "west-ward")),
    Staff("willa", "Willa Infusion", _everywhere("infusion_nurse", "west-ward")),
    Staff("wren", "Wren Infusion", _everywhere("infusion_nurse", "west-ward")),
    Staff("will", "Will Planner", _everywhere("manufacturing_planner", "west-cleanroom")),
    Staff("wendy", "Wendy Maker", _everywhere("manufacturing_technician", "west-cleanroom")),
    Staff("werner", "Werner Maker", _everywhere("manufacturing_technician", "west-cleanroom")),
    Staff("wolf", "Wolf Verifier", _everywhere("manufacturing_verifier", "west-cleanroom")),
    Staff("winnie", "Winnie Quality", _everywhere("qa_reviewer", "west-cleanroom")),
    Staff("wesley", "Wesley Quality", _everywhere("qa_reviewer", "west-cleanroom")),
    Staff("warren", "Dr. Warren Moreau", _everywhere("medical_monitor", "west-ward")),
    Staff("wyatt", "Dr. Wyatt Release", _everywhere("qualified_person", "west-cleanroom")),
    Staff("whitney", "Dr. Whitney Release", _everywhere("qualified_person", "west-cleanroom")),
    # Somebody is left who took no part in a therapy, and can review its trail.
    Staff("wilfred", "Wilfred Quality", _everywhere("qa_reviewer", "west-cleanroom")),
    Staff("wayne", "Wayne Analyst", _everywhere("qc_analyst", "west-testing")),
    Staff("willow", "Willow Analyst", _everywhere("qc_analyst", "west-testing")),
)


def holders(role: str) -> tuple[str, ...]:
    """The user names of everybody who holds the role, at whichever unit."""
    return tuple(one.username for one in STAFF if role in {held for held, _ in one.roles})


PATIENTS: tuple[Mapping[str, str], ...] = tuple(
    {
        "family_name": family,
        "given_name": given,
        "birth_date": born,
        "sex": sex,
        "medical_record_number": number,
    }
    for family, given, born, sex, number in (
        ("Wuckert783", "Anissa357", "1959-05-26", "F", "86b97fc7"),
        ("Bartoletti50", "Danae973", "1958-04-11", "F", "f1678bde"),
        ("Konopelski743", "Carmelia328", "2000-11-21", "F", "71ba0469"),
        ("Grant908", "Alane21", "1940-04-05", "F", "cdef53d5"),
        ("Greenholt190", "Sammie902", "1939-12-12", "M", "799d0738"),
        ("Adams676", "Kevin729", "1958-04-27", "M", "bae73dce"),
        ("Roberts511", "Elroy493", "1939-06-11", "M", "9e081e53"),
        ("Barton704", "Bradford382", "1939-06-11", "M", "0780f97f"),
    )
)
