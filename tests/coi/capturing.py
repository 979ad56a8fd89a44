"""What a device captures without a line, as its browser would write it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from coi.services.capture_sync import HandedIn, hand_in
from coi.services.captures import (
    BEFORE_THE_FIRST,
    MOVED,
    Capture,
    CapturedCode,
    read_captures,
)
from coi.services.installation import Installation
from coi.services.proofs import Proven


@dataclass
class Queue:
    """The captures of one device, each with the hash of the one before."""

    device: str
    begun: datetime
    captures: list[Capture] = field(default_factory=list)

    def capture(self, *raw: str, kind: str = MOVED, after: timedelta | None = None) -> Capture:
        """Capture one handoff, a minute after the one before."""
        last = self.captures[-1] if self.captures else None
        moment = self.begun + (timedelta(minutes=len(self.captures)) if after is None else after)
        at = f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
        codes = tuple(CapturedCode(one, "scanned", at) for one in raw)
        previous = last.hash if last else BEFORE_THE_FIRST
        seq = last.seq + 1 if last else 1
        self.captures.append(Capture(self.device, seq, kind, at, codes, previous))
        return self.captures[-1]


def as_sent(captures: Sequence[Capture]) -> str:
    """The text that a browser sends."""
    return json.dumps(
        [
            {
                "device": one.device,
                "seq": one.seq,
                "kind": one.kind,
                "at": one.at,
                "codes": [{"raw": code.raw, "how": code.how, "at": code.at} for code in one.codes],
                "previous": one.previous,
                "hash": one.hash,
            }
            for one in captures
        ]
    )


def send(installation: Installation, by: Proven, captures: Sequence[Capture]) -> HandedIn:
    """Hand in what somebody captured at this device."""
    return hand_in(installation, by, read_captures(as_sent(captures)))


def at_device(by: Proven, device: str) -> Proven:
    """The same person, at this device."""
    return replace(by, device=device)
