"""A template's text as a `Template`: read strictly, shaped, and proven to be sound.

The text may come from somebody's editor: it is small, a plain part of YAML, and everything wrong
with it is told at once, each with its place.
"""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, get_args

import yaml
from marshmallow import Schema, ValidationError, fields, post_load, validate
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import Resolver
from yaml.scanner import Scanner

from labels.errors import LabelError
from labels.layout import Rule, Slot, SymbolKind, SymbolSlot, Template
from labels.template_checks import faults

MAX_CHARACTERS: Final = 64 * 1024
MOST_PROBLEMS: Final = 200
_DEEPEST: Final = 8  # what a template needs is four
_NAME: Final = validate.Regexp(r"[a-z][a-z0-9-]{0,40}\Z")
_FIELD: Final = validate.Regexp(r"[a-z][a-z0-9_]{0,40}\Z")
_WORDS: Final = validate.Regexp(r".*\S", error="Says nothing.")
_DIGITS: Final = re.compile(
    r"-?([0-9]|[1-9][0-9]+)(\.[0-9]+)?(e[-+]?[0-9]+)?|[-+]?\.(inf|nan)", re.IGNORECASE
)
_NUMBERS: Final = frozenset({"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"})
_MERGE: Final = "tag:yaml.org,2002:merge"


class TemplateRefused(LabelError):
    """A template cannot be used; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Carry the sentences, each of which begins with the place of what it is about."""
        super().__init__("TEMPLATE_REFUSED", "; ".join(problems), "Mend the template.")
        self.problems = tuple(problems)


def read_template(text: str) -> Template:
    """Read a template in the format of docs/labels.md; raises TemplateRefused."""
    words = plain_words(text)
    try:
        template: Template = _TemplateSchema().load(words)
    except ValidationError as error:
        raise TemplateRefused(_first(_sentences(error.messages))) from error
    if found := _first(faults(template)):
        raise TemplateRefused(found)
    return template


def _first(problems: Iterator[str]) -> list[str]:
    """So many that somebody could mend them: a thousand texts overlap in half a million ways."""
    told = list(islice(problems, MOST_PROBLEMS + 1))
    if len(told) > MOST_PROBLEMS:
        told[-1] = "the template: has more problems than these"
    return told


def plain_words(text: str) -> Any:  # noqa: ANN401 - what a stranger wrote; the schema says what it is
    """What a text says, before it is asked whether that is a template; raises TemplateRefused."""
    if len(text) > MAX_CHARACTERS:
        raise TemplateRefused([f"the template: is longer than {MAX_CHARACTERS} characters"])
    try:
        return _plain(text)
    except yaml.YAMLError as error:
        raise TemplateRefused([f"the template: {_told(error)}"]) from error


# -- the words -------------------------------------------------------------------------------------


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


class _Loader(Composer, _Words, SafeConstructor, Resolver):
    """Refuses what a template does not need: aliases, type tags, a key that stands there twice."""

    def __init__(self, text: str) -> None:
        _Words.__init__(self, text)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Hashable) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        # With aliases a short text unfolds into an endless one.
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.YAMLError("anchors and aliases are not read")
        if getattr(event, "tag", None):
            raise yaml.YAMLError("type tags are not read")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise yaml.YAMLError(f"is nested deeper than {_DEEPEST} times")
        node = super().compose_node(parent, index)  # type: ignore[arg-type]
        self._depth -= 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - as PyYAML declares it
        # To YAML 1:30 is ninety, and 010 is eight: whoever looks at the text reads something else.
        if node.tag in _NUMBERS and not _DIGITS.fullmatch(node.value):
            raise yaml.YAMLError(f"'{node.value[:20]}' is not written as a number is read")
        return super().construct_object(node, deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - as PyYAML declares it
        known: set[str] = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.YAMLError("a key is no word")
            # What is merged stands there twice, and whoever reads the text sees one of them.
            if key.tag == _MERGE:
                raise yaml.YAMLError("keys are not merged")
            if key.value in known:
                raise yaml.YAMLError(f"'{key.value}' stands there twice")
            known.add(key.value)
        return super().construct_mapping(node, deep)


def _plain(text: str) -> Any:  # noqa: ANN401 - as above
    try:
        return _Loader(text).get_single_data()
    except (ValueError, OverflowError) as error:
        # It looks like a number or a date, and there is none like it.
        raise yaml.YAMLError("a number or a date in it is none") from error


def _told(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or str(error)
    return f"{reason} (line {mark.line + 1})" if mark else reason


# -- the shapes ------------------------------------------------------------------------------------


class _Number(fields.Float):
    """A number that was written as one: '3' in quotes, true and infinity are none."""

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> float:  # noqa: ANN401 - as marshmallow declares it
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return float(super()._deserialize(value, *rest, **more) or 0)


def _seen(text: str) -> None:
    """A title stands on pages and in sentences; it turns none of them around."""
    if not text.isprintable():
        raise ValidationError("Holds characters that cannot be seen.")


def _mm(**more: Any) -> _Number:  # noqa: ANN401 - as marshmallow's own
    return _Number(validate=validate.Range(0, 400), **more)


def _pt(**more: Any) -> _Number:  # noqa: ANN401 - as marshmallow's own
    return _Number(validate=validate.Range(0, 200), **more)


class _SlotSchema(Schema):
    x_mm = _mm(required=True)
    y_mm = _mm(required=True)
    width_mm = _mm(required=True)
    size_pt = _pt(required=True)
    smallest_pt = _pt()
    field = fields.String(validate=_FIELD)
    when = fields.String(validate=_FIELD)
    say = fields.String(validate=[validate.Length(1, 200), _WORDS])
    face = fields.String(validate=validate.OneOf(("regular", "bold", "mono")))
    lines = fields.Integer(strict=True, validate=validate.Range(1, 9))
    band = fields.Boolean(truthy={True}, falsy={False})

    @post_load
    def made(self, given: dict[str, Any], **_: object) -> Slot:
        """A slot."""
        return Slot(**given)


class _SymbolSchema(Schema):
    payload = fields.String(required=True, validate=_FIELD)
    kind = fields.String(required=True, validate=validate.OneOf(get_args(SymbolKind)))
    x_mm = _mm(required=True)
    y_mm = _mm(required=True)
    width_mm = _mm(required=True)
    height_mm = _mm(required=True)
    module_mm = _mm(required=True)

    @post_load
    def made(self, given: dict[str, Any], **_: object) -> SymbolSlot:
        """The place of a symbol."""
        return SymbolSlot(**given)


class _RuleSchema(Schema):
    x_mm = _mm(required=True)
    y_mm = _mm(required=True)
    width_mm = _mm(required=True)

    @post_load
    def made(self, given: dict[str, Any], **_: object) -> Rule:
        """A line."""
        return Rule(**given)


class _TemplateSchema(Schema):
    name = fields.String(required=True, validate=_NAME)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100_000))
    title = fields.String(required=True, validate=[validate.Length(1, 80), _WORDS, _seen])
    width_mm = _mm(required=True)
    height_mm = _mm(required=True)
    required = fields.List(fields.String(validate=_FIELD))
    accompanying = fields.List(fields.String(validate=_FIELD))
    left_off = fields.Dict(
        fields.String(validate=_FIELD), fields.String(validate=[validate.Length(1, 80), _WORDS])
    )
    symbols = fields.List(fields.Nested(_SymbolSchema), required=True)
    slots = fields.List(fields.Nested(_SlotSchema), required=True)
    rules = fields.List(fields.Nested(_RuleSchema))

    @post_load
    def made(self, given: dict[str, Any], **_: object) -> Template:
        """A template, whose lists nobody can change any more."""
        given["left_off"] = sorted(given.get("left_off", {}).items())
        lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
        return Template(**given | lists)


def _sentences(messages: Any, place: str = "") -> Iterator[str]:  # noqa: ANN401 - a tree of them
    """Each message with its place, like `slots[3].size_pt: Not a valid number.`."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            if key == "_schema":
                yield from _sentences(below, place)
            elif isinstance(key, int):
                yield from _sentences(below, f"{place}[{key}]")
            else:
                yield from _sentences(below, f"{place}.{key}" if place else str(key))
    else:
        for message in messages:
            yield f"{place or 'the template'}: {message}"
