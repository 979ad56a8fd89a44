"""What can be checked without the record: programs, settings, files, the disk, the clock, TLS."""

import os
import platform
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from coi.services.checkup import Found, MachineCheck, Surroundings, look, ok, wrong
from coi.services.disk import disk_of
from coi.services.mounts import UNKNOWN, is_of_network, kind_of
from coi.services.sign_on_house import (
    ProviderAway,
    ProviderNotBelieved,
    look_at_provider,
    name_of,
    require_sign_on,
)

_HERE = Path(__file__).parents[1]
_PASSING = frozenset({"tmpfs", "ramfs", "overlay"})
_LOCKED = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)
_SOON = timedelta(days=30)
_ALMOST_FULL = 90
_PRIVATE = stat.S_IRWXG | stat.S_IRWXO
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


def _packages(_around: Surroundings) -> Found:
    """What is installed is what was tested."""
    lock = next((p for p in _locks() if p.is_file()), None)
    if lock is None:
        return look("The list of tested packages is missing.", "Install the product anew.")
    tested: dict[str, set[str]] = {}  # for some the lock names one version for each Python
    for name, wanted in _LOCKED.findall(lock.read_text("utf-8")):
        tested.setdefault(name, {""}).add(wanted)
    others = [
        f"{name} {_installed(name)} (tested: {max(wanted)})"
        for name, wanted in tested.items()
        if _installed(name) not in wanted
    ]
    if others:
        return look(
            f"Other versions than were tested: {', '.join(others)}.",
            "Install by hash: `pip install --require-hashes -r requirements.lock`.",
        )
    return ok(f"Python {platform.python_version()}; every package has the version that was tested.")


def _locks() -> tuple[Path, Path]:
    """The list in an installed package, or beside it in a checkout."""
    return _HERE / "requirements.lock", _HERE.parent / "requirements.lock"


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _folder(around: Surroundings) -> Found:
    home = around.settings.home
    if not home.is_dir():
        return wrong(f"There is no folder {home}.", "Begin with `coi init`, or set COI_HOME.")
    if home.stat().st_uid != os.geteuid():
        return wrong(f"{home} belongs to another user.", "Run this as the user of the service.")
    if home.stat().st_mode & _PRIVATE:
        return look(f"Others may look into {home}.", f"chmod 700 {home}")
    file = around.settings.database_path
    if file is not None and _is_open(file) and _is_open(file.parent):
        return look(f"Others may read {file}.", f"chmod 600 {file}")
    return ok(f"{home} is its user's alone.")


def _is_open(place: Path) -> bool:
    """Others than its user may do something with what is there."""
    return place.exists() and bool(place.stat().st_mode & _PRIVATE)


def _key_file(around: Surroundings) -> Found:
    file = around.settings.vault_key_file
    if not file.is_file():
        return wrong(f"There is no vault key in {file}.", "Put it back: `coi keys restore`.")
    state = file.stat()
    if state.st_mode & _PRIVATE:
        return wrong(f"Others may read {file}.", f"chmod 600 {file}")
    if state.st_uid != os.geteuid():
        return wrong(f"{file} belongs to another user.", "Run this as the user of the service.")
    if _is_beside(around, file):
        return look(
            "The vault key lies on the disk of the database: who takes one has both.",
            "Put it on another mount, and name it in COI_VAULT_KEY_FILE (docs/keys.md).",
        )
    return ok(f"{file} is its user's alone, and on another disk than the database.")


def _is_beside(around: Surroundings, file: Path) -> bool:
    database = around.settings.database_path
    return database is not None and database.parent.stat().st_dev == file.stat().st_dev


def _file_system(around: Surroundings) -> Found:
    """SQLite's locks hold on a disk of the machine alone (F-26)."""
    file = around.settings.database_path
    if file is None:
        return ok("The database lies elsewhere.")
    kind = kind_of(file.parent, around.mounts)
    if is_of_network(kind):
        return wrong(
            f"{file.parent} lies on {kind}: SQLite's locks do not hold there.",
            "Put it on a disk of this machine, or use PostgreSQL (docs/deployment.md).",
        )
    if kind == UNKNOWN:
        return look(
            f"On which file system {file.parent} lies cannot be told here.",
            "See that it is a disk of this machine: SQLite's locks hold nowhere else.",
        )
    if kind in _PASSING:
        return look(
            f"{file.parent} lies on {kind}, which may be gone with the machine or its container.",
            "Put it on a disk or a volume that stays.",
        )
    return ok(f"{file.parent} lies on {kind}.")


def _disk(around: Surroundings) -> Found:
    disk = disk_of(around.settings)
    if disk.has_failed():
        return wrong(
            "The disk failed, and what it holds was not verified since.",
            "See to a sound disk, run `coi verify`, and start the service anew (docs/faults.md).",
        )
    used = disk.used()
    if used >= _ALMOST_FULL:
        return wrong(f"{used} % of the disk are used.", "Make room before it is full.")
    return ok(f"{used} % of the disk are used.")


def _synchronised(around: Surroundings) -> Found:
    """The clock follows others; where nobody can tell, somebody looks (CL-04)."""
    for told in _asked_about_clock(around.environ):
        if re.search(r"NTPSynchronized=yes|Leap status\s*:\s*Normal", told):
            return ok("The clock is synchronised.")
        if re.search(r"NTPSynchronized=no|Leap status", told):
            return wrong(
                "The clock is not synchronised.", "Start chrony or systemd-timesyncd, and wait."
            )
    return look(
        "Whether the clock is synchronised cannot be told here.",
        "In a container ask the machine itself: `timedatectl`. Otherwise install chrony.",
    )


def _asked_about_clock(environ: Mapping[str, str]) -> Iterator[str]:
    """What the programs say that know, as far as they are there."""
    for command in (("timedatectl", "show", "--property=NTPSynchronized"), ("chronyc", "tracking")):
        program = shutil.which(command[0], path=environ.get("PATH"))
        if program is None:
            continue
        asked = [program, *command[1:]]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603 - fixed words
        if done.returncode == 0:
            yield done.stdout


def _address(around: Surroundings) -> Found:
    address = urlsplit(around.settings.public_url)
    if address.scheme == "http" and address.hostname not in _LOCAL:
        return wrong(
            f"{around.settings.public_url} is not encrypted: passwords can be read on the way.",
            "Serve HTTPS, and let COI_PUBLIC_URL begin with https:// (docs/deployment.md).",
        )
    return ok(f"Browsers come by {around.settings.public_url}.")


def _sign_on(around: Surroundings) -> Found:
    """The house's provider answers, and is the one that is set."""
    if not around.settings.oidc_issuer:
        return ok("No provider of identities is set (`COI_OIDC_ISSUER`).")
    require_sign_on(around.settings)
    try:
        look_at_provider(around.settings)
    except (ProviderAway, ProviderNotBelieved) as error:
        return look(error.sentence, "See to it; people sign in with name and password meanwhile.")
    return ok(f"{name_of(around.settings)} answers, and is the provider that is set.")


def _certificate(around: Surroundings) -> Found:
    if around.tls is None:
        return ok("No certificate was named (`--tls`).")
    certificate = x509.load_pem_x509_certificate(around.tls[0].read_bytes())
    key = load_pem_private_key(around.tls[1].read_bytes(), None)
    if key.public_key() != certificate.public_key():
        return wrong("The key is not that of the certificate.", "Name two that belong together.")
    if around.tls[1].stat().st_mode & _PRIVATE:
        return wrong(f"Others may read {around.tls[1]}.", f"chmod 600 {around.tls[1]}")
    if not _bears(certificate, urlsplit(around.settings.public_url).hostname or ""):
        return wrong(
            f"The certificate is not for {around.settings.public_url}: browsers refuse it.",
            "Have one made for this name, or correct COI_PUBLIC_URL.",
        )
    return _good_for(certificate, around.now)


def _good_for(certificate: x509.Certificate, now: datetime) -> Found:
    """How long browsers take it."""
    if certificate.not_valid_before_utc > now:
        return wrong("The certificate is not good yet.", "Correct the clock, or wait.")
    left = certificate.not_valid_after_utc - now
    if left <= timedelta():
        return wrong("The certificate has expired.", "Renew it, and start the service anew.")
    if left < _SOON:
        return look(f"The certificate expires in {left.days} days.", "Renew it.")
    return ok(f"The certificate is good for {left.days} days.")


def _bears(certificate: x509.Certificate, host: str) -> bool:
    """The certificate is for this host, as browsers read it: by its alternative names alone.

    A star stands for one label (RFC 9525).
    """
    try:
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    addresses = map(str, named.get_values_for_type(x509.IPAddress))
    names = {name.lower() for name in named.get_values_for_type(x509.DNSName)}
    return host in {*addresses, *names} or f"*.{host.partition('.')[2]}" in names


CHECKS: Mapping[str, MachineCheck] = {
    "packages": _packages,
    "folder": _folder,
    "key file": _key_file,
    "file system": _file_system,
    "disk": _disk,
    "clock is synchronised": _synchronised,
    "address": _address,
    "sign-on": _sign_on,
    "certificate": _certificate,
}
"""Each check, by its name."""
