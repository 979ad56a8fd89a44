"""What comes in is read, and never run (SEC-50)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNNING = {"eval", "exec", "compile"}
UNPACKING = {"pickle", "marshal", "shelve", "dill", "jsonpickle"}
CARELESS = {"load", "load_all", "unsafe_load", "unsafe_load_all", "full_load", "full_load_all"}


def run_in(source: str) -> Iterator[str]:
    """Whatever in a text of Python could run what it is given."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in RUNNING:
                yield name
            case ast.Call(func=ast.Attribute(value=ast.Name(id="yaml"), attr=name)):
                if name in CARELESS:
                    yield f"yaml.{name}"
            case ast.Import(names=names):
                yield from (one.name for one in names if one.name.partition(".")[0] in UNPACKING)
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in UNPACKING:
                yield module


@pytest.mark.parametrize("part", ["coi", "workflows", "labels"])
def test_nothing_that_comes_in_is_run(part):
    """Neither as Python, nor as objects that somebody packed, nor as YAML that makes some."""
    sources = {path: path.read_text("utf-8") for path in (ROOT / part).rglob("*.py")}

    assert sources
    assert [(path, what) for path, text in sources.items() for what in run_in(text)] == []


@pytest.mark.parametrize(
    "source",
    ["eval(text)", "exec(text)", "import pickle", "from marshal import loads", "yaml.load(text)"],
)
def test_what_would_run_it_is_noticed(source):
    """That the test above can see one."""
    assert list(run_in(source))
