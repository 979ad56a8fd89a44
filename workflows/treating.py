"""Which hospital treats: the one that the order named, or the last one that took the patient over.

The hospital that treats asks another one; a physician there takes the patient over. From then on
the other one acts, and the first only on what it still has in hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

TREATING, ASKED, CALLED_OFF = FIELDS = ("treating_unit", "next_treating_unit", "change_off_because")
"""What is recorded of the therapy itself: the unit that treats, the one that is asked to, and why
nothing comes of it."""


@dataclass(frozen=True, slots=True)
class Named:
    """One record of it: in which field, on which occasion, and the site of the unit it names."""

    field: str
    occurrence: int  # the number of its entry, and one more
    site: str = ""


@dataclass(frozen=True, slots=True)
class Treatment:
    """Who treats, who is asked to, and who only has in hand what it has not given away yet."""

    treats: str = ""  # the site; '' where the definition names none
    asked: str = ""  # the site that has not answered yet
    former: frozenset[str] = frozenset()  # treated before, and does not now
    passing: frozenset[str] = frozenset()  # came in because it was asked, and has not treated

    @property
    def aside(self) -> frozenset[str]:
        """The sites that take part, and do not go on with the therapy."""
        return self.former | self.passing

    @property
    def out_of_it(self) -> frozenset[str]:
        """The sites that were asked, and of which nothing more is expected: they see nothing."""
        return self.passing - {self.asked}

    def of_whole(self, sites: frozenset[str]) -> frozenset[str]:
        """Those of the sites that see all of it: they go on with the therapy, or are asked to."""
        return sites - self.aside | (sites & {self.asked})


NOBODY = Treatment()
"""No hospital is named, such as in an order that is about to begin."""


def treatment(named: Iterable[Named], joined: Iterable[tuple[str, int]]) -> Treatment:
    """Who treats, from what is on record; `joined` is with which entry each site came in."""
    told = sorted(named, key=lambda one: one.occurrence)
    treated = [one for one in told if one.field == TREATING]
    asked = [one for one in told if one.field == ASKED]
    treats = treated[-1].site if treated else ""
    is_open = bool(asked) and told[-1] == asked[-1]
    invited = {(one.site, one.occurrence - 1) for one in asked}
    have_treated = {one.site for one in treated}
    return Treatment(
        treats=treats,
        asked=asked[-1].site if is_open else "",
        former=frozenset(have_treated - {treats}),
        passing=frozenset(site for site, _ in invited & {*joined} if site not in have_treated),
    )


def left_after(named: Iterable[Named], sites: frozenset[str]) -> int | None:
    """The entry in which another site took over what these had treated; None where none did."""
    told = sorted((one for one in named if one.field == TREATING), key=lambda one: one.occurrence)
    gone = [new for old, new in pairwise(told) if old.site in sites and new.site not in sites]
    return gone[-1].occurrence - 1 if gone else None
