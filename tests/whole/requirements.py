"""Writes the tables of docs/requirements.md: `python -m tests.whole.requirements`.

What is asked stands in requirements.yml, with the tests that prove it. A test names what it proves
in its docstring, by the same number; it need not stand in the table, which names a few of them.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "requirements.md"
LISTED = ROOT / "tests" / "whole" / "requirements.yml"
RISKS = ROOT / "tests" / "whole" / "risks.yml"
BEGIN = "<!-- the tables: written by `python -m tests.whole.requirements` -->\n"
END = "<!-- end of the tables -->\n"

PARTS = {
    "TL": "The ledger",
    "P11": "21 CFR Part 11",
    "A11": "EU GMP Annex 11, of 2011",
    "A11d": "EU GMP Annex 11, draft of 2025",
    "DI": "Guidance on data integrity",
    "WL": "What inspectors found elsewhere",
    "CL": "Clocks",
    "SEC": "Security",
    "F": "Faults",
    "LB": "Labels",
    "LD": "Load",
    "BD": "The bedside",
}
"""What the letters before a number stand for, in the order of the document."""

STATES = {
    "proven": "proven by test",
    "partly": "partly",
    "customer": "customer's procedure",
    "not yet": "not yet",
}
"""How each state is told."""

NUMBERS = re.compile(rf"\b(?:{'|'.join(PARTS)})-[0-9](?:[0-9a-z.]*[0-9a-z])?\b")


@dataclass(frozen=True)
class Requirement:
    """One thing that is asked: its number, in our own words, how far it is, and what shows that."""

    number: str
    asked: str
    state: str
    risk: str
    tests: tuple[str, ...] = ()
    remark: str = ""

    @property
    def part(self) -> str:
        """The letters before the number."""
        return self.number.partition("-")[0]


@cache
def requirements() -> tuple[Requirement, ...]:
    """All that is asked, in the order of the file, which takes a second to read."""
    risks = {number: risk for risk, numbers in by_risk().items() for number in numbers}
    return tuple(
        Requirement(
            number,
            told["asked"],
            told["state"],
            risks.get(number, ""),
            tuple(told.get("tests", ())),
            told.get("remark", ""),
        )
        for number, told in yaml.safe_load(LISTED.read_text("utf-8")).items()
    )


def by_risk() -> dict[str, list[str]]:
    """The numbers of each class of risk, the highest first."""
    told = yaml.safe_load(RISKS.read_text("utf-8"))
    return {risk: numbers.split() for risk, numbers in told.items()}


@cache
def known_tests() -> dict[str, str]:
    """Each test as `file::name`, with the docstrings of itself and of its file."""
    return {name: said for path in _files() for name, said in _tests_of(path)}


def _files() -> Iterator[Path]:
    return (ROOT / "tests").rglob("test_*.py")


def _tests_of(path: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(path.read_text("utf-8"))
    whole = ast.get_docstring(tree) or ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            own = ast.get_docstring(node) or ""
            yield f"{path.relative_to(ROOT).as_posix()}::{node.name}", f"{whole}\n{own}"


def tables() -> str:
    """How many there are of each state, and a table for each part."""
    asked = requirements()
    return _counts(asked) + _open(asked) + "".join(_table(part, asked) for part in PARTS)


def _counts(asked: list[Requirement]) -> str:
    by_part = {part: Counter(one.state for one in asked if one.part == part) for part in PARTS}
    head = f"| | {' | '.join(STATES.values())} |\n|---|{'---|' * len(STATES)}\n"
    rows = "".join(_count(PARTS[part], counted) for part, counted in by_part.items())
    return f"\n{head}{rows}{_count('together', Counter(one.state for one in asked))}"


def _open(asked: list[Requirement]) -> str:
    """What could harm a patient and is not proven, or not yet in whole: looked at first."""
    rows = "".join(
        f"| {one.number} | {one.asked} | {STATES[one.state]} | {one.remark} |\n"
        for one in asked
        if one.risk == "high" and one.state != "proven"
    )
    return (
        "\n## Of high risk, and not proven\n\n"
        "| | What is asked | State | What is missing, or whose it is |\n"
        f"|---|---|---|---|\n{rows}"
    )


def _count(title: str, counted: Mapping[str, int]) -> str:
    return f"| {title} | {' | '.join(str(counted[state]) for state in STATES)} |\n"


def _table(part: str, asked: list[Requirement]) -> str:
    rows = "".join(_row(one) for one in asked if one.part == part)
    return (
        f"\n## {PARTS[part]}\n\n"
        f"| | What is asked | Risk | State | Tests | What is missing, or whose it is |\n"
        f"|---|---|---|---|---|---|\n{rows}"
    )


def _row(one: Requirement) -> str:
    tests = " ".join(f"`{test.removeprefix('tests/')}`" for test in one.tests)
    told = (one.number, one.asked, one.risk, STATES[one.state], tests, one.remark)
    return f"| {' | '.join(told)} |\n"


def with_tables(text: str) -> str:
    """The document with the tables as they must be now."""
    return written_between(text, BEGIN, tables())


def written_between(text: str, begin: str, tables: str) -> str:
    """A document with these tables between the line where they begin and the one that ends them."""
    before, rest = text.split(begin)
    _, after = rest.split(END)
    return before + begin + tables + "\n" + END + after


if __name__ == "__main__":
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text("utf-8")), "utf-8")
