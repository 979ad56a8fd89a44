"""The clinic with printers: a nurse, a reviewer, and a queue that is tried at once."""

import ssl
from dataclasses import dataclass, replace
from datetime import timedelta

from coi.interop.addresses import Allowed
from coi.interop.printers.reach import Reach
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.print_queue import NewPrint, queue_print
from coi.services.print_sending import PrintPace, PrintSender
from coi.services.printers import ZPL, About, KnownPrinter, printer_named
from coi.services.proofs import JustProven
from coi.services.registering_printers import register_printer
from coi.settings import Settings
from coi.store import print_jobs
from coi.store.print_jobs import JobRow
from tests.coi.clinic import Clinic

UNIT = "north-ward"
FIRST, SECOND = "TEST-28JT97KC-M", "TEST-7KQ2M9XA-P"
PATIENT = Reach(
    Allowed.of(["127.0.0.1"]),
    ssl.create_default_context(),
    connect_seconds=20,
    answer_seconds=20,
    between_seconds=0.01,
)
"""A printer that answers is waited for, however busy the machine is."""

HASTY = replace(PATIENT, answer_seconds=1.0, print_seconds=2.0)
"""One that says nothing is not waited for long; before that, it has time to answer."""

AT_ONCE = PrintPace(lease=timedelta(0), again=timedelta(0), look=0.01)


@dataclass(frozen=True)
class Ward:
    """Where labels are printed: who prints them, and who keeps the printers."""

    clinic: Clinic
    installation: Installation
    nina: JustProven
    quentin: JustProven

    def register(self, address: str, name: str = "Desk", **about: object) -> str:
        """A printer of the ward; returns its id."""
        told = replace(About(name, address, ZPL, 203, 100, 50), **about)
        return register_printer(self.installation, self.quentin, UNIT, told, key=f"printer {name}")

    def queue(self, printer: str, therapy: str = FIRST, content: bytes = b"") -> str:
        """Print one label of a therapy, by an entry; returns its id in the queue."""
        ours, serial = self.installation, self.installation.new_id()
        content = content or f"^XA^FD{serial}^FS^XZ".encode()

        def work(tx: object) -> str:
            known = printer_named(tx, printer)
            occasion = Occasion(self.nina.person, UNIT, ours.clock.now())
            told = Registered(document={"kind": "label", "about": serial})
            entry = write_site_entry(tx, "print_label", occasion, told, "site:north")
            one = NewPrint(content, known.about.media_type, (serial,), therapy)
            return queue_print(tx, ours, known, [one], entry)[0]

        return ours.transact(work)

    def send(self, pace: PrintPace = AT_ONCE, reach: Reach = PATIENT) -> int:
        """Try everything that is due, once; returns how many were tried."""
        sender = PrintSender(self.installation, reach, pace)
        tried = sender.step()
        sender.finish()
        return tried

    def printer(self, identifier: str) -> KnownPrinter:
        """What is known of a printer now."""
        return self.installation.read(lambda tx: printer_named(tx, identifier))

    def waiting(self, printer: str) -> int:
        """How many labels wait at a printer."""
        return len(self.installation.read(lambda tx: print_jobs.waiting_at(tx, printer)))

    def job(self, identifier: str) -> JobRow:
        """How a job stands."""
        found = self.installation.read(lambda tx: print_jobs.job(tx, identifier))
        assert found is not None
        return found

    def states(self, *identifiers: str) -> list[str]:
        """How these jobs stand, in a word each."""
        return [self.job(one).state for one in identifiers]


def a_ward(clinic: Clinic) -> Ward:
    """The clinic, on whose machine printers may be."""
    ours = clinic.installation
    home = {"COI_HOME": str(ours.settings.home), "COI_PRINTER_ALLOW": "127.0.0.1"}
    ours = replace(ours, settings=Settings.from_environment(home))
    nina = clinic.hire("nina", ("apheresis_nurse", UNIT))
    quentin = clinic.hire("quentin", ("qa_reviewer", UNIT))
    return Ward(clinic, ours, nina, quentin)
