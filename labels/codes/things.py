"""The other structures of ISBT 128: products, patients, lots, people and places.

What a product code, a blood group or a kind of collection means is told by tables that a site
imports; here they are codes.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from labels.codes import mod37_2
from labels.codes.donations import FACILITY
from labels.codes.refusals import no_such_day, wrong_check, wrong_length
from labels.codes.structure import Shape, Structure, as_count

PRODUCT: Final = "[A-Z][A-Z0-9][0-9A-Z]{3}"
FROM_ELSEWHERE: Final = "99"  # the division stands in a structure of its own
_FACILITY_OR_NONE: Final = f"{FACILITY}|00000"
EUROPEAN: Final = "SEC:"
_NO_EXPIRY: Final = "00000000"


@dataclass(frozen=True, slots=True)
class BloodGroup(Structure):
    """DS002: the code of a blood group, or of a special message such as autologous use."""

    shape = Shape("002", "=%", 4, "blood group", "([0-9A-Z]{2})([0-9A-Z])([0-9A-Z])")

    group: str
    phenotype: str
    antigens: str


@dataclass(frozen=True, slots=True)
class Product(Structure):
    """DS003: the code of what it is, of the kind of its collection, and of which part of it."""

    shape = Shape("003", "=<", 8, "product code", f"({PRODUCT})([0-9A-Z])([0-9A-Z][0-9a-z])")

    product: str
    collection: str
    division: str

    @property
    def division_is_elsewhere(self) -> bool:
        """Which part it is stands in a structure of its own (DS032), to be read with this one."""
        return self.division == FROM_ELSEWHERE


@dataclass(frozen=True, slots=True)
class Division(Structure):
    """DS032: which part of a divided product it is."""

    shape = Shape("032", "=,", 6, "product division", "([0-9A-Z]{6})")

    division: str


@dataclass(frozen=True, slots=True)
class PatientNumber(Structure):
    """DS025: a number of a patient, with the code of what it was printed on."""

    shape = Shape("025", "&#", 0, "patient number", "([0-9A-Za-z]{2})([0-9]{2})([0-9A-Za-z]+)")

    printed_on: str
    length: str
    number: str

    @classmethod
    def of(cls, printed_on: str, number: str) -> Self:
        """The structure for a number, whose length it tells."""
        return cls(printed_on, f"{len(number):02}", number)

    @classmethod
    def length_in(cls, content: str) -> int:
        """As many characters as it says, behind where they are told."""
        return 4 + as_count(content[2:4])

    def judge(self) -> None:
        """Refuse a number of another length than it says."""
        if len(self.number) != int(self.length):
            raise wrong_length(self.shape.name, f"{self.length} characters")


@dataclass(frozen=True, slots=True)
class Donor(Structure):
    """DS019: a donor, as a facility numbers donors."""

    shape = Shape("019", "=;", 21, "donor number", f"({FACILITY})([0-9]{{16}})")

    facility: str
    number: str

    @property
    def check(self) -> str:
        """The check character that is printed with the number."""
        return mod37_2.check_character(self.content)


@dataclass(frozen=True, slots=True)
class Staff(Structure):
    """DS020: a person who works at a facility."""

    shape = Shape("020", "='", 11, "staff number", f"({FACILITY})([0-9A-Za-z]{{6}})")

    facility: str
    number: str


@dataclass(frozen=True, slots=True)
class Consignment(Structure):
    """DS028: one shipment, and which of its containers this is; 00 stands on its papers."""

    shape = Shape(
        "028",
        "=$",
        16,
        "consignment number",
        f"({FACILITY})([0-9]{{2}})([0-9]{{5}})([0-9]{{2}})([0-9]{{2}})",
    )

    facility: str
    year: str
    number: str
    container: str
    containers: str


@dataclass(frozen=True, slots=True)
class Processor(Structure):
    """DS033: the facility that processed, and its own code of the product."""

    shape = Shape(
        "033", "&+", 11, "processing facility", f"({_FACILITY_OR_NONE})([0-9A-Za-z]{{6}})"
    )

    facility: str
    own_code: str


@dataclass(frozen=True, slots=True)
class ProcessorProduct(Structure):
    """DS034: the facility that processed, its own code of the product, and the product code."""

    shape = Shape(
        "034",
        "=/",
        16,
        "processor product identification",
        f"({_FACILITY_OR_NONE})([0-9A-Z]{{6}})({PRODUCT})",
    )

    facility: str
    own_code: str
    product: str


@dataclass(frozen=True, slots=True)
class EuropeanCode(Structure):
    """DS038: the Single European Code of tissues and cells; it has no check character.

    A country, a tissue establishment and its number of the donation; a coding system (A is ISBT
    128, B Eurocode, E the European list), its product, the part, and the day of expiry.
    """

    shape = Shape(
        "038",
        "&,4",
        40,
        "Single European Code",
        "([A-Z]{2})([0-9A-Z]{6})([0-9A-Z]{13})([ABE])([0-9A-Z]{7})([0-9A-Z]{3})([0-9]{8})",
    )

    country: str
    establishment: str
    donation: str
    system: str
    product: str
    part: str
    expiry: str

    @classmethod
    def typed(cls, text: str) -> Self:
        """Read the code as it is printed for people, in capitals; raises NotACode."""
        content = text.removeprefix(EUROPEAN).replace(" ", "")
        if len(content) != cls.shape.length:
            raise wrong_length(cls.shape.name, f"{cls.shape.length} characters")
        return cls.read(content)

    @property
    def expires_on(self) -> date | None:
        """The day of expiry; None where there is none."""
        if self.expiry == _NO_EXPIRY:
            return None
        try:
            return date(int(self.expiry[:4]), int(self.expiry[4:6]), int(self.expiry[6:]))
        except ValueError:
            raise no_such_day(self.shape.name) from None

    @property
    def text(self) -> str:
        """The code as it is printed for people: donation, space, product."""
        return f"{EUROPEAN} {self.content[:21]} {self.content[21:]}"

    def judge(self) -> None:
        """Refuse an expiry on a day that the calendar does not have."""
        _ = self.expires_on


@dataclass(frozen=True, slots=True)
class RegistryDonor(Structure):
    """DS039: a donor of a registry (GRID); its two check digits are those of MOD 37,2."""

    shape = Shape(
        "039", "&:", 19, "registry donor number", "([1-9][0-9]{3})([0-9A-Z]{13})([0-9]{2})"
    )

    issuer: str
    donor: str
    check: str

    def judge(self) -> None:
        """Refuse check digits that belong to another number."""
        if int(self.check) != mod37_2.check_value(self.issuer + self.donor):
            raise wrong_check(self.shape.name)
