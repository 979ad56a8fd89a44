"""Puts a release together: `make release`, or `python -m tests.whole.release FOLDER --key KEY`.

The package, what it is made of, what a supplier's audit asks for, and the results of the tests of
this very commit; the SHA-256 of each file in one list, which a key signs (SEC-49, A11-03). Nothing
is put together of a tree that is changed, was not tested, or does not build the same twice.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from shutil import copy2
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).parents[2]
NAME = "chain-of-identity"
RESULTS = ROOT / "build" / "tests.xml"
LOCK = "requirements.lock"
SBOM, SUMS, SIGNATURE = "sbom.cdx.json", "SHA256SUMS", "SHA256SUMS.sig"
SUPPLIER = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "docs/crosswalk.md",
    "docs/exports.md",
    "docs/limits.md",
    "docs/requirements.md",
    "docs/supplier.md",
    "docs/threat-model.md",
)
"""What whoever assesses the supplier reads, beside the results of the tests."""

UNTOLD = {"pysqlite3": "Zlib"}
"""The licences of packages whose own data tell none."""


class NoRelease(click.ClickException):
    """Something stands against a release."""


def wheel_in(folder: Path) -> Path:
    """The package, built into a folder.

    Raises:
        NoRelease: a second build of the same tree is another file.
    """
    built = _built(folder)
    with TemporaryDirectory() as other:
        if _built(Path(other)).read_bytes() != built.read_bytes():
            raise NoRelease(
                "Two builds of the same tree differ: find out what changes, and fix it."
            )
    return built


def _built(folder: Path) -> Path:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    return file


def bill_of_materials(wheel: Path) -> str:
    """What the package is made of, as CycloneDX 1.6: each locked package with its licence."""
    bom = Bom()
    product = _component(NAME, version(NAME), ComponentType.APPLICATION)
    product.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=_sha256(wheel)))
    bom.metadata.component = product
    parts = [*(_component(name, of) for name, of in locked()), *vendored()]
    for part in parts:
        bom.components.add(part)
    bom.register_dependency(product, parts)
    return str(JsonV1Dot6(bom).output_as_string(indent=2)) + "\n"


def locked() -> Iterator[tuple[str, str]]:
    """The packages of the lock file, with their versions."""
    for line in (ROOT / LOCK).read_text("utf-8").splitlines():
        name, is_one, rest = line.partition("==")
        if is_one and not line.startswith(" "):
            yield name.partition("[")[0], rest.split()[0]


def vendored() -> Iterator[Component]:
    """What others wrote and browsers load, as its list says it."""
    for file in sorted((ROOT / "static" / "vendor").glob("*/MANIFEST.json")):
        told = json.loads(file.read_text("utf-8"))
        url = PackageURL("npm", name=told["name"], version=told["version"])
        yield Component(
            name=told["name"],
            version=told["version"],
            purl=url,
            bom_ref=str(url),
            licenses=[LicenseFactory().make_from_string(told["licence"])],
            description=told["what"],
        )


def _component(name: str, of: str, kind: ComponentType = ComponentType.LIBRARY) -> Component:
    url = PackageURL("pypi", name=name, version=of)
    said = _licence(name)
    licences = [LicenseFactory().make_from_string(said)] if said else []
    return Component(
        name=name, version=of, type=kind, purl=url, bom_ref=str(url), licenses=licences
    )


def _licence(name: str) -> str:
    """As the package says it; '' of one that is locked for another system only."""
    try:
        told = metadata(name).json
    except PackageNotFoundError:
        return ""
    classes = [one for one in told.get("classifier", ()) if one.startswith("License ::")]
    named = " AND ".join(one.rpartition(" :: ")[2] for one in classes)
    said = str(
        told.get("license_expression") or told.get("license") or named or UNTOLD.get(name, "")
    )
    return said.partition("\n")[0]


def results_of(file: Path, commit: str) -> bytes:
    """The results of a whole run of the tests.

    Raises:
        NoRelease: there are none, of another commit, or not all of them are good.
    """
    if not file.is_file():
        raise NoRelease(f"{file.name} is missing: run `make test` first.")
    found = ET.fromstring(file.read_bytes())  # noqa: S314 - written by our own tests
    suites = [*found.iter("testsuite")]
    if [one.get("name") for one in suites] != [commit]:
        raise NoRelease(f"{file.name} is not of commit {commit[:12]}: run `make test` again.")
    if any(int(one.get(bad, "1")) for one in suites for bad in ("failures", "errors")):
        raise NoRelease("Not every test has passed: nothing is released.")
    return file.read_bytes()


def put_together(folder: Path, commit: str, results: Path, key: Ed25519PrivateKey | None) -> None:
    """All files of a release in an empty folder, with their list, signed where there is a key."""
    tested = results_of(results, commit)
    folder.mkdir(parents=True)
    wheel = wheel_in(folder)
    copy2(ROOT / LOCK, folder)
    (folder / SBOM).write_text(bill_of_materials(wheel), "utf-8")
    supplier = folder / "supplier"
    supplier.mkdir()
    for name in SUPPLIER:
        copy2(ROOT / name, supplier)
    (supplier / "tests.xml").write_bytes(tested)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = "".join(f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in files)
    (folder / SUMS).write_text(sums, "utf-8")
    if key is not None:
        (folder / SIGNATURE).write_bytes(key.sign(sums.encode()))


def _sha256(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def commit_of(root: Path) -> str:
    """The commit that stands in a folder.

    Raises:
        NoRelease: something in it is changed.
    """
    git = ["git", "-C", str(root)]
    changed = subprocess.run([*git, "status", "--porcelain"], check=True, capture_output=True)
    if changed.stdout.strip():
        raise NoRelease("Something is changed and not committed: commit it first.")
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True)
    return head.stdout.decode().strip()


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=False))
@click.option("--key", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def main(folder: Path, key: Path | None) -> None:
    """Put a release together in FOLDER; KEY is an Ed25519 key in PEM, which signs the list."""
    found = load_pem_private_key(key.read_bytes(), None) if key else None
    if found is not None and not isinstance(found, Ed25519PrivateKey):
        raise NoRelease("The key is not an Ed25519 key.")
    put_together(folder, commit_of(ROOT), RESULTS, found)
    click.echo(f"{folder} holds the release; it is {'' if found else 'NOT '}signed.")


if __name__ == "__main__":
    main()
