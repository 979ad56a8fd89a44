"""One label with a 2D code and a Code 128: ours, and two programs that draw labels from Python."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.beside.environments import PEERS, NotInstalled, environ, python_of
from benchmarks.beside.figures import Case, Measured
from benchmarks.beside.rounds import Inside, Runs
from benchmarks.beside.words import LABEL
from benchmarks.measure import calibrate
from benchmarks.starting import a_label
from labels.bag_label import bag_label
from labels.drawing import drawing_of
from labels.pdf import pdf_of

OURS = "ours"
PEERS_OF_LABELS = {
    "blabel": "HTML made a PDF, its symbols are pictures; nothing is refused that does not fit",
    "pylabels": "text and two symbols at fixed places; nothing is refused that does not fit",
}
_AT_ONCE = 8


def our_label() -> Runs:
    """A bag label as it is printed, with every line that it must have."""
    label = a_label()
    return Inside(Measured(Case(LABEL, ""), OURS), lambda: pdf_of(drawing_of(bag_label(label))))


@dataclass(slots=True)
class Drawer:
    """A peer in a process of its own, which says itself how much CPU it took."""

    measured: Measured
    process: "subprocess.Popen[str]"

    def warm_up(self) -> None:
        """Draw some."""
        self._draw()

    def run(self) -> None:
        """Draw some, and keep what one took."""
        if self.measured.not_run:
            return
        if (each := self._draw()) is not None:
            self.measured.cpu_ms.append(each)
            self.measured.operations += _AT_ONCE
            self.measured.calibration_ms.append(calibrate())

    def _draw(self) -> float | None:
        asked, told = self.process.stdin, self.process.stdout
        assert asked is not None
        assert told is not None
        try:
            asked.write(f"{_AT_ONCE}\n")
            asked.flush()
            return float(told.readline())
        except (BrokenPipeError, ValueError):
            self.measured.not_run = "it ended"
            return None


@contextmanager
def drawer(name: str, said: Path) -> Iterator[Runs]:
    """A peer that draws labels.

    Raises:
        NotInstalled: it cannot take part here.
    """
    command = [str(python_of(name)), "labelling.py", name]
    with said.open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own program in the peer's environment
            command,
            cwd=PEERS,
            env=environ(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    one = Drawer(Measured(Case(LABEL, ""), name, PEERS_OF_LABELS[name]), process)
    try:
        one.warm_up()
        if one.measured.not_run:
            raise NotInstalled(said.read_text()[-200:])
        yield one
    finally:
        process.kill()
        process.communicate()
