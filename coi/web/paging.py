"""A long list by pages: which part of it an address asks for, and what it was searched for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

ON_A_PAGE = 50
_LONGEST = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """One page of what was found."""

    shown: Sequence[T]
    number: int  # of all that was found
    page: int
    last: int
    wanted: str = ""  # what was searched for

    @property
    def again(self) -> Mapping[str, str | int]:
        """How the address tells this page; nothing of the first one of everything."""
        told = {"q": self.wanted, "page": self.page if self.page > 1 else ""}
        return {name: one for name, one in told.items() if one}


def searched() -> str:
    """What the address searches for; '' for everything."""
    return request.args.get("q", "").strip()[:_LONGEST]


def part_of(found: Sequence[T], most: int = ON_A_PAGE) -> Part[T]:
    """The page that the address asks for; the last one where there are not so many."""
    last = max(1, -(-len(found) // most))
    page = min(max(1, request.args.get("page", 1, int)), last)
    return Part(found[(page - 1) * most : page * most], len(found), page, last, searched())
