"""Printing when something breaks: nothing is lost, nothing is sent twice unsaid (LB-04, R11)."""

import os
import signal
import ssl
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context

import pytest

from benchmarks.clinic import Clinic, open_clinic
from coi.interop.addresses import Allowed
from coi.interop.printers.reach import Reach
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.print_queue import NewPrint, queue_print
from coi.services.print_sending import PrintPace, PrintSender
from coi.services.printers import ZPL, About, printer_named
from coi.services.proofs import JustProven, person_of
from coi.services.registering_printers import register_printer
from coi.settings import Settings
from coi.store import print_jobs
from coi.store.engine import open_engine
from tests.faults.traces import nothing_is_wrong
from tests.printer9100 import a_printer

UNIT, SITE = "works-production", "site:works"
ALLOWING = Settings.from_environment({"COI_PRINTER_ALLOW": "127.0.0.1"})
REACH = Reach(
    Allowed.of(["127.0.0.1"]),
    ssl.create_default_context(),
    connect_seconds=20,
    answer_seconds=20,
    between_seconds=0.01,
)
PACE = PrintPace(lease=timedelta(seconds=0.3), again=timedelta(0), look=0.01)
KILLS = 4


def at_printers(clinic: Clinic) -> Clinic:
    """The clinic, on whose machine printers may be."""
    return replace(clinic, installation=replace(clinic.installation, settings=ALLOWING))


def register(clinic: Clinic, address: str) -> str:
    """A printer of the manufacturer."""
    ours = clinic.installation
    known = ours.read(lambda tx: person_of(tx, "queenie"))
    queenie = JustProven("queenie", known.person.id, known.credential)
    return register_printer(
        ours, queenie, UNIT, About("Desk", address, ZPL, 203, 100, 50), key="printer"
    )


def queue(clinic: Clinic, printer: str, number: int) -> str:
    """Print one label by an entry; returns its id in the queue."""
    ours = clinic.installation

    def work(tx: object) -> str:
        occasion = Occasion(clinic.proven["leo"].person, UNIT, ours.clock.now())
        told = Registered(document={"kind": "label", "about": str(number)})
        entry = write_site_entry(tx, "print_label", occasion, told, SITE)
        one = NewPrint(f"^XA^FDlabel {number}^FS^XZ".encode(), ZPL, (f"B-{number}",), "a therapy")
        return queue_print(tx, ours, printer_named(tx, printer), [one], entry)[0]

    return ours.transact(work)


def print_for_ever(url: str) -> None:
    """What a sender does, in a process of its own."""
    ours = at_printers(open_clinic(open_engine(url))).installation
    PrintSender(ours, REACH, PACE).run(threading.Event())


class Killer:
    """Kills the sender with its label in hand: before the printer has all of it, or right after."""

    def __init__(self) -> None:
        self.process = None
        self.kills = 0

    def __call__(self, moment: str) -> None:
        """Kill at this moment, each time at the other one."""
        if self.process and (moment == "begun") == bool(self.kills % 2):
            victim, self.process = self.process, None
            self.kills += 1
            os.kill(victim, signal.SIGKILL)


def test_a_sender_that_is_killed_amidst_a_label_sends_none_twice(clinic, url):
    """Each label came out once or was told as unconfirmed, and none is lost (LB-04)."""
    clinic, killer = at_printers(clinic), Killer()
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["tests.faults.test_printing"])
    with a_printer(on_label=killer) as there:
        printer = register(clinic, there.address)
        jobs = []
        for number in range(KILLS):
            process = processes.Process(target=print_for_ever, args=(url,))
            process.start()
            killer.process = process.pid
            jobs.append(queue(clinic, printer, number))
            process.join(timeout=60)  # on a busy machine it is a while until it sends
            process.kill()
            assert process.exitcode == -signal.SIGKILL
        time.sleep(0.4)  # until what the last one took is given up
        jobs.append(queue(clinic, printer, KILLS))
        PrintSender(clinic.installation, REACH, PACE).run_until_empty()

    rows = clinic.installation.read(lambda tx: [print_jobs.job(tx, one) for one in jobs])
    assert [row.state for row in rows] == ["unconfirmed"] * KILLS + ["printed"]
    assert max(Counter(there.printed).values()) == 1
    assert nothing_is_wrong(clinic.installation.engine)


def test_two_senders_send_no_label_twice(clinic):
    """However they meet: what one has in hand the other passes by."""
    clinic = at_printers(clinic)
    with a_printer() as there:
        printer = register(clinic, there.address)
        jobs = [queue(clinic, printer, number) for number in range(8)]
        pace = replace(PACE, lease=timedelta(minutes=1))
        both = [PrintSender(clinic.installation, REACH, pace) for _ in "ab"]
        threads = [threading.Thread(target=one.run_until_empty) for one in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        both[0].run_until_empty()

    rows = clinic.installation.read(lambda tx: [print_jobs.job(tx, one) for one in jobs])
    assert [row.state for row in rows] == ["printed"] * 8
    assert len(there.printed) == 8


def test_a_label_whose_entry_is_not_kept_is_not_printed(clinic):
    """The queue is written with the entry: where the one is taken back, so is the other."""
    clinic = at_printers(clinic)

    class Broken(Exception):
        """The transaction ends in the middle."""

    def work(tx: object) -> None:
        known = printer_named(tx, printer)
        occasion = Occasion(clinic.proven["leo"].person, UNIT, clinic.installation.clock.now())
        entry = write_site_entry(tx, "print_label", occasion, Registered(), SITE)
        queue_print(tx, clinic.installation, known, [NewPrint(b"^XA^XZ", ZPL)], entry)
        raise Broken

    with a_printer() as there:
        printer = register(clinic, there.address)
        with pytest.raises(Broken):
            clinic.installation.transact(work)
        tried = PrintSender(clinic.installation, REACH, PACE).run_until_empty()

    assert (tried, there.received) == (0, b"")
