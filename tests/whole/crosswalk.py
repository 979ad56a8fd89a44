"""Writes the tables of docs/crosswalk.md: `python -m tests.whole.crosswalk`.

What ALCOA+ and HIPAA ask for stands in crosswalk.yml, as numbers of requirements.yml; the tests
that show it are those which the table of demands names.
"""

import yaml

from tests.whole.requirements import ROOT, STATES, Requirement, requirements, written_between

DOCUMENT = ROOT / "docs" / "crosswalk.md"
LISTED = ROOT / "tests" / "whole" / "crosswalk.yml"
BEGIN = "<!-- the tables: written by `python -m tests.whole.crosswalk` -->\n"


def crosswalk() -> dict[str, dict[str, list[str]]]:
    """Of each list its words, and of each word the numbers of what is asked here."""
    found: dict[str, dict[str, list[str]]] = yaml.safe_load(LISTED.read_text("utf-8"))
    return found


def tables() -> str:
    """A table for each list: word, number, what is asked, how far it is, a test."""
    asked = {one.number: one for one in requirements()}
    return "".join(
        f"\n## {title}\n\n| | What is asked here | State | A test of it |\n|---|---|---|---|\n"
        + "".join(
            _row(word if number == numbers[0] else "", asked[number])
            for word, numbers in words.items()
            for number in numbers
        )
        for title, words in crosswalk().items()
    )


def _row(word: str, one: Requirement) -> str:
    test = f"`{one.tests[0].removeprefix('tests/')}`" if one.tests else one.remark
    return f"| {word} | {one.number}: {one.asked} | {STATES[one.state]} | {test} |\n"


def with_tables(text: str) -> str:
    """The document with the tables as they must be now."""
    return written_between(text, BEGIN, tables())


if __name__ == "__main__":
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text("utf-8")), "utf-8")
