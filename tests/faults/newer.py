"""A second installation of the product, of a newer version: a copy of it with one migration more.

The migration makes a table and takes it away, so that the tables end as they were.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import coi
from coi.store.fence import REVISION

NEWER = "0002"
_MIGRATION = f'''"""What a later version changes."""

from alembic import op

revision = "{NEWER}"
down_revision = "{REVISION}"


def upgrade() -> None:
    """Make a table, write to it, take it away."""
    for statement in (
        "CREATE TABLE newer (id TEXT PRIMARY KEY)",
        "CREATE INDEX ix_newer ON newer (id)",
        "DROP TABLE newer",
    ):
        op.get_bind().exec_driver_sql(statement)
'''


def newer_version(folder: Path) -> Path:
    """Put the newer version into a folder."""
    here = Path(coi.__file__).parent
    shutil.copytree(here, folder / "coi", ignore=shutil.ignore_patterns("__pycache__"))
    store = folder / "coi" / "store"
    (store / "migrations" / "versions" / "0002_newer.py").write_text(_MIGRATION)
    fence = store / "fence.py"
    known = f'REVISION = "{REVISION}"'
    assert known in fence.read_text()
    fence.write_text(fence.read_text().replace(known, f'REVISION = "{NEWER}"'))
    return folder


def run_newer(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python's with the newer version in the place of this one."""
    path = f"{folder}{os.pathsep}{Path(coi.__file__).parents[1]}"
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env={**os.environ, "PYTHONPATH": path, **environ},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
