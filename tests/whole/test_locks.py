"""The lock files hold what pyproject.toml asks for, and say nothing of where it came from."""

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = [
    *PROJECT["project"]["dependencies"],
    *PROJECT["project"]["optional-dependencies"]["postgres"],
    *PROJECT["dependency-groups"]["build"],
]
ASKED_FOR = {
    "requirements.lock": RUNTIME,
    "requirements-dev.lock": RUNTIME + PROJECT["dependency-groups"]["dev"],
}
HOW_TO_MEND = "run `make lock`"
_LOCKED = r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ ;]+)"


def locked(name: str) -> dict[str, Version]:
    """Return the version of each package in a lock file."""
    lines = re.findall(_LOCKED, (ROOT / name).read_text(), re.MULTILINE)
    return {package: Version(version) for package, version in lines}


@pytest.mark.parametrize("name", ASKED_FOR)
def test_a_lock_file_holds_what_is_asked_for(name):
    """Whoever adds a package or raises a bound locks it in the same commit."""
    versions = locked(name)

    wrong = [
        requirement
        for requirement in map(Requirement, ASKED_FOR[name])
        if versions.get(canonicalize_name(requirement.name), Version("0"))
        not in requirement.specifier
    ]

    assert not wrong, HOW_TO_MEND


def test_the_tests_run_with_the_versions_of_the_product():
    """What is tested is what is installed at a hospital."""
    tested = locked("requirements-dev.lock")

    assert locked("requirements.lock").items() <= tested.items(), HOW_TO_MEND


@pytest.mark.parametrize("name", ASKED_FOR)
def test_every_locked_package_has_its_hash(name):
    """An altered package is refused at installation."""
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text())

    assert len(blocks) > 10
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_a_package_is_locked_with_the_parts_of_it_that_others_ask_for():
    """Otherwise an older pip takes the newest release for them, and finds no hash for it."""
    text = (ROOT / "requirements-dev.lock").read_text()
    asked = {
        (canonicalize_name(wanted.name), extra)
        for package in locked("requirements-dev.lock")
        if (found := installed(package)) is not None
        for wanted in map(Requirement, found.requires or ())
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        for extra in wanted.extras
    }

    missing = [
        f"{name}[{extra}]"
        for name, extra in asked
        if not re.search(rf"^{name}\[[a-z,]*{extra}[a-z,]*\]==", text, re.MULTILINE)
    ]

    assert ("coverage", "toml") in asked
    assert not missing, HOW_TO_MEND


def installed(package: str) -> Distribution | None:
    """What is installed of a package; some are locked for other systems only."""
    try:
        return distribution(package)
    except PackageNotFoundError:
        return None


@pytest.mark.parametrize("name", ASKED_FOR)
def test_a_lock_file_names_no_address(name):
    """Where a package is fetched from is decided by whoever installs it."""
    text = (ROOT / name).read_text()

    assert re.findall(r"://|--(?:extra-)?index-url|--find-links|^#.*", text, re.MULTILINE) == []
