"""The peers' environments: made when they are missing or their lock file changed, by hash."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "benchmarks" / "peers"
PLACE = ROOT / ".bench"
_PATIENCE = 900


class NotInstalled(Exception):
    """A peer cannot be installed here; its rows say so, and the rest goes on."""


def python_of(name: str) -> Path:
    """The Python of a peer's environment, which holds what its lock file says.

    Raises:
        NotInstalled: there is no network, or no package for this machine.
    """
    lock, folder = PEERS / f"requirements-{name}.lock", PLACE / name
    python, stamp = folder / "bin" / "python", folder / ".stamp"
    wanted = f"{sys.version} {sha256(lock.read_bytes()).hexdigest()}"
    if not (stamp.exists() and stamp.read_text() == wanted):
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        # Where a house looks into its own lines, the machine knows whom to trust, and uv does not.
        words = ("--quiet", "--system-certs", "--require-hashes", "--python", str(python))
        _uv("pip", "install", *words, "-r", lock)
        stamp.write_text(wanted)
    return python


def environ(**more: str) -> dict[str, str]:
    """The environment of a peer's process: nothing of ours can be imported in it."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    return kept | more


def _uv(*words: object) -> None:
    program = Path(sys.executable).parent / "uv"
    try:
        subprocess.run(  # noqa: S603 - the program that our own lock file installs
            [program, *map(str, words)],
            check=True,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            env=environ(),
        )
    except subprocess.CalledProcessError as error:
        raise NotInstalled(" ".join(error.stderr.split())[-200:]) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(str(error)) from error
