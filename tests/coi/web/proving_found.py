"""Finds by itself which pages ask who somebody is anew: read from the code, past any list.

A view asks where it names a question of `coi.web.proving`, or something on the pages that does, at
however many removes. Too many are found rather than too few: what is named may never be reached.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from flask import Flask

WEB = Path(__file__).parents[3] / "coi" / "web"
Named = tuple[str, str]
"""Something by its module and its name."""

QUESTIONS: frozenset[Named] = frozenset(
    ("coi.web.proving", name) for name in ("mine", "somebodys", "typed")
)


def asking(app: Flask) -> set[str]:
    """The endpoints of all forms whose view asks for a password, whether always or at times."""
    names = naming()
    views = {
        rule.endpoint: app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set())
    }
    return {
        endpoint
        for endpoint, view in views.items()
        if asks((view.__module__, view.__name__), names, set())
    }


def asks(what: Named, names: Mapping[Named, set[Named]], seen: set[Named]) -> bool:
    """This is a question, or names one."""
    if what in QUESTIONS or what in seen:
        return what in QUESTIONS
    seen.add(what)
    return any(asks(one, names, seen) for one in names.get(what, ()))


def naming() -> dict[Named, set[Named]]:
    """Each function and class of the pages, with what it names of the product."""
    found: dict[Named, set[Named]] = {}
    for file in sorted(WEB.glob("*.py")):
        module, tree = f"coi.web.{file.stem}", ast.parse(file.read_text(encoding="utf-8"))
        own = [one for one in tree.body if isinstance(one, ast.FunctionDef | ast.ClassDef)]
        known = dict(_imported(tree)) | {one.name: (module, one.name) for one in own}
        found |= {(module, one.name): set(_named(one, known)) for one in own}
    return found


def _imported(tree: ast.Module) -> Iterator[tuple[str, Named]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                yield one.asname or one.name, (node.module, one.name)


def _named(inside: ast.AST, known: Mapping[str, Named]) -> Iterator[Named]:
    for node in ast.walk(inside):
        if isinstance(node, ast.Name) and node.id in known:
            yield known[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = known.get(node.value.id)
            if module is not None:
                yield ".".join(module), node.attr
