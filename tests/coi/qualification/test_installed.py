"""What is installed is compared with what was released, file by file."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from importlib.metadata import PathDistribution

import pytest

from coi.qualification import installed as module
from coi.qualification.installed import as_outcome, installed
from coi.qualification.trials import outcomes
from coi.services.checkup import Finding, Verdict

FILES = {"coi/__init__.py": b'"""One."""\n', "coi/errors.py": b'"""Two."""\n'}


def hash_of(content):
    """As a wheel writes it."""
    return "sha256=" + urlsafe_b64encode(sha256(content).digest()).decode().rstrip("=")


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A folder into which a small package was installed."""
    lines = []
    for name, content in FILES.items():
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
        lines.append(f"{name},{hash_of(content)},{len(content)}")
    about = tmp_path / "chain_of_identity-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Name: chain-of-identity\nVersion: 0.1.0\n")
    (about / "RECORD").write_text("\n".join([*lines, f"{about.name}/RECORD,,"]) + "\n")
    monkeypatch.setattr(module, "distribution", lambda _name: PathDistribution(about))
    return tmp_path


def of_package():
    """What comes out of looking at the package."""
    first, *_ = outcomes(installed())
    return first.passed, first.seen


def test_a_package_as_it_was_released_passes(wheel):
    """Each file has the hash that it came with."""
    assert wheel.is_dir()
    passed, seen = of_package()

    assert passed
    assert seen.endswith(": 3 files")


def test_a_file_that_was_changed_is_named(wheel):
    """And so is one that is gone."""
    (wheel / "coi/errors.py").write_bytes(b'"""Three."""\n')
    (wheel / "coi/__init__.py").unlink()

    assert of_package() == (
        False,
        "2 files are altered or missing: coi/__init__.py, coi/errors.py",
    )


def test_another_kind_of_hash_shows_nothing(wheel):
    """What cannot be compared is not as it was released."""
    record = next(wheel.glob("*.dist-info")) / "RECORD"
    record.write_text(record.read_text().replace("sha256=", "md5="))

    assert not of_package()[0]


def test_sources_are_no_released_package():
    """These tests run from them: nobody released them."""
    passed, seen = of_package()

    assert not passed
    assert "install a released wheel" in seen


def test_the_surroundings_are_told():
    """Python, the system, and how many processors."""
    _package, surroundings = outcomes(installed())

    assert surroundings.passed
    assert "processors" in surroundings.seen


def test_an_older_python_fails(monkeypatch):
    """It is not what the package was tested with."""
    monkeypatch.setattr(module.platform, "python_version_tuple", lambda: ("3", "10", "0"))
    _package, surroundings = outcomes(installed())

    assert not surroundings.passed


@pytest.mark.parametrize(
    ("verdict", "passed", "seen"),
    [
        (Verdict.OK, True, "It is so."),
        (Verdict.LOOK, True, "To be looked at: It is so. Do it."),
        (Verdict.WRONG, False, "It is so. Do it."),
    ],
)
def test_a_finding_of_the_doctor_is_an_outcome(verdict, passed, seen):
    """What is in danger fails; what somebody should look at says so."""
    made = as_outcome(
        Finding("disk", verdict, "It is so.", "" if passed and not verdict else "Do it.")
    )

    assert (made.passed, made.seen) == (passed, seen)
