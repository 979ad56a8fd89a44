"""Which words an expression of a template says, and which of its values are texts of the product.

An expression says a text where it gives one to be shown: `'on hold' if one.held`, or one that it
hands to a macro. A name, a comparison and what another program reads is none. A value is a text of
the product by its name: `reason.sentence` is, `person.name` and what people typed are not.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

Find = Callable[[str], str]
"""Gives other words for a text; '' where there are none."""

PRODUCT_TEXTS = frozenset(
    {
        "caption",
        "class_before",
        "cleared",
        "do",
        "does",
        "done",
        "duty",
        "erased",
        "hint",
        "holder",
        "kind",
    }
    | {"meaning", "message", "moved", "next_step", "of_class", "off", "on", "phase", "policy"}
    | {"sentence", "standing", "state", "title", "verdict", "what", "words"}
)
"""What holds a sentence or a name that the product, or a definition of a therapy, gives."""

PRODUCT_TEXTS_OF = frozenset(
    {
        "error.reason",
        "field.unit",
        "job.why",
        "kept.why",
        "part.name",
        "problem.reason",
        "read_only.why",
    }
    | {"errors.unit", "finding.value", "kept.called", "kind.ends", "one.awaited", "stands.part"}
    | {"state.value"}
    | {"moved.custody_to", "moved.state_to", "one.problem", "thing.about"}
    | {"line.thing", "one.about", "one.thing"}  # what people call it, and its number
)
"""What holds one on some things, and on others what somebody typed."""

PRODUCT_TABLES = frozenset({"kinds", "meanings", "reasons", "way", "words"})
"""What gives one for a name, as in `reasons[name]`."""

_TOKEN = re.compile(
    r"(?P<mark>\{\{-?|-?\}\}|\{%-?|-?%\})|(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<name>[A-Za-z_]\w*)|(?P<space>\s+)"
    r"|(?P<sign>==|!=|<=|>=|\*\*|//|\d+|.)",
    re.DOTALL,
)
PRODUCT_FILTERS = frozenset(
    {"chain_in_words", "day", "local_minute", "own_minute", "role_in_words", "titles", "until"}
)
"""What makes a text of something: a time, a role, the names of steps."""

CASES = {"lower": "as_it_is", "capitalize": "begun"}
"""In other languages small letters are no matter of taste: what makes them small is left out."""

_KEEPS_ITS_WORDS = frozenset({"if", "elif", "for", "from", "extends", "include", "block", "macro"})
_READS = frozenset(
    {"equalto", "get", "groupby", "map", "may", "rejectattr", "replace", "selectattr", "sort"}
    | {"startswith", "strftime", "url_for", "mark", "getlist", "default", "disk", "join"}
)
"""What is handed to these is no text: it is a name, a form, or a sign between two texts."""

_COMPARES = frozenset({"==", "!=", "in", ":"})
_LOOKS = frozenset({"main big"})
"""How a button looks, which a macro is told."""

_LEAST = 3
_MARKUP = re.compile(r"[<>=_{}\\]|^\S*/|^[A-Z_ ]*$")


def _looks_up(open_: list[tuple[str, bool]]) -> bool:
    """What stands here is looked up: an index, or what a method or one of ours is given.

    It must be what it is: in other words nothing would be found. A macro is given what it shows.
    """
    return any(name == "[" or name.startswith(".") or name in _READS for name, _is_ours in open_)


class _Token(NamedTuple):
    kind: str
    source: str


def in_expression(source: str, find: Find) -> str:
    """The expression with other words for the texts that it says; values of ours are retold."""
    return _Expression(source, find).told()


class _Expression:
    """An expression or a statement, token by token."""

    def __init__(self, source: str, find: Find) -> None:
        self._find = find
        self._tokens = [_Token(str(m.lastgroup), m[0]) for m in _TOKEN.finditer(source)]
        self._words = [one.source for one in self._tokens if one.kind != "space"]
        self._is_statement = source.startswith("{%")
        self._goes_on = False

    def told(self) -> str:
        """How it is written in other words."""
        if self._is_statement and self._keyword() in _KEEPS_ITS_WORDS:
            return "".join(token.source for token in self._tokens)
        written: list[str] = []
        open_: list[tuple[str, bool]] = []
        at = -1
        for token in self._tokens:
            at += token.kind != "space"
            written.append(self._token(token, at, open_))
        return "".join(written)

    def _keyword(self) -> str:
        return next((word for word in self._words if word.isidentifier()), "")

    def _token(self, token: _Token, at: int, open_: list[tuple[str, bool]]) -> str:
        if token.kind == "string" and self._is_said(token.source, at, open_):
            return self._in_words(token.source)
        if token.source in CASES and self._word(at - 1) == "|" and not self._is_statement:
            return CASES[token.source]
        if token.kind == "name" and self._is_of_the_product(token.source, at):
            if self._word(at + 1) != "(" and not _looks_up(open_):
                return f"{token.source}|retold"
        elif token.source in {"(", "[", "{"}:
            before = self._word(at - 1)
            is_ours = token.source == "(" and self._is_named(before, at - 1)
            of_table = before in PRODUCT_TABLES or (before == "]" and self._goes_on)
            is_ours = is_ours or (token.source == "[" and of_table)
            is_ours = is_ours and not _looks_up(open_)
            called = f".{before}" if self._word(at - 2) == "." else before
            open_.append((called if token.source == "(" else token.source, is_ours))
        elif token.source in {")", "]", "}"} and open_ and open_.pop()[1]:
            self._goes_on = self._word(at + 1) == "["  # a table of tables
            return token.source if self._goes_on else f"{token.source}|retold"
        return token.source

    def _word(self, at: int) -> str:
        return self._words[at] if 0 <= at < len(self._words) else ""

    def _is_of_the_product(self, name: str, at: int) -> bool:
        after, before = self._word(at + 1), self._word(at - 1)
        is_value = after not in {"=", "==", "!=", ".", "[", "in", "is"}
        if before == "|":
            return name in PRODUCT_FILTERS and not self._is_statement
        is_ours = self._is_named(name, at)
        is_value = is_value and before not in {"==", "!=", "|", "set", "is"}
        return is_ours and is_value and not self._is_statement

    def _is_named(self, name: str, at: int) -> bool:
        if self._word(at - 1) == "|":
            return name in PRODUCT_FILTERS
        return name in PRODUCT_TEXTS or f"{self._word(at - 2)}.{name}" in PRODUCT_TEXTS_OF

    def _is_said(self, written: str, at: int, open_: list[tuple[str, bool]]) -> bool:
        text = written[1:-1]
        after, before = self._word(at + 1), self._word(at - 1)
        if after in _COMPARES or before in _COMPARES or after == "=":
            return False
        if (
            text in _LOOKS
            or _MARKUP.search(text)
            or any(name.lstrip(".") in _READS | {"[", "{"} for name, _ours in open_)
        ):
            return False
        letters = sum(map(str.isalpha, text))
        is_choice = after in {"if", "~"} or before in {"else", "~", "or", "{{", "{{-"}
        if is_choice and not self._is_statement and not open_:
            return letters >= _LEAST
        reads_as_text = " " in text.strip() or text[:1].isupper()
        return letters >= _LEAST and reads_as_text

    def _in_words(self, written: str) -> str:
        text = written[1:-1]
        told = self._find(text.strip())
        if not told:
            return written
        lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        quoted = told.replace("\\", "\\\\").replace(written[0], f"\\{written[0]}")
        return f"{written[0]}{lead}{quoted}{trail}{written[0]}"
