"""Writes the table of forgeries in docs/store.md: `python -m tests.store.document`."""

from pathlib import Path

from tests.store import test_attacks
from tests.store.attacks import AT_FIRST, ATTACKS, Attack

DOCUMENT = Path(__file__).parents[2] / "docs" / "store.md"
BEGIN = "<!-- the table of forgeries: written by `python -m tests.store.document` -->\n"
END = "<!-- end of the table -->\n"


def table() -> str:
    """Every forgery, in the words of its docstring, with the constraint that refuses it."""
    rows = "".join(
        f"| {_name(attack)} | {_sentence(attack)} | {_constraint(attack)} |\n"
        for attack in (*ATTACKS, *AT_FIRST)
    )
    return f"| Forgery | What is written | Refused by |\n|---|---|---|\n{rows}"


def with_table(text: str) -> str:
    """The document with the table as it must be now."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + table() + END + after


def _name(attack: Attack) -> str:
    return attack.forge.__name__.replace("_", " ").capitalize()


def _sentence(attack: Attack) -> str:
    first, _, _ = (attack.forge.__doc__ or "").partition("\n")
    return first.replace("|", "\\|")


def _constraint(attack: Attack) -> str:
    if not attack.refused_by:
        return "`coi verify` finds it"
    if attack.on_postgresql == attack.refused_by:
        return f"`{attack.refused_by}`"
    other = f"`{attack.on_postgresql}`" if attack.on_postgresql else "found by `coi verify`"
    return f"`{attack.refused_by}`; on PostgreSQL {other}"


if __name__ == "__main__":
    assert test_attacks  # importing it gathers the forgeries
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
