"""What is installed is what was released, and the installation is as it should be."""

import os
import platform
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from pathlib import Path

from coi.qualification.trials import NotAsExpected, Outcome, Trial, Try
from coi.services.checkup import Finding, Verdict
from coi.services.reporting import PACKAGE, software

_PYTHON = (3, 11)


def installed() -> Iterator[Try]:
    """The package and what runs it."""
    yield (
        Trial("the package", ("P11-10a", "SEC-49"), "Each file is the one that was released"),
        _package,
    )
    yield (
        Trial("its surroundings", ("P11-10a",), "Python 3.11 or newer runs it"),
        _surroundings,
    )


def as_outcome(finding: Finding) -> Outcome:
    """What `coi doctor` found; what somebody should look at passes, and says so."""
    trial = Trial(finding.check, ("P11-10a", "A11-10"), "As it should be")
    told = " ".join(one for one in (finding.told, finding.to_do) if one)
    seen = f"To be looked at: {told}" if finding.verdict is Verdict.LOOK else told
    return Outcome(trial, passed=finding.verdict is not Verdict.WRONG, seen=seen)


def _package() -> str:
    """Compare each file with the hash that the wheel gave it when it was installed."""
    try:
        files = _recorded(distribution(PACKAGE))
    except PackageNotFoundError:
        raise NotAsExpected(f"{software()}: nothing is installed that could be compared") from None
    ours = [one for one in files if one.hash is not None and one.suffix == ".py"]
    if not any(one.parts[0] == "coi" for one in ours):
        raise NotAsExpected(f"{software()} is run from its source; install a released wheel")
    altered = [str(one) for one in files if one.hash is not None and not _is_as_recorded(one)]
    if altered:
        raise NotAsExpected(f"{len(altered)} files are altered or missing: {', '.join(altered)}")
    return f"{software()}: {len(files)} files"


def _recorded(package: Distribution) -> list[PackagePath]:
    return list(package.files or ())


def _is_as_recorded(file: PackagePath) -> bool:
    if file.hash is None or file.hash.mode != "sha256":
        return False
    place = Path(str(file.locate()))
    recorded = urlsafe_b64decode(file.hash.value + "=" * (-len(file.hash.value) % 4))
    return place.is_file() and sha256(place.read_bytes()).digest() == recorded


def _surroundings() -> str:
    told = (
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{platform.system()} {platform.release()}, {platform.machine()}, "
        f"{os.cpu_count()} processors"
    )
    if platform.python_version_tuple() and tuple(map(int, _version())) < _PYTHON:
        raise NotAsExpected(told)
    return told


def _version() -> tuple[str, str]:
    major, minor, _patch = platform.python_version_tuple()
    return major, minor
