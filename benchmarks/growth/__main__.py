"""`python -m benchmarks.growth make FOLDER --entries N`, then `measure` or `share FOLDER`."""

import multiprocessing
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.growth.making import TOGETHER, Place, begin, grow, stretches
from benchmarks.growth.measuring import measured, memory, table
from benchmarks.growth.sharing import waited
from benchmarks.growth.workshop import Workshop, open_workshop
from coi.settings import Settings

ADDRESS = "address"  # the file in which its database is remembered
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def main() -> None:
    """A record as large as one likes, and what its size costs."""


@main.command()
@click.argument("folder", type=FOLDER)
@click.option("--entries", default=1_000, show_default=True, help="How many, or a few more.")
@click.option("--database", default="", help="Its address; by default a file in the folder.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same bytes.")
@click.option("--together", default=TOGETHER, show_default=True, help="Therapies a transaction.")
@click.option("--processes", default=1, show_default=True, help="More than one on PostgreSQL only.")
def make(
    folder: Path, entries: int, database: str, seed: int, together: int, processes: int
) -> None:
    """Make a record of so many entries, or go on with one that was begun with this seed."""
    place = place_of(folder, database, seed)
    with TemporaryDirectory() as workshop_folder:
        workshop = open_workshop(seed, Path(workshop_folder))
    begin(place)
    (folder / ADDRESS).write_text(database, encoding="utf-8")
    every = stretches(workshop.numbers_for(entries), together)
    if processes == 1:
        _grow(place, workshop, every)
        return
    # Forked, so that nobody tells the stories of the workshop again.
    forking = multiprocessing.get_context("fork")
    shares = [every[first::processes] for first in range(processes)]
    workers = [forking.Process(target=_grow, args=(place, workshop, share)) for share in shares]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise click.ClickException("Not everything was made. Run it again: it goes on.")


@main.command()
@click.argument("folders", type=FOLDER, nargs=-1, required=True)
@click.option("--seed", default=1, show_default=True, help="What they were made with.")
def measure(folders: Sequence[Path], seed: int) -> None:
    """Print what each operation takes in these records; it writes a little into each of them."""
    for line in table(measured([place_of(folder, _address(folder), seed) for folder in folders])):
        click.echo(line)


@main.command(name="memory")
@click.argument("folder", type=FOLDER)
@click.option("--seed", default=1, show_default=True, help="What it was made with.")
def tell_memory(folder: Path, seed: int) -> None:
    """Print what a process holds in memory while it works in a record, and verifies it."""
    for line in memory(place_of(folder, _address(folder), seed)):
        click.echo(line)


@main.command()
@click.argument("folder", type=FOLDER)
@click.option("--processes", default=2, show_default=True, help="How many share it.")
@click.option("--rounds", default=3, show_default=True, help="How often each is measured.")
@click.option("--seed", default=1, show_default=True, help="What it was made with.")
def share(folder: Path, processes: int, rounds: int, seed: int) -> None:
    """Print how long a whole verification takes one process, and several."""
    place = place_of(folder, _address(folder), seed)
    for line in waited(place, processes, rounds).lines():
        click.echo(line)


def _address(folder: Path) -> str:
    """The address that the record was made under."""
    file = folder / ADDRESS
    return file.read_text(encoding="utf-8") if file.exists() else ""


def place_of(folder: Path, database: str, seed: int) -> Place:
    """The folder and the database, as settings."""
    environ = {"COI_HOME": str(folder)} | ({"COI_DATABASE_URL": database} if database else {})
    return Place(Settings.from_environment(environ), seed)


def _grow(place: Place, workshop: Workshop, numbers: Sequence[range]) -> None:
    """Grow, and say how fast."""
    began, whole = time.monotonic(), 0

    def told(entries: int) -> None:
        nonlocal whole
        whole += entries
        click.echo(f"{whole:,} entries, {whole / (time.monotonic() - began):,.0f} a second")

    grow(place, workshop, numbers, told)


if __name__ == "__main__":
    main()
