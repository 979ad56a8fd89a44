"""Writes what of the client the description says: `python -m tests.coi.client.made`."""

import json
import keyword
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from coi.api import interface
from coi.api.resources import RESOURCES

HERE = Path(__file__).parents[3] / "coi" / "client"
MADE = "Written by `python -m tests.coi.client.made` from the description; not to be edited."
_PLAIN = {"string": "str", "integer": "int", "boolean": "bool", "number": "float", "null": "None"}
_METHODS = ("get", "post", "put", "patch", "delete")
Told = Mapping[str, Any]


@cache
def made() -> dict[Path, str]:
    """Each file with the text that it must have now."""
    described = interface._described(RESOURCES)  # noqa: SLF001 - the same without an application
    calls = defaultdict(list)
    for path, methods in described["paths"].items():
        for method in _METHODS:
            if method in methods:
                calls[methods[method]["tags"][0]].append((method, path, methods[method]))
    files = {HERE / "told.py": _told(described["components"]["schemas"])}
    for tag, found in calls.items():
        files[HERE / "calls" / f"{_name(tag)}.py"] = _calls(tag, found)
    files[HERE / "calls" / "__init__.py"] = _together(calls)
    return {path: _formatted(text) for path, text in files.items()}


def snake(name: str) -> str:
    """A name of the description as Python writes it."""
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()


def _name(tag: str) -> str:
    return tag.removeprefix("api_")


def _class(tag: str) -> str:
    return f"{_name(tag).title().replace('_', '')}Calls"


def _formatted(text: str) -> str:
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, "format", "--line-length", "100", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


# -- what is sent and answered ---------------------------------------------------------------------


def _told(schemas: Mapping[str, Told]) -> str:
    body = "\n\n".join(_dictionary(name, told) for name, told in sorted(schemas.items()))
    return (
        f'"""What is sent and answered, as typed dictionaries.\n\n{MADE}\n"""\n\n'
        f"from typing import Any, NotRequired, TypedDict\n\n{body}\n"
    )


def _dictionary(name: str, told: Told) -> str:
    """A schema; where a name is a word of Python, in the other way of writing it."""
    required = set(told.get("required", ()))
    types = {one: _type(what, quoted="") for one, what in told.get("properties", {}).items()}
    types = {n: t if n in required else f"NotRequired[{t}]" for n, t in types.items()}
    if any(keyword.iskeyword(one) for one in types):
        inside = ", ".join(f'"{one}": "{text}"' for one, text in types.items())
        return f'{name} = TypedDict("{name}", {{{inside}}})\n'
    lines = "".join(f'    {one}: "{text}"\n' for one, text in types.items())
    about = f'    """`{name}` of the description."""\n'
    return f"class {name}(TypedDict):\n{about}\n{lines}"


def _type(told: Told, quoted: str) -> str:
    if "$ref" in told:
        return quoted + told["$ref"].rpartition("/")[2]
    if "anyOf" in told:
        return " | ".join(_type(one, quoted) for one in told["anyOf"])
    if "allOf" in told:
        return _type(told["allOf"][0], quoted)
    kinds = told.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(_of_kind(kind, told, quoted) for kind in kinds) or "Any"


def _of_kind(kind: str, told: Told, quoted: str) -> str:
    if kind == "array":
        return f"list[{_type(told['items'], quoted)}]"
    if kind == "object":
        more = told.get("additionalProperties")
        return f"dict[str, {_type(more, quoted) if isinstance(more, dict) and more else 'Any'}]"
    return _PLAIN[kind]


# -- calls -----------------------------------------------------------------------------------------


def _calls(tag: str, found: list[tuple[str, str, Told]]) -> str:
    body = "\n".join(_call(*one) for one in found)
    uses = ["from coi.client import told\n"] if "told." in body else []
    names = [one for one in ("Call", "Seen", "Signature") if re.search(rf"\b{one}\b", body)]
    uses.append("from coi.client.calls.part import Part\n")
    uses.append(f"from coi.client.sending import {', '.join(names)}\n")
    if "Any]" in body:
        uses.insert(0, "from typing import Any\n\n")
    if "Sequence[" in body:
        uses.insert(0, "from collections.abc import Sequence\n\n")
    return (
        f'"""The calls of the part “{_name(tag)}”.\n\n{MADE}\n"""\n\n{"".join(uses)}\n\n'
        f"class {_class(tag)}(Part):\n"
        f'    """The calls of the part “{_name(tag)}”."""\n\n{body}'
    )


def _call(method: str, path: str, told: Told) -> str:
    """One method."""
    headers, query = _parameters(told, "header"), _parameters(told, "query")
    within = [snake(one) for one in re.findall(r"\{(\w+)\}", path)]
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    asked = ["self", *(f"{one}: str" for one in within)]
    given = [f'"{method.upper()}"', _address(path)]
    if body:
        asked.append(f"body: {_type(body, 'told.')}")
        given.append("body=body")
    named, more = _named(headers, query)
    asked += ["*", *named] if named else []
    answer, how = _answer(told, headers)
    noqa = "  # noqa: PLR0913 - as the call has them" if len({*asked} - {"self", "*"}) > 6 else ""
    sentence = told["summary"]
    long = "  # noqa: E501 - the sentence of the description" if len(sentence) > 86 else ""
    how_asked = f"self.connection.{how}(Call({', '.join([*given, *more])}))"
    if how == "do":
        ending = f"        {how_asked}\n"
    elif how == "fetch":
        ending = f"        return {how_asked}\n"
    else:
        ending = f"        answer: {answer} = {how_asked}\n        return answer\n"
    return (
        f"    def {snake(told['operationId'])}({noqa}\n{', '.join(asked)},\n) -> {answer}:\n"
        f'        """{sentence}"""{long}\n{ending}'
    )


def _address(path: str) -> str:
    inside = path.removeprefix(interface.ROOT)
    filled = re.sub(r"\{(\w+)\}", lambda m: "{self.part(" + snake(m[1]) + ")}", inside)
    return f'f"{filled}"' if filled != inside else f'"{inside}"'


def _parameters(told: Told, where: str) -> dict[str, Told]:
    return {one["name"]: one for one in told.get("parameters", ()) if one.get("in") == where}


def _named(headers: Mapping[str, Told], query: Mapping[str, Told]) -> tuple[list[str], list[str]]:
    """What is given by its name, and what becomes of it."""
    asked, more, needed = [], [], []
    if query:
        told = []
        for name, one in query.items():
            own = f"{name}_" if keyword.iskeyword(name) else name
            kind = _type(one["schema"], "").replace(" | None", "")
            (needed if one.get("required") else asked).append(
                f"{own}: {kind}" if one.get("required") else f"{own}: {kind} | None = None"
            )
            told.append(f'"{name}": {own}')
        more.append(f"query={{{', '.join(told)}}}")
    if "Idempotency-Key" in headers:
        asked.append('key: str = ""')
        more += ["writes=True", "key=key"]
    if "If-Match" in headers:
        if headers["If-Match"].get("required"):
            needed.append("seen: str")
        else:
            asked.append('seen: str = ""')
        more.append("seen=seen")
    if "Signature-Grant" in headers:
        asked.append("signatures: Sequence[Signature] = ()")
        more.append("signatures=signatures")
    return [*needed, *asked], more


def _answer(told: Told, headers: Mapping[str, Told]) -> tuple[str, str]:
    """The type of the answer, and how it is asked for."""
    status = next(one for one in told["responses"] if one.startswith("2"))
    content = told["responses"][status].get("content", {})
    if status == "204":
        return "None", "do"
    if "application/json" not in content and content:
        return "bytes", "fetch"
    kind = _type(content.get("application/json", {}).get("schema", {"type": "object"}), "told.")
    return (f"Seen[{kind}]", "look") if "If-None-Match" in headers else (kind, "ask")


def _together(tags: Mapping[str, Any]) -> str:
    imports = "".join(
        f"from coi.client.calls.{_name(tag)} import {_class(tag)}\n" for tag in sorted(tags)
    )
    return (
        f'"""Every call of the interface.\n\n{MADE}\n"""\n\n{imports}\n\n'
        f"class Calls({', '.join(_class(tag) for tag in sorted(tags))}):\n"
        '    """Every call of the interface."""\n'
    )


if __name__ == "__main__":
    for path, text in made().items():
        path.write_text(text, encoding="utf-8")
    print(json.dumps(sorted(str(one) for one in made())))  # noqa: T201 - says what it wrote
