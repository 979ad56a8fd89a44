"""A therapy's labels at printers of the house: registered, sent, and tried one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coi.demo.performer import Performer
from coi.interop.printers.reach import Reach
from coi.services.drawing import ZPL
from coi.services.installation import Installation
from coi.services.label_ledger import label_ledger
from coi.services.label_sending import SendLabels, Sent, send_labels
from coi.services.print_sending import PrintSender
from coi.services.printers import About
from coi.services.registering_printers import register_printer
from coi.settings import Settings
from coi.store import print_jobs
from tests.coi.printing import AT_ONCE, PATIENT

KEEPERS = {"works-production": "queenie"}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the labels of a therapy are printed."""

    performer: Performer
    installation: Installation

    def register(self, address: str, unit: str = "works-production", **about: object) -> str:
        """A printer of a unit; returns its id."""
        by = self.performer.proven[KEEPERS[unit]]
        told = replace(About("Desk", address, ZPL, 203, 100, 50), **about)
        key = f"printer {told.name} {unit}"
        return register_printer(self.installation, by, unit, told, key=key)

    def send(
        self, coi: str, serials: Sequence[str], printer: str, by: str = "mia", key: str = ""
    ) -> Sent:
        """Let labels wait for a printer."""
        asked = SendLabels(coi, tuple(serials), printer, key or self.installation.new_id())
        return send_labels(self.installation, self.performer.proven[by], asked)

    def print_next(self, reach: Reach = PATIENT) -> None:
        """One label of each printer, as far as one waits."""
        sender = PrintSender(self.installation, reach, AT_ONCE)
        sender.step()
        sender.finish()

    def print_all(self) -> int:
        """Whatever can be printed now; returns how many were tried."""
        return PrintSender(self.installation, PATIENT, AT_ONCE).run_until_empty()

    def states(self, sent: Sent) -> list[str]:
        """How what was sent stands in the queue, in a word each."""
        jobs = [one.job for one in sent.labels]
        return self.installation.read(lambda tx: [print_jobs.job(tx, one).state for one in jobs])

    def lives(self, coi: str, by: str = "queenie") -> dict[str, str]:
        """How each label of a therapy stands."""
        lines = label_ledger(self.installation, self.performer.proven[by], coi).lines
        return {line.life.serial: line.life.state.value for line in lines}


def a_desk(performer: Performer) -> Desk:
    """The world of a journey, on whose machine printers may be."""
    ours = performer.installation
    home = {"COI_HOME": str(ours.settings.home), "COI_PRINTER_ALLOW": "127.0.0.1"}
    settings = Settings.from_environment(home)
    settings = replace(ours.settings, printer_allow=settings.printer_allow)
    return Desk(performer, replace(ours, settings=settings))
