"""The workflow definitions that come with the product, found, loaded and checked."""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from coi.errors import CoiError, Unknown
from labels.bag_numbers import PRODUCT_NUMBERS, require_product_number
from labels.errors import NotACode
from workflows.check import prove
from workflows.document import read
from workflows.guards import GUARDS
from workflows.loading import load
from workflows.model import Workflow
from workflows.problem import DefinitionError, Problem

SUFFIX = ".yaml"
_MEND = "Write the number as it was issued, in quotes, with every zero"


class DefinitionRefused(CoiError):
    """A workflow definition cannot be used; every problem is listed."""

    code = "DEFINITION_REFUSED"

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        listed = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(
            f"{name} cannot be used, because of {len(problems)} problem(s):{listed}",
            "Mend them and check it again; docs/workflows.md describes the format.",
        )
        self.problems = problems


@cache
def packaged() -> Mapping[str, str]:
    """The text of each packaged definition, by name and version, as in 'autologous-car-t.1'."""
    folder = files("workflows").joinpath("definitions")
    # The ninth version comes before the tenth, as they are to be installed.
    found = sorted(folder.iterdir(), key=lambda each: _in_order(each.name))
    return {
        each.name.removesuffix(SUFFIX): each.read_bytes().decode("utf-8")
        for each in found
        if each.name.endswith(SUFFIX)
    }


def _in_order(name: str) -> tuple[str, int, str]:
    title, _dot, version = name.removesuffix(SUFFIX).rpartition(".")
    return title, int(version) if version.isdecimal() else 0, name


@cache
def packaged_workflow(name: str) -> Workflow:
    """The packaged workflow of this name and version; the newest version when none is named.

    Raises:
        Unknown: nothing of this name is packaged.
    """
    versions = [key for key in packaged() if name in (key, key.rpartition(".")[0])]
    if not versions:
        raise Unknown("workflow", name)
    newest = max(versions, key=lambda key: int(key.rpartition(".")[2]))
    return load(packaged()[newest], GUARDS)


@lru_cache(maxsize=64)
def proven_once(text: str) -> Workflow:
    """The workflow of a definition's text; what holds of a text holds of it always.

    Raises:
        DefinitionError: with every problem and its line.
    """
    return prove(text, GUARDS)


def proven(name: str, content: bytes) -> Workflow:
    """The workflow of a definition's bytes, once everything holds of it.

    Raises:
        DefinitionRefused: with every problem and its line.
    """
    try:
        text = content.decode("utf-8")
        workflow = proven_once(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem("", "is not UTF-8 text", "Save it as UTF-8", line)
        raise DefinitionRefused(name, (problem,)) from error
    except DefinitionError as error:
        raise DefinitionRefused(name, error.problems) from error
    if problems := read(text).locate(_wrong_numbers(workflow)):
        raise DefinitionRefused(name, problems)
    return workflow


def _wrong_numbers(workflow: Workflow) -> Iterator[Problem]:
    """Each number of a product by which no label could be printed, such as a GTIN."""
    for name in PRODUCT_NUMBERS:
        every = workflow.product.get(name, {})
        if not isinstance(every, dict):
            yield Problem(f"product.{name}", "is no mapping", "Name containers, each with a number")
            continue
        for machine, number in every.items():
            try:
                require_product_number(name, str(number))
            except NotACode as error:
                place = f"product.{name}.{machine}"
                yield Problem(place, f"is no such number: {error.sentence.rstrip('.')}", _MEND)
