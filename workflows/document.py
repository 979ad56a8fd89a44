"""YAML text as plain values, with the line on which each of them stands.

A small part of YAML 1.2 is read: mappings with words as keys, lists, text, whole and decimal
numbers, true, false and null. `on`, `no` and `2026-01-01` are text; decimals are exact.

libyaml finds the words, where PyYAML came with it: seven times as fast, and every command that
looks at a therapy waits for it.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from workflows.problem import DefinitionError, Problem

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12

Plain = None | bool | int | Decimal | str | list["Plain"] | dict[str, "Plain"]

_WORDS: Mapping[str, Callable[[str], Plain]] = {
    "tag:yaml.org,2002:null": lambda _: None,
    "tag:yaml.org,2002:bool": lambda word: word == "true",
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": Decimal,
    "tag:yaml.org,2002:str": str,
}


@dataclass(frozen=True, slots=True)
class Document:
    """A definition's text as values, with the line of each place."""

    value: Plain
    lines: Mapping[str, int]

    def locate(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems, each with the line of its place or of the nearest place around it."""
        return tuple(
            Problem(found.place, found.reason, found.mend, found.line or self._line(found.place))
            for found in problems
        )

    def _line(self, place: str) -> int | None:
        """The line of a place; of what it stands in, when the place itself is missing."""
        around = (
            known for known in self.lines if f"{place}.".startswith((f"{known}.", f"{known}["))
        )
        nearest = max(around, key=len, default="")
        return self.lines.get(nearest)


class _InPython(Reader, Scanner, Parser):
    """Finds the words without libyaml."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


if TYPE_CHECKING or not yaml.__with_libyaml__:
    _Words = _InPython
else:
    from yaml.cyaml import CParser as _Words


class _Loader(Composer, _Words, BaseResolver):
    """Composes nodes; refuses what a definition does not need and an attacker might."""

    def __init__(self, text: str) -> None:
        _Words.__init__(self, text)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Hashable) -> yaml.Node | None:
        """Compose one node, unless it is an alias, an anchor, of a foreign type, or too deep."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        # With aliases a short text unfolds into an endless one.
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refusal(event, "anchors and aliases are not read")
        if getattr(event, "tag", None):
            raise _refusal(event, "type tags are not read")
        if self.depth == MAX_DEPTH:
            raise _refusal(event, f"nested deeper than {MAX_DEPTH} levels")
        self.depth += 1
        node = super().compose_node(parent, index)  # type: ignore[arg-type]
        self.depth -= 1
        return node


def _only(tag: str, pattern: str, beginnings: str) -> None:
    """Read plain words of this pattern as values of this type."""
    tag = f"tag:yaml.org,2002:{tag}"
    _Loader.add_implicit_resolver(tag, re.compile(pattern), [*beginnings] or [""])


_Loader.yaml_implicit_resolvers = {}  # None of YAML 1.1, which reads `on`, `no` and 1:30 as others.
_only("null", "^null$", "n")
_only("null", "^$", "")
_only("bool", "^(true|false)$", "tf")
_only("int", r"^-?(0|[1-9][0-9]{0,17})$", "-0123456789")
_only("float", r"^-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}$", "-0123456789")


def _refusal(event: yaml.Event, reason: str) -> yaml.MarkedYAMLError:
    """An error at the place of a YAML event."""
    mark = cast("yaml.Mark", event.start_mark)  # The stubs foresee a loader in C as well.
    return yaml.MarkedYAMLError(problem=reason, problem_mark=mark)


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and what was wrong with it."""

    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def plain(self, node: yaml.Node, place: str) -> Plain:
        """The node as a plain value; its places and problems are kept."""
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(each, f"{place}[{n}]") for n, each in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        return _WORDS[node.tag](str(node.value))

    def _mapping(self, node: yaml.MappingNode, place: str) -> dict[str, Plain]:
        """A mapping whose keys are words, each standing there once."""
        found: dict[str, Plain] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            below = f"{place}.{key}" if place else str(key)
            line = key_node.start_mark.line + 1
            if not key_node.tag.endswith(":str"):
                self.problems.append(Problem(below, "is no word", "Use words as keys", line))
            elif key in found:
                reason = f"stands here twice, first on line {self.lines[below]}"
                self.problems.append(Problem(below, reason, "Keep one of the two", line))
            else:
                self.lines[below] = line
                found[key] = self.plain(value_node, below)
        return found


def read(text: str) -> Document:
    """The text as plain values.

    Raises:
        DefinitionError: it is too long, is no YAML, or says one thing twice.
    """
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        reason = f"is longer than {MAX_BYTES // 1024} KiB"
        raise DefinitionError([Problem("", reason, "Divide it into several workflows")])
    reading = _Reading()
    value = reading.plain(_compose(text), "")
    if reading.problems:
        raise DefinitionError(reading.problems)
    return Document(value, reading.lines)


def _compose(text: str) -> yaml.Node:
    """The tree of YAML nodes; an empty text is an empty mapping."""
    try:
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        reason = f"cannot be read: {error.problem or error.context}"
        raise DefinitionError([Problem("", reason, "Mend the YAML there", line)]) from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise DefinitionError(
            [Problem("", f"cannot be read: {error}", "Save it as UTF-8 text")]
        ) from error
    return node or yaml.MappingNode("tag:yaml.org,2002:map", [], *_start(text))


def _start(text: str) -> tuple[yaml.Mark, yaml.Mark]:
    """The very beginning, as the place of what is not there."""
    mark = yaml.Mark("definition", 0, 0, 0, text, 0)
    return mark, mark
