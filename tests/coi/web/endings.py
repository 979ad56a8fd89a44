"""Ends a step by its last signature or by a wrong scan, cut short somewhere on the way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from coi.clock import SteppedClock
from coi.demo.cast import PASSWORD
from coi.services import concluding, going_on
from coi.services.errand import Errand
from coi.services.finding import find
from coi.services.going_on import Answer
from coi.services.installation import Installation, open_installation
from coi.services.scanning import Code
from coi.services.sessions import SignedIn, prove, resume
from coi.settings import Settings
from tests.coi.clinic import QUICK
from tests.coi.web.walk import Walker
from tests.faults.cuts import Moment, Scissors, killing


def session_of(walker: Walker) -> str:
    """What the browser of somebody holds."""
    with walker.browser.client.session_transaction() as held:
        token: str = held["token"]
    return token


@dataclass(frozen=True)
class Ending:
    """What somebody does last at a step: they sign it, or they scan this code."""

    session: str
    errand: str
    version: int
    username: str
    code: str = ""  # '' signs

    @classmethod
    def of(cls, walker: Walker, username: str, code: str = "") -> "Ending":
        """What the person at this page does next."""
        errand = walker.path.rpartition("/")[2]
        return cls(session_of(walker), errand, int(walker.version), username, code)

    def who(self, installation: Installation) -> SignedIn:
        """Who does it, as their browser is known."""
        return resume(installation, self.session)

    def now(self, installation: Installation) -> Errand:
        """The step as it stands."""
        return find(installation, self.who(installation), self.errand).errand

    def prepared(self, installation: Installation) -> Callable[[], object]:
        """Everything before the transaction, so that a cut hits nothing but that; then do it."""
        somebody = self.who(installation)
        if self.code:
            answer = Answer(self.errand, self.version)
            return lambda: going_on.scan(installation, somebody, answer, Code(self.code))
        seen, proven = self.now(installation), (prove(installation, self.username, PASSWORD),)
        return lambda: concluding.sign(installation, somebody, seen, proven)


def end_and_be_killed(home: Path, now: datetime, ending: Ending, moment: Moment, nth: int) -> None:
    """Do it in a process of its own, which is killed on the way (or ends with 0)."""
    opened = open_installation(Settings.from_environment({"COI_HOME": str(home)}))
    clock = SteppedClock(now, timedelta(milliseconds=1))
    installation = replace(opened, hasher=QUICK, clock=clock)
    act = ending.prepared(installation)
    with Scissors(installation.engine, moment, nth, killing):
        act()
