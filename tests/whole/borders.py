"""The borders between the parts: who may import what, and what the pure parts may not touch.

A part is a package (`workflows`) or a piece of `coi` (`coi.store`). Each has its row in PARTS; a
new part gets a row before it gets code.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

EVERYONES = frozenset({"coi.errors", "coi.clock", "coi.events", "coi.settings"})
PURE = frozenset({"workflows", "labels"})
USE_CASES = frozenset({"coi.services", "coi.definitions"}) | EVERYONES | PURE

PARTS: dict[str, frozenset[str]] = {
    "workflows": frozenset(),
    "labels": frozenset(),
    "coi": frozenset(),
    "coi.errors": frozenset(),
    "coi.clock": frozenset(),
    "coi.events": frozenset(),
    "coi.collector": frozenset(),
    "coi.logs": frozenset({"coi.clock", "coi.collector", "coi.events"}),
    "coi.setting_texts": frozenset({"coi.errors"}),
    "coi.setting_pairs": frozenset({"coi.errors", "coi.setting_texts"}),
    "coi.settings": frozenset({"coi.errors", "coi.setting_pairs", "coi.setting_texts"}),
    "coi.definitions": frozenset({"coi.errors"}) | PURE,
    "coi.ledger": frozenset({"coi.errors", "coi.clock", "workflows"}),
    "coi.store": frozenset({"coi.ledger", "workflows"}) | EVERYONES,
    "coi.reports": PURE,
    "coi.interop": PURE,
    "coi.services": frozenset({"coi.store", "coi.ledger", "coi.reports", "coi.interop"})
    | frozenset({"coi.definitions"})
    | EVERYONES
    | PURE,
    "coi.demo": USE_CASES,
    # It challenges the rules in a made-up world, and takes the file of that into its own hands.
    "coi.qualification": USE_CASES | {"coi.demo", "coi.reports"},
    "coi.cli": USE_CASES | {"coi.app", "coi.demo", "coi.logs", "coi.qualification"},
    "coi.web": USE_CASES,
    # The interface stands behind the same gate as the pages, and knows the same errors.
    "coi.api": USE_CASES | {"coi.web"},
    # Can be copied out of the product: it needs nothing of it.
    "coi.client": frozenset(),
    "coi.app": USE_CASES | {"coi.web", "coi.api"},
}
"""Which other parts of the product each part may import."""

OWNERS = {
    "alembic": {"coi.store"},
    "asn1crypto": {"coi.interop"},
    "psycopg": {"coi.store"},
    "pysqlite3": {"coi.store"},
    "sqlalchemy": {"coi.store"},
    "sqlite3": {"coi.store"},
    "click": {"coi.cli"},
    "rich": {"coi.cli"},
    "flask": {"coi.web", "coi.api", "coi.app"},
    "babel": {"coi.web"},
    "flask_babel": {"coi.web"},
    "flask_smorest": {"coi.api"},
    "flask_wtf": {"coi.web", "coi.app"},
    "werkzeug": {"coi.web", "coi.api", "coi.app"},
    "granian": {"coi.cli"},
    "prometheus_client": {"coi.web"},
    "joserfc": {"coi.interop"},
    "httpx": {"coi.client", "coi.interop"},
    "pyhanko": {"coi.interop"},
    "pyotp": {"coi.services"},
    "webauthn": {"coi.services"},
    "zxcvbn": {"coi.services"},
    "qrcode": {"coi.web", "labels"},
}
"""Libraries that belong to some parts only."""

LEDGER_LIBRARIES = sys.stdlib_module_names | {"cryptography"}
"""All that the ledger takes from outside: its verdicts rest on nothing else."""

OUTSIDE_WORLD = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "io.open",
    "open",
    "os.environ",
    "os.getenv",
    "time.gmtime",
    "time.localtime",
    "time.monotonic",
    "time.time",
    "time.time_ns",
}
"""What a pure part is given, and never reaches for."""

MAY_IMPORT_INSIDE_FUNCTIONS = {
    "coi.cli": "a command imports what it needs when it runs, so that `coi --help` answers at once",
    "coi.services.passwords": "the lists are read by who chooses a password, and by nobody else",
    "coi.services.stamping": "what reads time stamps is an extra, and few commands need it",
    "coi.services.sign_on_house": "what checks tokens of a provider is an extra",
    "coi.services.sealing": "what seals takes as long to import as all else, and is an extra",
}
"""The exceptions from 'imports stand at the top', with their reasons."""


@dataclass(frozen=True)
class Module:
    """One source file: its full name, its part, and the full name of each name it imported."""

    name: str
    tree: ast.Module
    imported_as: dict[str, str] = field(default_factory=dict)

    @property
    def part(self) -> str:
        """Return the part to which the module belongs, such as `coi.store`."""
        names = self.name.split(".")
        return ".".join(names[:2]) if names[0] == "coi" else names[0]


def broken_borders(name: str, source: str) -> list[str]:
    """Return a sentence for each border that the module breaks, with its line."""
    module = Module(name, ast.parse(source))
    for node in ast.walk(module.tree):
        module.imported_as.update(_names_given_by(node))
    if module.part not in PARTS:
        return [f"{name}: the part {module.part} has no row in tests/whole/borders.py"]
    rules = (_relative_imports, _imports, _late_imports, _reaching_out)
    return [f"{name}:{line}: {text}" for rule in rules for line, text in rule(module)]


def _relative_imports(module: Module) -> Iterator[tuple[int, str]]:
    """Imports say the whole name, so that a border can be seen in the line."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "imports by a relative name"


def _imports(module: Module) -> Iterator[tuple[int, str]]:
    """A part imports itself, the parts in its row, and libraries that are not another part's."""
    for line, target in _imported(module.tree):
        if not _is_welcome(target, module.part):
            yield line, f"{module.part} imports {_part_of(target) or _library(target)}"


def _is_welcome(target: str, importer: str) -> bool:
    part = _part_of(target)
    if part is not None:
        return part == importer or part in PARTS[importer]
    library = _library(target)
    if importer == "coi.ledger" and library not in LEDGER_LIBRARIES:
        return False
    return importer in OWNERS.get(library, {importer})


def _late_imports(module: Module) -> Iterator[tuple[int, str]]:
    """Imports stand at the top: one inside a function dodges a circle, which is to be mended."""
    if {module.part, module.name} & MAY_IMPORT_INSIDE_FUNCTIONS.keys():
        return
    for function in ast.walk(module.tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for line, target in _imported(function):
                yield line, f"imports {target} inside {function.name}"
    for line, used in _used(module):
        if used in {"importlib.import_module", "__import__"}:
            yield line, f"imports by {used}"


def _reaching_out(module: Module) -> Iterator[tuple[int, str]]:
    """A pure part is given the time, the text and the settings."""
    if module.part in PURE:
        for line, used in _used(module):
            if used in OUTSIDE_WORLD:
                yield line, f"{module.part} uses {used}"


def _imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each imported name in full, with its line; `from a import b` is `a.b`."""
    for node in ast.walk(tree):
        for target in _names_given_by(node).values():
            yield node.lineno, target


def _names_given_by(node: ast.AST) -> dict[str, str]:
    """Return what an import statement calls each thing, and its full name."""
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name: alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom) and not node.level:
        return {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return {}


def _used(module: Module) -> Iterator[tuple[int, str]]:
    """Yield each name that is used, in full: `now` of `from x import y as now` is `x.y`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            yield node.lineno, ".".join(filter(None, [module.imported_as.get(first, first), rest]))


def _part_of(target: str) -> str | None:
    """Return the part of the product that a full name belongs to; None for a library."""
    names = target.split(".")
    if names[0] == "coi":
        return ".".join(names[:2])
    return names[0] if names[0] in PURE else None


def _library(target: str) -> str:
    """Return the first name of a full name."""
    return target.partition(".")[0]
