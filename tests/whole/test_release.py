"""A release is built the same twice, says what it is made of, and shows what was done to it."""

import json
import subprocess
import sys
from hashlib import sha256
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cyclonedx.model.bom import Bom

from tests.whole import release
from tests.whole.release import NoRelease, locked, put_together, results_of, wheel_in
from tests.whole.test_locks import locked as locked_versions

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def results(folder, commit=COMMIT, failures=0):
    """The results of a run, as pytest writes them."""
    file = folder / "tests.xml"
    counts = f'errors="0" failures="{failures}" skipped="9" tests="13000"'
    file.write_text(f'<testsuites><testsuite name="{commit}" {counts}></testsuite></testsuites>')
    return file


@pytest.fixture(scope="module")
def key():
    """Whose key signs."""
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="module")
def released(tmp_path_factory, key):
    """A release in a folder of its own."""
    folder = tmp_path_factory.mktemp("release") / "new"
    put_together(folder, COMMIT, results(tmp_path_factory.mktemp("results")), key)
    return folder


def test_each_file_stands_in_the_signed_list(released, key):
    """A11-03, SEC-49: `sha256sum -c` and `openssl` check it, without anything of ours."""
    subprocess.run(["sha256sum", "--strict", "-c", release.SUMS], cwd=released, check=True)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (released.parent / "key.pub").write_bytes(public)

    def verdict():
        check = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "../key.pub", "-rawin"]
        told = [*check, "-in", release.SUMS, "-sigfile", release.SIGNATURE]
        return subprocess.run(told, cwd=released, capture_output=True, check=False).returncode

    listed = {line.split("  ")[1] for line in (released / release.SUMS).read_text().splitlines()}
    there = {str(path.relative_to(released)) for path in released.rglob("*") if path.is_file()}
    assert there - listed == {release.SUMS, release.SIGNATURE}
    assert {f"supplier/{name.rpartition('/')[2]}" for name in release.SUPPLIER} < listed
    assert verdict() == 0
    kept = (released / release.SUMS).read_bytes()
    (released / release.SUMS).write_bytes(kept.replace(b"0", b"1", 1))
    assert verdict() != 0
    (released / release.SUMS).write_bytes(kept)


def test_a_build_that_is_not_the_same_twice_is_no_release(tmp_path, monkeypatch):
    """SEC-49: whoever builds the package from the sources gets the very bytes that are released."""
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    first = wheel_in(tmp_path / "first")
    assert first.read_bytes() == wheel_in(tmp_path / "second").read_bytes()

    class Changing:
        """A build with something in it that is new each time."""

        count = 0

        def __call__(self, folder):
            self.count += 1
            file = folder / "one.whl"
            file.write_text(f"build {self.count}")
            return file

    monkeypatch.setattr(release, "_built", Changing())
    with pytest.raises(NoRelease, match="differ"):
        wheel_in(tmp_path)


def test_the_bill_of_materials_names_each_locked_package(released):
    """SEC-49: name, version and licence, in CycloneDX; and what others wrote for the browser."""
    wheel = next(released.glob("*.whl"))
    told = Bom.from_json(data=json.loads((released / release.SBOM).read_text()))

    named = {(part.name, part.version) for part in told.components if part.purl.type == "pypi"}
    assert named == set(locked())
    others = {part.name: part.version for part in told.components if part.purl.type != "pypi"}
    assert others == {"zxing-wasm": "3.1.4"}
    folders = {folder.name for folder in (release.ROOT / "static" / "vendor").iterdir()}
    assert others.keys() == folders
    assert {name for name, _version in named} == locked_versions("requirements.lock").keys()
    assert [str(one.content) for one in told.metadata.component.hashes] == [
        sha256(wheel.read_bytes()).hexdigest()
    ]
    # Of what is locked for other systems only, nothing is installed that could tell.
    assert {part.name for part in told.components if not part.licenses} <= {"colorama"}


def test_a_package_that_was_tampered_with_is_not_installed(released, tmp_path):
    """SEC-49: the hash stands in the list; a wheel with one file more has another."""
    wheel = next(released.glob("*.whl"))
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    wanted = tmp_path / "wanted.lock"
    digest = sha256(wheel.read_bytes()).hexdigest()
    wanted.write_text(f"chain-of-identity=={wheel.name.split('-')[1]} --hash=sha256:{digest}\n")

    def install(target):
        told = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "-q"]
        told += ["--find-links", str(shelf), "--require-hashes", "-r", str(wanted)]
        return subprocess.run(
            [*told, "--target", str(tmp_path / target)], capture_output=True, check=False
        )

    copy = shelf / wheel.name
    copy.write_bytes(wheel.read_bytes())
    assert install("right").returncode == 0
    with ZipFile(copy, "a") as archive:
        archive.writestr("coi/more.py", "print('more')")
    refused = install("wrong")
    assert refused.returncode != 0
    assert b"THESE PACKAGES DO NOT MATCH THE HASHES" in refused.stderr


@pytest.mark.parametrize(
    ("commit", "failures", "said"), [("f" * 40, 0, "not of commit"), (COMMIT, 1, "has passed")]
)
def test_what_was_not_tested_is_not_released(tmp_path, commit, failures, said):
    """A11-03: the results are those of this commit, and all of them are good."""
    with pytest.raises(NoRelease, match=said):
        results_of(results(tmp_path, commit, failures), COMMIT)
    with pytest.raises(NoRelease, match="missing"):
        results_of(tmp_path / "none.xml", COMMIT)
