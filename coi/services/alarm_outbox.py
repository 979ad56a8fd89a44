"""What each address is still to be told by e-mail: each thing once, and no kind at another's cost.

However many errors nobody foresaw there are, they are one line with a number; of what rings of
therapies, so many are named for each kind, and what is more is counted. Nothing pushes out another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

MOST_NAMED = 200
"""Things of one kind that one address is told by name at once; what is more is counted."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to say: its kind, in words that name nobody, and at which sites somebody acts."""

    kind: str
    what: str
    sites: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something was, and when first."""

    first_at: str
    number: int = 1

    def and_then(self, later: "Counted") -> "Counted":
        """Both together."""
        return replace(self, number=self.number + later.number)


@dataclass(slots=True)
class Box:
    """What one address is to be told, oldest first."""

    named: dict[tuple[str, str], Counted] = field(default_factory=dict)  # by kind and words
    beyond: dict[str, Counted] = field(default_factory=dict)  # by kind: what is not named

    def put(self, at: str, said: Said) -> bool:
        """Keep it; returns whether it is the first of its kind that is only counted."""
        return self._put(said.kind, said.what, Counted(at))

    def put_behind(self, later: "Box") -> None:
        """Keep what came later behind this."""
        for (kind, what), counted in later.named.items():
            self._put(kind, what, counted)
        for kind, counted in later.beyond.items():
            self._count(kind, counted)

    def _put(self, kind: str, what: str, counted: Counted) -> bool:
        if before := self.named.get((kind, what)):
            self.named[kind, what] = before.and_then(counted)
        elif sum(of == kind for of, _what in self.named) < MOST_NAMED:
            self.named[kind, what] = counted
        else:
            return self._count(kind, counted)
        return False

    def _count(self, kind: str, counted: Counted) -> bool:
        before = self.beyond.get(kind)
        self.beyond[kind] = before.and_then(counted) if before else counted
        return before is None

    def subject(self) -> str:
        """What came first, and how much more there is."""
        what = next(what for _kind, what in self.named)
        every = (*self.named.values(), *self.beyond.values())
        more = sum(one.number for one in every) - 1
        return f"{what} And {more} more" if more else what

    def lines(self) -> Iterable[str]:
        """What happened, and when first."""
        for (_kind, what), one in self.named.items():
            yield f"{one.first_at} {what}" + (f" ({one.number} times)" if one.number > 1 else "")
        for kind, one in self.beyond.items():
            yield f"{one.first_at} And {one.number} more of this kind, not named here: {kind}"


def addresses_for(told: Iterable[str], sites: frozenset[str]) -> tuple[str, ...]:
    """Of `address` and `site=address`: who is told of everything, and who at the sites."""
    named = (one.rpartition("=") for one in told)
    return tuple(
        dict.fromkeys(address for site, _is, address in named if not site or site in sites)
    )


def sites_named(told: Iterable[str]) -> frozenset[str]:
    """The sites that have an address of their own."""
    return frozenset(one.rpartition("=")[0] for one in told) - {""}
