"""What entries registered outside their own chain's parts, gathered while the chains are told.

Sites, units, persons, accounts, workflows, label templates, parties, credentials, patients'
identities, and every commitment to an erasable text: the plain tables and the tables apart are
compared with these. So is what an entry says was erased: nothing else may be gone.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from coi.ledger.piles import Drawer, Pile, When
from coi.ledger.replay import Content
from coi.ledger.source import Row

# Said once more, because the verifier takes no word from the store that it judges.
NAMED_PARTIES = {
    "-": "nobody",
    "destroyed": "gone",
    "lost": "gone",
    "tested": "gone",
    "opened": "gone",
    "unpacked": "gone",
    "used": "gone",
}
"""The parties that are there before the first entry; so is the person '-', nobody."""

_SITE = ("id", "kind", "name", "country", "time_zone")
_REGISTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sites": ("site", _SITE),
    "persons": ("person", ("id", "kind")),
    "accounts": ("account", ("username", "person")),
    "workflows": ("workflow", ("name", "version", "hash")),
    "templates": ("label_template", ("name", "version", "hash", "layout")),
}
"""Register -> the table that it fills with its members, and with the entry's chain and seq."""

_VERSIONED = ("workflow", "label_template")
"""Tables of which a row is known by a name and a version."""

_APPROVED = "sha256:"
"""How an approval of a label template begins, before the hash of its layout."""

_CLOCK = ("clock", "-")
"""What an attestation is of, and about, by which a clock that had gone back was checked."""

ERASED = ""
"""What is laid down of something kept apart, when an entry says that it was erased."""

_ERASED: Mapping[str, tuple[str, tuple[str, ...], int]] = {
    "erased_texts": ("texts", ("commitment",), 1),
    "erased_keys": ("keys", ("patient",), 2),
    "erased_identities": ("identities", ("patient", "field"), 2),
}
"""Register -> the pile of what is erased, what its key is made of, and how many must sign."""

ERASE_AGAIN = "erase_again"
"""The action of an entry that a restored backup needs: what was erased before is erased in it too.

The program writes it, and nobody signs: two people did, in what is no longer there."""

_DIGITS = 64
_COMMITMENT = re.compile(r"[0-9a-f]+")

_KEYS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("party", "site", "unit", "person", "account", "chain", "therapy"), (str,)),
    **dict.fromkeys(_VERSIONED, (str, int)),
}
"""Plain table -> what its primary key is made of."""


_APART: Mapping[str, tuple[type, ...]] = {
    "credentials": (str,),
    "identities": (str, str),
    "keys": (str,),
    "texts": (str,),
}
"""Pile of what is kept apart -> what its key is made of."""

_REVIEWED: Mapping[str, tuple[type, ...]] = {"reviews": (str, str), "releases": (str, int)}
"""Pile of what a therapy's trail is asked about -> what its key is made of."""

REVIEW = "trail_review"
"""What an entry is about by which somebody reviewed the trail of a therapy."""


@dataclass(slots=True)
class Registered:
    """Expected rows of the plain tables by table and primary key, and commitments.

    Of chains that are told by several at once, `first` is 0 for the first of them and greater for
    each that stands behind it; `absorb` puts them together, in that order.
    """

    drawer: Drawer = field(default_factory=Drawer)
    first: int = 0
    rows: Mapping[str, Pile] = field(init=False)
    credentials: Pile = field(init=False)
    identities: Pile = field(init=False)
    keys: Pile = field(init=False)
    texts: Pile = field(init=False)
    reviews: Pile = field(init=False)  # therapy, and the hash of the entry that was read last
    releases: Pile = field(init=False)  # therapy and entry -> what a review of all before may name
    installed: dict[Row, str] = field(default_factory=dict)  # name and version -> hash
    programs: set[str] = field(default_factory=set)
    signed_by: dict[str, tuple[str, int]] = field(default_factory=dict)  # person -> where first
    workflows_used: dict[tuple[str, int, str], tuple[str, int]] = field(default_factory=dict)
    keepers: dict[str, str] = field(default_factory=dict)  # layout of a kept template -> by whom
    kept: list[tuple[tuple[str, int], str, int]] = field(default_factory=list)
    approved: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    wrongly_erased: list[tuple[tuple[str, int], str]] = field(default_factory=list)
    clock_checks: list[tuple[str, str]] = field(default_factory=list)  # when, and how far ahead
    set_back: list[tuple[tuple[str, int], str, str]] = field(default_factory=list)  # and after when

    def __post_init__(self) -> None:
        pile = partial(Pile, drawer=self.drawer, first=self.first)
        self.rows = {table: pile(*kinds) for table, kinds in _KEYS.items()}
        for name, kinds in (*_APART.items(), *_REVIEWED.items()):
            setattr(self, name, pile(*kinds))

    def begin(self) -> None:
        """Begin with what is there before the first entry, if these chains are the first."""
        if self.first:
            return
        for party, kind in NAMED_PARTIES.items():
            self._expect("party", (party,), (party, kind))
        self._expect("person", ("-",), ("-", "nobody", None, None))

    def add(self, content: Content, signed: Iterable[Content]) -> None:
        """Gather what one entry registers.

        Raises:
            KeyError, TypeError, ValueError: the content is not of format 1.
        """
        if content["seq"] == 0:
            self._open(content)
        if "registers" in content:
            self._register(content, content["registers"])
        if "workflow" in content:
            used = content["workflow"]
            key = (used["name"], used["version"], used["hash"])
            if key not in self.workflows_used:
                self.workflows_used[key] = (content["chain"], content["seq"])
        for signature in signed:
            self.signed_by.setdefault(signature["person"], (content["chain"], content["seq"]))
        self._approve(content, signed)
        self._check_clock(content, signed)
        self._review(content, signed)
        self._gather_texts(content, signed)
        # After what the entry itself names: it may erase a text to which it commits once more.
        self._erase(content, signed)

    def close(self) -> None:
        """Give back what was taken of the disk."""
        for pile in self.piles().values():
            pile.close()

    def absorb(self, later: "Registered") -> None:
        """Add what the chains behind these registered; where two say the same, the first counts."""
        theirs = later.piles()
        for name, pile in self.piles().items():
            pile.put_beside(theirs[name])
        self.installed |= later.installed
        self.programs |= later.programs
        self.keepers |= later.keepers
        self.kept += later.kept
        self.wrongly_erased += later.wrongly_erased
        self.clock_checks += later.clock_checks
        self.set_back += later.set_back
        self.signed_by = {**later.signed_by, **self.signed_by}
        self.workflows_used = {**later.workflows_used, **self.workflows_used}
        self.approved = {**later.approved, **self.approved}

    def piles(self) -> dict[str, Pile]:
        """Each pile by its name."""
        return {**self.rows, **{name: getattr(self, name) for name in (*_APART, *_REVIEWED)}}

    def _expect(self, table: str, key: Row, row: Row) -> None:
        self.rows[table].add(key, row)

    def _open(self, content: Content) -> None:
        """A chain begins, and with it perhaps a therapy."""
        chain, therapy = content["chain"], content.get("therapy")
        kind = "site" if therapy is None else "therapy"
        self._expect("chain", (chain,), (chain, kind))
        if therapy is not None:
            row = (therapy["coi"], "therapy", therapy["patient_id"], "patient", therapy["workflow"])
            self._expect("therapy", (therapy["coi"],), row)

    def _register(self, content: Content, registers: Content) -> None:
        at = (content["chain"], content["seq"])
        for party in registers.get("parties", ()):
            self._expect("party", (party["id"],), (party["id"], party["kind"]))
        for unit in registers.get("units", ()):
            self._expect(
                "unit", (unit["id"],), (unit["id"], "unit", unit["site"], unit["name"], *at)
            )
        for name, (table, fields) in _REGISTERS.items():
            for item in registers.get(name, ()):
                row = tuple(item[field] for field in fields)
                key = row[:2] if table in _VERSIONED else row[:1]
                self._expect(table, key, (*row, *at))
                if table == "workflow":
                    self.installed[key] = row[2]
                if table == "label_template":
                    self._keep(item, content)
        self.programs |= {
            person["id"] for person in registers.get("persons", ()) if person["kind"] == "service"
        }
        when = _when(content)
        for item in registers.get("credentials", ()):
            self.credentials.add((item["person"],), item["commitment"], when)
        for item in registers.get("keys", ()):
            self.keys.add((item["patient"],), item["commitment"], when)
        for item in registers.get("identities", ()):
            self.identities.add((item["patient"], item["field"]), item["commitment"], when)

    def _keep(self, item: Content, content: Content) -> None:
        """A site's own template is kept by somebody, in a version."""
        self.keepers[item["layout"]] = content["actor"]
        at = (content["chain"], content["seq"])
        self.kept.append((at, item["name"], item["version"]))

    def _approve(self, content: Content, signed: Iterable[Content]) -> None:
        """Somebody approves a label template, which may be one of the site's own."""
        for told in content.get("attestations", ()):
            if told.get("kind") == "template" and told["holds"]:
                layout = told["detail"].removeprefix(_APPROVED)
                at = (content["chain"], content["seq"])
                for person in (content["actor"], *(one["person"] for one in signed)):
                    self.approved.setdefault((layout, person), at)

    def _check_clock(self, content: Content, signed: Iterable[Content]) -> None:
        """Somebody signed that the clock is right now, and how far the record is ahead of it."""
        for told in content.get("attestations", ()):
            if (told.get("kind"), told.get("about")) == _CLOCK and any(signed):
                self.clock_checks.append((content["recorded_at"], told["valid_until"]))

    def _review(self, content: Content, signed: Iterable[Content]) -> None:
        """Somebody has read the trail of a therapy up to an entry of it, and signed for that."""
        told = content.get("document", {})
        if told.get("kind") == REVIEW and [one["person"] for one in signed] == [content["actor"]]:
            self.reviews.add((told["about"], told["hash"]))

    def _gather_texts(self, content: Content, signed: Iterable[Content]) -> None:
        """Every commitment to a text that may have been erased since."""
        when = _when(content)
        for signature in signed:
            self._commit(signature["printed_name"], when)
        for value in content.get("values", ()):
            self._commit(value["content"], when)
            self._commit(value["reason"], when)
            self._commit(value["limits"], when)  # of a file: the commitment to its content
        for turn in content.get("label_turns", ()):
            self._commit(turn["reason"], when)
        for attested in content.get("attestations", ()):
            self._commit(attested["detail"], when)
        for text in content.get("notes", {}).values():
            self._commit(text, when)
        self._commit(content.get("document", {}).get("picture", ""), when)

    def _commit(self, text: str, when: When) -> None:
        """Keep a commitment: 64 hex digits, which no other text here has."""
        if len(text) == _DIGITS and _COMMITMENT.fullmatch(text):
            self.texts.add((text,), None, when)

    def _erase(self, content: Content, signed: Iterable[Content]) -> None:
        """What an entry says was erased, signed by as many as that takes."""
        registers = content.get("registers", {})
        when, signers = _when(content), {one["person"] for one in signed}
        for name, (apart, parts, needed) in _ERASED.items():
            gone, pile = registers.get(name, ()), getattr(self, apart)
            for item in gone:
                pile.add(tuple(item[part] for part in parts), ERASED, when)
            if gone and len(signers) < needed and content["action"] != ERASE_AGAIN:
                what = f"says {name}, and is signed by {len(signers)} of {needed}"
                self.wrongly_erased.append(((content["chain"], content["seq"]), what))


def _when(content: Content) -> When:
    """When and where an entry says what it says: between chains the later time counts."""
    return content["recorded_at"], content["chain"], content["seq"]
