"""A template's text as the fields of a form, and back: the form writes the text, which counts.

Every field is what somebody typed, right or wrong: of the written text the reader says what is
wrong. The order of a text stays, and the comment at its beginning; other comments do not.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, Literal, get_args

from labels.template_reader import TemplateRefused, plain_words

Sort = Literal["symbols", "slots", "rules"]
Row = Mapping[str, str]
Verb = Literal["add", "up", "down", "drop"]

SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
VERBS: Final[tuple[Verb, ...]] = get_args(Verb)
ABOUT: Final = ("name", "version", "title", "width_mm", "height_mm")
LISTS: Final = ("required", "accompanying")
LEFT_OFF: Final = "left_off"
FIELDS: Final[Mapping[Sort, tuple[str, ...]]] = {
    "symbols": ("payload", "kind", "x_mm", "y_mm", "width_mm", "height_mm", "module_mm"),
    "slots": (
        *("field", "when", "say", "x_mm", "y_mm", "width_mm", "size_pt", "smallest_pt"),
        *("face", "lines", "band"),
    ),
    "rules": ("x_mm", "y_mm", "width_mm"),
}
MOST: Final[Mapping[Sort, int]] = {"symbols": 20, "slots": 120, "rules": 40}
"""So many rows a form has at most; a label has no room for more."""

_NEW: Final[Mapping[Sort, Row]] = {
    "symbols": {
        "payload": "container",
        "kind": "data_matrix",
        "x_mm": "2.25",
        "y_mm": "2.25",
        "width_mm": "11",
        "height_mm": "11",
        "module_mm": "0.5",
    },
    "slots": {"x_mm": "2.25", "y_mm": "5", "width_mm": "20", "size_pt": "6"},
    "rules": {"x_mm": "2.25", "y_mm": "5", "width_mm": "20"},
}
_NUMBERS: Final = re.compile(r"version|lines|\w+_(mm|pt)")
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,8})(\.\d{1,12})?", re.ASCII)
_LARGEST: Final = 10**9
_SMALLEST_DIGIT: Final = -12
_WORD: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*", re.ASCII)
_NO_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""What YAML takes for something else than words."""

# What ends a line in YAML, or is no letter there, between quotes too.
_UNSEEN: Final = re.compile("[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_IN_TEXT: Final = "go on in the text"


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed: about the label, and the rows of each sort; '' is nothing typed.

    Of `about`, the fields of a list stand behind one another, with commas; those that are left off
    have a line each, with their words behind a colon.
    """

    comment: str
    about: Row
    rows: Mapping[Sort, tuple[Row, ...]]


# -- from a text -----------------------------------------------------------------------------------


def form_of(text: str) -> Form:
    """The fields of a text, which need not be a sound template.

    Raises:
        TemplateRefused: a form cannot show all of it.
    """
    words = plain_words(text)
    if not isinstance(words, Mapping):
        raise _not_shown("the template", "is no list of fields")
    known = {*ABOUT, *LISTS, LEFT_OFF, *SORTS}
    if strange := [str(key) for key in words if key not in known]:
        raise _not_shown(strange[0], "is no field of the form")
    about = {name: _typed(name, words.get(name)) for name in ABOUT}
    about |= {name: ", ".join(_listed(name, words.get(name))) for name in LISTS}
    about[LEFT_OFF] = "\n".join(_left_off(words.get(LEFT_OFF)))
    rows = {sort: tuple(_rows(sort, words.get(sort))) for sort in SORTS}
    return Form(_comment(text), about, rows)


def _not_shown(place: str, why: str) -> TemplateRefused:
    return TemplateRefused([f"{place}: {why}; {_IN_TEXT}"])


def _comment(text: str) -> str:
    """The lines of the comment at the beginning."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").removeprefix(" "))
    return "\n".join(lines)


def _typed(place: str, value: object) -> str:
    """A value as somebody would type it."""
    if value is None:
        return ""
    if isinstance(value, str) and not re.search(r"[\r\n]", value):
        return value
    if isinstance(value, bool) and place.endswith("band"):
        return "true" if value else ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _digits(place, value)
    raise _not_shown(place, "is no word and no number")


def _digits(place: str, number: float) -> str:
    # Asked first: of a number without end not even the digits can be told.
    if not abs(number) < _LARGEST:
        raise _not_shown(place, "is no size of a label")
    exact = Decimal(repr(number))
    if number and exact.adjusted() < _SMALLEST_DIGIT:
        raise _not_shown(place, "is no size of a label")
    told = f"{exact:f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def _listed(place: str, words: object) -> Iterator[str]:
    if not isinstance(words, list | None):
        raise _not_shown(place, "is no list")
    for n, word in enumerate(words or ()):
        if not isinstance(word, str) or not word or re.search(r"[\s,]", word):
            raise _not_shown(f"{place}[{n}]", "is no field")
        yield word


def _left_off(words: object) -> Iterator[str]:
    if not isinstance(words, Mapping | None):
        raise _not_shown(LEFT_OFF, "has no words behind its fields")
    for field, said in (words or {}).items():
        if not (isinstance(field, str) and isinstance(said, str)):
            raise _not_shown(LEFT_OFF, "has no words behind its fields")
        line = f"{field}: {said}"
        if [*_pairs(line)] != [(field, said)]:
            raise _not_shown(LEFT_OFF, "holds blanks that a form does not keep")
        yield line


def _rows(sort: Sort, listed: object) -> Iterator[Row]:
    if not isinstance(listed, list | None):
        raise _not_shown(sort, "is no list")
    if listed and len(listed) > MOST[sort]:
        raise _not_shown(sort, f"has more than {MOST[sort]} rows")
    for n, row in enumerate(listed or ()):
        place = f"{sort}[{n}]"
        if not isinstance(row, Mapping):
            raise _not_shown(place, "is no list of fields")
        if strange := [str(key) for key in row if key not in FIELDS[sort]]:
            raise _not_shown(f"{place}.{strange[0]}", "is no field of the form")
        yield {name: _typed(f"{place}.{name}", row.get(name)) for name in FIELDS[sort]}


# -- to a text -------------------------------------------------------------------------------------


def text_of_form(form: Form) -> str:
    """The text that says what was typed; what was left empty is not in it."""
    return "\n".join((*_heading(form), *_body(form))) + "\n"


def _heading(form: Form) -> Iterator[str]:
    for line in form.comment.splitlines():
        yield f"# {line}".rstrip()


def _body(form: Form) -> Iterator[str]:
    for name in ABOUT:
        if form.about.get(name):
            yield f"{name}: {_scalar(name, form.about[name])}"
    for name in LISTS:
        if listed := _separated(form.about.get(name, "")):
            yield f"{name}: [{', '.join(map(_word, listed))}]"
    if said := [*_pairs(form.about.get(LEFT_OFF, ""))]:
        yield f"{LEFT_OFF}: {{{', '.join(f'{_word(one)}: {_word(words)}' for one, words in said)}}}"
    for sort in SORTS:
        yield from _written(sort, form.rows.get(sort, ()))


def _written(sort: Sort, rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        if sort != "rules":  # a label without lines does not say so
            yield f"{sort}: []"
        return
    yield f"{sort}:"
    for row in rows:
        told = (f"{name}: {_scalar(name, row[name])}" for name in FIELDS[sort] if row.get(name))
        yield f"  - {{{', '.join(told)}}}"


def _separated(listed: str) -> list[str]:
    return [one for one in re.split(r"[\s,]+", listed) if one]


def _pairs(lines: str) -> Iterator[tuple[str, str]]:
    for line in lines.splitlines():
        field, _colon, words = line.partition(":")
        if line.strip():
            yield field.strip(), words.strip()


def _scalar(name: str, typed: str) -> str:
    """A field's value in YAML: a number where one belongs, and else words."""
    if name == "band" and typed == "true":
        return typed
    if _NUMBERS.fullmatch(name) and _NUMBER.fullmatch(typed.strip()):
        return typed.strip()
    return _word(typed)


def _word(words: str) -> str:
    """Words in YAML that are read as these words and as nothing else."""
    if _WORD.fullmatch(words) and words.lower() not in _NO_WORDS:
        return words
    quoted = json.dumps(words, ensure_ascii=False)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


# -- buttons ---------------------------------------------------------------------------------------


def pressed(form: Form, verb: Verb, sort: Sort, at: int) -> Form:
    """The form after a row was added at the end, moved by one place, or taken away.

    Where there is no such row, or no place for it, the form stays as it is.
    """
    rows = list(form.rows.get(sort, ()))
    if verb == "add":
        if len(rows) < MOST[sort]:
            rows.append({**dict.fromkeys(FIELDS[sort], ""), **_NEW[sort]})
    elif 0 <= at < len(rows):
        row = rows.pop(at)
        if verb != "drop":
            rows.insert(max(0, at + (1 if verb == "down" else -1)), row)
    return replace(form, rows={**form.rows, sort: tuple(rows)})


def from_fields(told: Mapping[str, Any]) -> Form:
    """The form of what a browser sends: `about-name`, `slots-count`, `slots-0-x_mm`, and so on."""
    about = {name: str(told.get(f"about-{name}", "")) for name in (*ABOUT, *LISTS, LEFT_OFF)}
    rows = {
        sort: tuple(
            {name: str(told.get(f"{sort}-{n}-{name}", "")) for name in FIELDS[sort]}
            for n in range(_counted(told.get(f"{sort}-count", ""), MOST[sort]))
        )
        for sort in SORTS
    }
    return Form(str(told.get("comment", "")), about, rows)


def _counted(typed: object, most: int) -> int:
    text = str(typed)
    return min(int(text), most) if re.fullmatch(r"[0-9]{1,4}", text) else 0
