"""The package that hospitals install holds everything that the product reads."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("coi", "labels", "workflows")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the package once, and return the names of its files."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_a_package_is_in_the_wheel(wheel, package):
    """Definitions, migrations, templates and fonts travel with the code that reads them."""
    files = {
        str(path.relative_to(ROOT))
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert files
    assert files - wheel == set()


def test_what_the_browser_loads_is_in_the_wheel(wheel):
    """The pages of an installed product have their style and scripts."""
    assert "coi/static/README.md" in wheel


def test_nothing_else_is_in_the_wheel(wheel):
    """Tests, examples and documents are no part of what is installed."""
    folders = {name.split("/")[0] for name in wheel if ".dist-info/" not in name}

    assert folders == set(PACKAGES)
