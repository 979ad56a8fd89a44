"""docs/identifiers.md explains each refusal of a code, and no other one."""

import ast
import re
from pathlib import Path

from labels.codes.naming import Dialect, is_off
from labels.identifiers import KINDS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "identifiers.md").read_text(encoding="utf-8")
SOURCES = [ROOT / "labels" / "identifiers.py", *(ROOT / "labels" / "codes").glob("*.py")]
REFUSING = {"NotACode"}
NAMES_OF_OFF = {is_off(one).code for one in Dialect if one is not Dialect.OURS}


def refusals(source: Path) -> set[str]:
    """Give each text with which a module makes a refusal of a code."""
    calls = (node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Call))
    firsts = (call.args[0] for call in calls if ast.unparse(call.func) in REFUSING)
    return {one.value for one in firsts if isinstance(one, ast.Constant)}


def test_each_refusal_is_explained():
    """Whoever reads a code on the screen finds it in the document."""
    explained = {
        code
        for line in TEXT.splitlines()
        if line.startswith("| `")
        for code in re.findall("`([A-Z0-9_]{4,})`", line.split(" | ")[0])
    }

    named_elsewhere = {"CHART_LABEL", "NOT_A_WRISTBAND", *NAMES_OF_OFF}

    assert explained - named_elsewhere == set().union(*map(refusals, SOURCES))


def test_each_kind_of_serial_is_named():
    """The letter and the name of each stand in the table."""
    assert [name for letter, name in KINDS.items() if f"{letter} {name}" not in TEXT] == []
