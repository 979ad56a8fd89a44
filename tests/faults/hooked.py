"""The clinic with webhooks, and senders that do not wait long."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import text

from benchmarks.clinic import Bag, Clinic
from coi.clock import Clock
from coi.interop.signing import event_id
from coi.services.delivering import Pace, Sender
from coi.services.proofs import JustProven, person_of
from coi.services.webhook_way import way_of
from coi.services.webhooks import NewWebhook, Secret, open_webhook
from coi.settings import Settings
from coi.store.engine import read
from tests.receiver import Receiver

ALLOWING = Settings.from_environment({"COI_WEBHOOK_HTTP": "127.0.0.1"})
USUAL = Pace(look=0.02)
SOON_GIVEN_UP = Pace(lease=timedelta(seconds=0.3), look=0.02)
"""Where senders are killed: what one had in hand is soon another's."""


@dataclass(frozen=True, slots=True)
class Hooked:
    """A clinic whose handoffs are told to receivers on this machine."""

    clinic: Clinic

    @classmethod
    def of(cls, clinic: Clinic, clock: Clock | None = None) -> "Hooked":
        """The same clinic, in which this machine may be spoken to."""
        ours = clinic.installation
        ours = replace(ours, settings=ALLOWING, clock=clock or ours.clock)
        return cls(replace(clinic, installation=ours))

    def open(self, receiver: Receiver, **asked: tuple[str, ...]) -> Secret:
        """Tell this receiver of everything, or of what is asked for."""
        known = self.clinic.installation.read(lambda tx: person_of(tx, "root"))
        root = JustProven("root", known.person.id, known.credential)
        new = NewWebhook(receiver.url(), "a receiver", **asked)
        key = f"open {receiver.port}"
        return open_webhook(self.clinic.installation, root, new, key=key)

    def sender(self, pace: Pace = USUAL, seconds: float = 15) -> Sender:
        """A sender of its own."""
        way = replace(way_of(ALLOWING), total_seconds=seconds)
        return Sender(self.clinic.installation, way, pace)

    def hand_over(self, bag: Bag, times: int = 1) -> None:
        """Hand a bag back and forth."""
        for _ in range(times):
            turn = self.clinic.turn_of(bag)
            self.clinic.hand_over(bag, turn, f"{bag.subject} {turn}")

    def states(self) -> dict[str, int]:
        """How many deliveries there are in each state."""
        query = text("SELECT state, count(*) FROM delivery GROUP BY state")
        with read(self.clinic.installation.engine) as connection:
            return dict(connection.execute(query).all())

    def ids(self, webhook: str) -> set[str]:
        """The ids under which everything that was put out is known to a receiver."""
        query = text("SELECT chain, seq FROM delivery WHERE webhook = :webhook")
        with read(self.clinic.installation.engine) as connection:
            rows = connection.execute(query, {"webhook": webhook}).all()
        return {event_id(webhook, chain, seq) for chain, seq in rows}
