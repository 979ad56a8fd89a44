"""Change the code one token at a time, and see that a test fails: `python -m tests.mutation.run`.

mutmut makes the mutants, lets mypy judge them, and runs the tests that reach each of them. Three
things are added here. A function that runs while its module is imported is out of mutmut's reach,
so its mutants are tried again in a fresh process. A mutant that only spells a sentence otherwise is
told apart by a rule. And whoever survives must be listed in docs/mutation.md with a reason.
"""

import ast
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from mutmut.mutation.data import MutantLineSpans, SourceFileMutationData

from tests.mutation.listed import functions, is_listed

ROOT = Path(__file__).parents[2]
MUTANTS = ROOT / "mutants"

_OUTCOME: dict[int | None, str] = {
    1: "killed by a test",
    3: "killed by a test",
    37: "caught by the types",
}
"""What mutmut's exit codes say; whatever else happened, the mutant is left."""
_FRESH = {
    "coi/store/": ("tests/store/test_schema.py", "-k", "first_migration"),
    "workflows/": ("tests/workflows", "--ignore=tests/workflows/test_random_walks.py"),
}
"""The tests that notice what a module does while it is imported."""

_WRITTEN = (
    *(ast.expr, ast.stmt, ast.keyword, ast.comprehension),
    *(ast.arguments, ast.excepthandler, ast.withitem, ast.match_case),
)
"""What can be written alone; a default or a handler that was written with its whole function would
look like a sentence to `is_wording`, for its text holds blanks."""


class Survivor(NamedTuple):
    """A mutant that no test noticed: in which function, and which change."""

    where: str
    before: str
    after: str
    name: str

    @property
    def change(self) -> str:
        """The change as docs/mutation.md writes it."""
        return f"{self.before} → {self.after}"


def main() -> int:
    """Run everything; 0 if every survivor is listed."""
    in_venv = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    processes = ["--max-children", os.environ.get("WORKERS", "2")]
    subprocess.run(["mutmut", "run", *processes], cwd=ROOT, env=in_venv, check=True)
    return report()


def report() -> int:
    """Judge what the last run left in mutants/; 0 if every survivor is listed."""
    left = [one for one in survivors() if not is_wording(one)]
    listed = functions()
    unlisted = [one for one in left if not is_listed(one.where, one.change, listed)]
    unlisted = [one for one in unlisted if not _is_noticed_when_imported(one)]
    known = {(one.where, one.change) for one in left}
    for row in listed:
        if (row.where, row.change) not in known:
            print(f"listed, and noticed by now: {row.where}: {row.change}")
    for one in unlisted:
        print(f"not listed: {one.where}: {one.change}   ({one.name})")
    print(f"{len(left)} survivors beside wording, {len(unlisted)} of them not listed.")
    return 1 if unlisted else 0


def survivors() -> Iterator[Survivor]:
    """Every mutant that neither a test nor the types caught, in the order of files."""
    outcomes: Counter[str] = Counter()
    for meta in sorted(MUTANTS.rglob("*.meta")):
        path = str(meta.relative_to(MUTANTS)).removesuffix(".meta")
        outcome = SourceFileMutationData(path=path)
        outcome.load()
        for name, code in outcome.exit_code_by_key.items():
            outcomes[_OUTCOME.get(code, "left")] += 1
            if code not in _OUTCOME:
                yield _survivor(path, name)
    print(", ".join(f"{count} {what}" for what, count in outcomes.items()))


def is_wording(survivor: Survivor) -> bool:
    """The change spells a text otherwise that holds a blank: a sentence, or what joins its parts.

    Tests do not pin sentences word by word, so that they can be made clearer. Codes, states, roles
    and names of fields hold no blank; a lone blank may be what is searched for; and SQL, which
    holds many, is never wording.
    """
    if survivor.where.startswith("coi.store."):
        return False
    before, after = (text.strip("\"'") for text in (survivor.before, survivor.after))
    spelled = after.replace("XX", "").lower() == before.lower()
    return spelled and " " in before and before != " "


def _survivor(path: str, name: str) -> Survivor:
    module, _, function = name.rpartition(".")
    spans = MutantLineSpans.load(path)
    assert spans is not None
    original = function.rsplit("__mutmut_", 1)[0] + "__mutmut_orig"
    old, new = (_function(text) for text in spans.read_function_sources([original, function]))
    before, after = _difference(old, new)
    own = function.rsplit("__mutmut_", 1)[0].removeprefix("x_").removeprefix("xǁ")
    return Survivor(f"{module}.{own.replace('ǁ', '.')}", before, after, name)


def _function(source: str) -> ast.AST:
    (function,) = ast.parse(dedent(source)).body
    assert isinstance(function, ast.FunctionDef)
    function.name = "function"
    return function


def _difference(old: ast.AST, new: ast.AST) -> tuple[str, str]:
    """The smallest part that differs, as it was and as it is."""
    if type(old) is type(new):
        children = [*zip(ast.iter_child_nodes(old), ast.iter_child_nodes(new), strict=False)]
        differing = [pair for pair in children if ast.dump(pair[0]) != ast.dump(pair[1])]
        if _as_many(old, new) and len(differing) == 1 and _can_be_written(*differing[0]):
            return _difference(*differing[0])
    return _written(old), _written(new)


def _as_many(old: ast.AST, new: ast.AST) -> bool:
    return len([*ast.iter_child_nodes(old)]) == len([*ast.iter_child_nodes(new)])


def _can_be_written(*nodes: ast.AST) -> bool:
    """Operators and the like say nothing without what they stand in."""
    return all(isinstance(node, _WRITTEN) for node in nodes)


def _written(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _is_noticed_when_imported(survivor: Survivor) -> bool:
    """Whether tests fail in a process that imports everything with this mutant in it."""
    path = survivor.name.replace(".", "/")
    tests = next((tests for folder, tests in _FRESH.items() if path.startswith(folder)), None)
    if tests is None:
        return False
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"MUTANT_UNDER_TEST": survivor.name, "PYTHONPATH": "."}
    done = subprocess.run(
        command, cwd=MUTANTS, env=environment, check=False, stdout=subprocess.DEVNULL
    )
    return done.returncode != 0


if __name__ == "__main__":
    sys.exit(main() if sys.argv[1:] != ["report"] else report())
