"""When this server last recorded, remembered in the instance's folder twice a minute (WL-02).

It is no entry: thirty years of beats would be fifteen million. What a missing one means is: how
long nothing was recorded, and by how much the clock was set while no server ran.
"""

import fcntl
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from coi.clock import parse_rfc3339, rfc3339
from coi.services.hands import Reading
from coi.services.manifest import write_durably
from coi.settings import Settings

_NAME = "last-beat.json"


@dataclass(frozen=True, slots=True)
class Beat:
    """Where the hands of the clock stood, until when it was seen to follow others, and whose it is.

    A server keeps the name that it had first: a container is given another at each start.
    """

    hands: Reading
    followed_at: datetime
    server: str


def beat_file(settings: Settings) -> Path:
    """Where the last beat is remembered."""
    return settings.home / _NAME


def keep_beat(settings: Settings, beat: Beat) -> None:
    """Remember this one instead of the one before.

    Raises:
        OSError: it cannot be written.
    """
    told = {
        "at": rfc3339(beat.hands.at),
        "ticks": beat.hands.ticks,
        "boot": beat.hands.boot,
        "followed_at": rfc3339(beat.followed_at),
        "server": beat.server,
    }
    folder = os.open(settings.home, os.O_RDONLY)
    try:
        # Each process of a server beats; two that wrote at once would leave half of each.
        fcntl.flock(folder, fcntl.LOCK_EX)
        write_durably(beat_file(settings), json.dumps(told) + "\n")
    finally:
        os.close(folder)


def last_beat(settings: Settings) -> Beat | None:
    """The last one; None where there is none that can be read."""
    try:
        said = json.loads(beat_file(settings).read_bytes())
        hands = Reading(parse_rfc3339(said["at"]), float(said["ticks"]), str(said["boot"]))
        return Beat(hands, parse_rfc3339(said["followed_at"]), str(said["server"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
