"""Conditions written in SQL, and what is left of them when one thing is taken away."""

from collections.abc import Iterator
from dataclasses import dataclass

_TURNED = {
    "<=": "<",
    "<>": "=",
    ">=": ">",
    "<": "<=",
    "=": "<>",
    ">": ">=",
    "IS NOT NULL": "IS NULL",
    "IS NULL": "IS NOT NULL",
}
"""Each comparison, and the one that is put in its place; longer words are looked for first."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A condition with one thing changed, and what that was."""

    change: str
    condition: str


def changes(condition: str) -> Iterator[Changed]:
    """Every condition that differs in one branch, one demand or one comparison."""
    for word in (" OR ", " AND "):
        parts = split(condition, word)
        if len(parts) > 1:
            yield from _without_one(parts, word)
            yield from _with_one_changed(parts, word)
            return
    if condition.startswith("(") and condition.endswith(")"):
        for inner in changes(condition[1:-1]):
            yield Changed(inner.change, f"({inner.condition})")
        return
    yield from _turned(condition)


def split(condition: str, word: str) -> list[str]:
    """The parts of a condition that this word joins, outside all brackets and quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, character in enumerate(condition):
        quoted ^= character == "'"
        if not quoted:
            depth += (character == "(") - (character == ")")
            if depth == 0 and condition.startswith(word, at):
                parts.append(condition[start:at])
                start = at + len(word)
    return [*parts, condition[start:]]


def _without_one(parts: list[str], word: str) -> Iterator[Changed]:
    for at, part in enumerate(parts):
        rest = word.join(parts[:at] + parts[at + 1 :])
        yield Changed(f"without `{part}`", rest)


def _with_one_changed(parts: list[str], word: str) -> Iterator[Changed]:
    for at, part in enumerate(parts):
        for inner in changes(part):
            whole = word.join([*parts[:at], inner.condition, *parts[at + 1 :]])
            yield Changed(inner.change + _place(at, part, word), whole)


def _place(at: int, part: str, word: str) -> str:
    """In which of several branches a change was made."""
    first, *rest = split(part.removeprefix("(").removesuffix(")"), " AND ")
    return f", in branch {at + 1} (`{first}`)" if word == " OR " and rest else ""


def _turned(atom: str) -> Iterator[Changed]:
    for word, other in _TURNED.items():
        left, found, right = atom.partition(f" {word}")
        if found and (not right or right.startswith(" ")):
            turned = f"{left} {other}{right}"
            yield Changed(f"`{turned}` for `{atom}`", turned)
            return
