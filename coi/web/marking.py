"""Which words of a template are texts for people, and where they stand in it.

A template is written in English, as it is read. Each of its texts is a message: what stands between
two borders (of paragraphs, of cells, of conditions), with its values as `{name}` and its marks as
`<strong>` or `<a1>`; what stands in an attribute that is read aloud or seen; and each word that an
expression says. So no text can be left out of the catalogue, whoever writes the template.

Pure: text in, text out. `in_words_of(source, find)` gives the template with other words.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coi.web.marked_expressions import Find, in_expression

INLINE = frozenset(
    {"a", "abbr", "b", "code", "em", "i", "kbd", "q", "small", "span", "strong", "time"}
)
"""What stands within a sentence; every other element is a border of one."""

SPOKEN = frozenset({"alt", "aria-label", "placeholder", "title"})
"""Attributes that are seen or read aloud; and each that begins with `data-text`."""

_PIECES = re.compile(
    r"(?P<comment>\{#.*?#\}|<!--.*?-->|<!doctype[^>]*>)"
    r"|(?P<statement>\{%.*?%\})"
    r"|(?P<value>\{\{.*?\}\})"
    r"|(?P<tag></?[a-zA-Z](?:\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\"(?:\{\{.*?\}\}|\{%.*?%\}|[^\"])*\"|[^>\"])*>)"
    r"|(?P<text>(?:(?!\{[{%#]|<[a-zA-Z/!]).)+)",
    re.DOTALL | re.IGNORECASE,
)
_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
_ATTRIBUTE = re.compile(
    r"(?P<before>\s(?P<name>[a-z][a-z-]*)=\")"
    r"(?P<value>(?:\{\{.*?\}\}|\{%.*?%\}|[^\"])*)\"",
    re.DOTALL,
)
_ATTRIBUTES = '="'
"""What a macro writes into a tag is no sentence."""

_ENTITY = re.compile(r"&[a-zA-Z]+;|&#\w+;")
_PLACE = re.compile(r"\{(\w+)\}|</?[a-z]+\d*>")


class Unmarked(ValueError):
    """A template that cannot be read: what was found where something else should stand."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a template: its kind, and how it is written."""

    kind: str
    source: str

    @property
    def element(self) -> str:
        """The name of the element that a tag begins or ends."""
        found = _NAME.match(self.source)
        return found[1].lower() if found else ""

    @property
    def is_end(self) -> bool:
        """The tag ends its element."""
        return self.source.startswith("</")

    @property
    def says(self) -> bool:
        """There is a letter in it, outside what stands for a sign."""
        return self.kind == "text" and any(map(str.isalpha, _ENTITY.sub("", self.source)))


def pieces_of(source: str) -> list[Piece]:
    """A template cut into its pieces; together they are what it was."""
    pieces, at = [], 0
    while at < len(source):
        found = _PIECES.match(source, at)
        if not found or not found.lastgroup:
            raise Unmarked(source[at : at + 60])
        pieces.append(Piece(found.lastgroup, found[0]))
        at = found.end()
    return pieces


def messages_of(source: str) -> list[str]:
    """Every text of a template, in the order in which it is read; each once."""
    found: dict[str, None] = {}

    def note(message: str) -> str:
        found.setdefault(message)
        return ""

    in_words_of(source, note)
    return list(found)


def in_words_of(source: str, find: Find) -> str:
    """The template with the words that are found for each of its texts; '' leaves it as it is.

    What has no element is no page but a program that one shows, and has no words.
    """
    pieces = pieces_of(source)
    return _in_words(pieces, find) if any(one.kind == "tag" for one in pieces) else source


def _in_words(pieces: Iterable[Piece], find: Find) -> str:
    shown: list[str] = []
    run: list[Piece] = []
    is_verbatim = False
    for piece in pieces:
        if piece.kind == "tag" and piece.element == "pre":
            is_verbatim = not piece.is_end
        elif is_verbatim:
            piece = Piece("verbatim", piece.source)  # noqa: PLW2901 - what stands there is no text
        if piece.kind in {"text", "value"} or (piece.kind == "tag" and piece.element in INLINE):
            run.append(piece)
            continue
        shown += (_run(run, find), _border(piece, find))
        run = []
    return "".join(shown) + _run(run, find)


def _border(piece: Piece, find: Find) -> str:
    if piece.kind == "tag":
        return _tag(piece, find)
    if piece.kind == "statement":
        return in_expression(piece.source, find)
    return piece.source


def _tag(piece: Piece, find: Find) -> str:
    """A tag with the words of what is seen or read aloud of it."""

    def attribute(found: re.Match[str]) -> str:
        name = found["name"]
        if not (name in SPOKEN or name.startswith("data-text")):
            return found[0]
        return f'{found["before"]}{_in_words(pieces_of(found["value"]), find)}"'

    return _ATTRIBUTE.sub(attribute, piece.source) if piece.kind == "tag" else piece.source


def _run(run: list[Piece], find: Find) -> str:
    """What stands between two borders, with other words."""
    return "".join(_parts(_nodes(run), find))


@dataclass(frozen=True, slots=True)
class Node:
    """A piece, or an element within a sentence with what it holds."""

    piece: Piece
    inside: tuple["Node", ...] = ()
    end: Piece | None = None


def _nodes(run: Iterable[Piece]) -> list[Node | Piece]:
    """The elements of a run; a tag without its other half is left as a piece."""
    stack: list[tuple[Piece | None, list[Node | Piece]]] = [(None, [])]
    for piece in run:
        if piece.kind != "tag":
            stack[-1][1].append(Node(piece))
        elif not piece.is_end:
            stack.append((piece, []))
        elif (begun := stack[-1][0]) and begun.element == piece.element:
            _begun, inside = stack.pop()
            whole = all(isinstance(one, Node) for one in inside)
            made: list[Node | Piece] = (
                [Node(begun, tuple(one for one in inside if isinstance(one, Node)), piece)]
                if whole
                else [begun, *inside, piece]
            )
            stack[-1][1].extend(made)
        else:
            stack[-1][1].append(piece)
    flat: list[Node | Piece] = []
    for begun, inside in stack:
        flat += ([begun] if begun else []) + inside
    return flat


def _parts(nodes: Iterable[Node | Piece], find: Find) -> Iterator[str]:
    """Each sentence in its other words; half an element is a border."""
    sentence: list[Node] = []
    for node in nodes:
        if isinstance(node, Node):
            sentence.append(node)
            continue
        yield from _sentence(sentence, find)
        sentence = []
        yield _tag(node, find)
    yield from _sentence(sentence, find)


def _sentence(nodes: list[Node], find: Find) -> Iterator[str]:
    """One sentence; where only its elements say something, each of them is one."""
    if not any(node.piece.says for node in nodes):
        for node in nodes:
            yield from _alone(node, find)
        return
    first, last = 0, len(nodes)
    while _is_blank(nodes[first]):
        first += 1
    while _is_blank(nodes[last - 1]):
        last -= 1
    yield "".join(node.piece.source for node in nodes[:first])
    yield _Sentence(find).tell(nodes[first:last])
    yield "".join(node.piece.source for node in nodes[last:])


def _is_blank(node: Node) -> bool:
    return node.piece.kind == "text" and not node.piece.source.strip()


def _alone(node: Node, find: Find) -> Iterator[str]:
    if node.end:
        yield _tag(node.piece, find)
        yield from _sentence(list(node.inside), find) if node.inside else ()
        yield node.end.source
    elif node.piece.kind == "value":
        yield in_expression(node.piece.source, find)
    else:
        yield node.piece.source


class _Sentence:
    """A sentence on its way to other words: what stands in it for values and for marks."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._stands_for: dict[str, str] = {}

    def tell(self, nodes: Iterable[Node]) -> str:
        """The sentence in the words that are found, or as it was."""
        nodes = list(nodes)
        written = "".join(self._message(node) for node in nodes)
        lead = written[: len(written) - len(written.lstrip())]
        trail = written[len(written.rstrip()) :]
        message = " ".join(written.split())
        told = "" if _ATTRIBUTES in message else self._find(message)
        if not told:
            return "".join(self._unchanged(node) for node in nodes)
        return lead + _PLACE.sub(lambda place: self._stands_for[place[0]], told) + trail

    def _unchanged(self, node: Node) -> str:
        """As it was, but for the words of its values and attributes."""
        if not node.end:
            is_value = node.piece.kind == "value"
            return self._value(node.piece) if is_value else node.piece.source
        inside = "".join(self._unchanged(one) for one in node.inside)
        return f"{_tag(node.piece, self._find)}{inside}{node.end.source}"

    def _value(self, piece: Piece) -> str:
        return in_expression(piece.source, self._find)

    def _message(self, node: Node) -> str:
        if node.piece.kind == "value":
            return self._place(_name_of(node.piece.source), self._value(node.piece))
        if not node.end:
            return node.piece.source
        name = node.piece.element
        if node.piece.source != f"<{name}>":
            name = self._free(name, "<{}>")
        self._stands_for[f"<{name}>"] = _tag(node.piece, self._find)
        self._stands_for[f"</{name}>"] = node.end.source
        return f"<{name}>{''.join(map(self._message, node.inside))}</{name}>"

    def _place(self, name: str, stands_for: str) -> str:
        if self._stands_for.get(f"{{{name}}}", stands_for) != stands_for:
            name = self._free(name, "{{{}}}")
        self._stands_for[f"{{{name}}}"] = stands_for
        return f"{{{name}}}"

    def _free(self, name: str, form: str) -> str:
        number = 1
        while form.format(f"{name}{number}") in self._stands_for:
            number += 1
        return f"{name}{number}"


def _name_of(expression: str) -> str:
    """What a value is called in a message: the last name that its expression begins with."""
    found = re.match(r"\{\{-?\s*([\w.]*)", expression)
    name = (found[1] if found else "").rpartition(".")[2]
    return name if name.isidentifier() else "value"
