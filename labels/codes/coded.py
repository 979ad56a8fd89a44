"""The structures of ISBT 128 whose content is kept as one piece, because it is not used here."""

from dataclasses import dataclass

from labels.codes.structure import Shape, Structure, as_count


@dataclass(frozen=True, slots=True)
class Coded(Structure):
    """Base of the structures that are kept as one piece."""

    code: str


class Tested(Coded):
    """DS010: the code of special testing."""

    __slots__ = ()
    shape = Shape("010", "&(", 5, "special testing", "([0-9A-Z]{5})")


class RedCellAntigens(Coded):
    """DS012: antigens of red cells; never a blood group, though it starts like one."""

    __slots__ = ()
    shape = Shape("012", "=\\", 18, "red cell antigens", "([0-9A-Z]{18})")


class RedCellAntigensToo(Coded):
    """DS013: antigens of red cells, with their finding."""

    __slots__ = ()
    shape = Shape("013", "&\\", 18, "red cell antigens", "([0-9A-Z]{18})")


class PlateletAntigens(Coded):
    """DS014: antigens of platelets and white cells."""

    __slots__ = ()
    shape = Shape("014", "&{", 18, "platelet antigens", "([0-9A-Z]{18})")


class ContainerMade(Coded):
    """DS017: who made an empty container, and the number in its catalogue."""

    __slots__ = ()
    shape = Shape("017", "=)", 10, "container catalogue number", "([0-9A-Za-z]{10})")


class ContainerLot(Coded):
    """DS018: the lot of an empty container, with zeros before it."""

    __slots__ = ()
    shape = Shape("018", "&)", 10, "container lot", "([0-9A-Za-z]{10})")


class SupplyMade(Coded):
    """DS021: who made a supply, and the number in its catalogue."""

    __slots__ = ()
    shape = Shape("021", "=-", 10, "supply catalogue number", "([0-9A-Za-z]{10})")


class SupplyLot(Coded):
    """DS022: the lot of a supply, with zeros before it."""

    __slots__ = ()
    shape = Shape("022", "&-", 10, "supply lot", "([0-9A-Za-z]{10})")


class Markers(Coded):
    """DS027: the findings for infection markers."""

    __slots__ = ()
    shape = Shape("027", '&"', 18, "infection markers", "([0-9]{18})")


class Dimensions(Coded):
    """DS029: measures of a product: how many, and each in 14 characters."""

    __slots__ = ()
    shape = Shape("029", "&$", 0, "dimensions", "([0-9]{2}(?:[0-9A-Za-z]{14})*)")

    @classmethod
    def length_in(cls, content: str) -> int:
        """As many measures as it says, behind where they are told."""
        return 2 + 14 * as_count(content[:2])


class MedicalLot(Coded):
    """DS035: the lot of a medical product of human origin, with zeros before it."""

    __slots__ = ()
    shape = Shape("035", "&,1", 18, "product lot", "([0-9A-Za-z]{18})")


class MedicalSerial(Coded):
    """DS036: a further number of a medical product of human origin, with zeros before it."""

    __slots__ = ()
    shape = Shape("036", "&,2", 18, "further product number", "([0-9A-Za-z]{18})")
