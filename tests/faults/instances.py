"""Instances on either database for the tests of backups: one at work, and fresh places."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event, Thread

from benchmarks.clinic import Bag, Clinic
from coi.services.vault import write_key_file
from coi.settings import Settings
from tests.postgres import OWNER, Server


@dataclass
class Places:
    """Where instances of one kind of database can be: in folders, and databases of a server."""

    folder: Path
    server: Server | None

    def settings(self, name: str, url: str) -> Settings:
        """The settings of an instance with this database, in a folder of this name."""
        environ = {"COI_HOME": str(self.folder / name), "COI_DATABASE_URL": url}
        if self.server:
            environ["COI_OWNER_DATABASE_URL"] = self.server.url(url.rpartition("/")[2], OWNER)
        return Settings.from_environment(environ)

    @contextmanager
    def fresh(self, name: str) -> Iterator[Settings]:
        """The settings of an instance that is not there yet, with the key of the clinic."""
        if self.server is None:
            yield self._with_key(name, f"sqlite+pysqlite:///{self.folder / name}/coi.sqlite3")
            return
        database = self.server.new_database("template0")
        yield self._with_key(name, self.server.url(database))
        self.server.drop(database)

    def _with_key(self, name: str, url: str) -> Settings:
        settings = self.settings(name, url)
        write_key_file(settings.vault_key_file, bytes(32))
        return settings


@contextmanager
def at_work(clinic: Clinic, bag: Bag) -> Iterator[Event]:
    """A bag goes back and forth all the while; the event is set from the first handoff on."""
    stop, begun = Event(), Event()

    def hand_over() -> None:
        turn = clinic.turn_of(bag)
        for number in count():
            clinic.hand_over(bag, turn + number, f"load-{turn + number}")
            begun.set()
            if stop.is_set():
                return

    thread = Thread(target=hand_over)
    thread.start()
    try:
        assert begun.wait(60)
        yield begun
    finally:
        stop.set()
        thread.join()
