"""Pictures of the pages, for whoever wants to look: `pytest tests/browser --pictures DIR`."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let somebody say where pictures are kept; without it none are taken."""
    parser.addoption(
        "--pictures", type=Path, metavar="DIR", help="Keep pictures of the pages in this folder."
    )


@pytest.fixture(scope="session")
def pictures(pytestconfig) -> Path | None:
    """The folder in which pictures are kept, if any are."""
    folder: Path | None = pytestconfig.getoption("pictures")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    return folder
