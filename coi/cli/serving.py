"""The application as a server's worker makes it: from the environment, in the worker's process."""

import logging
import os
import platform
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import fields
from functools import partial

from coi.app import create_app
from coi.events import listen, tell
from coi.logs import write_logs
from coi.services.alarm_mail import AlarmMail
from coi.services.alarms import look_at_disk
from coi.services.anchoring import begin_anchoring
from coi.services.batch_upkeep import BatchUpkeep
from coi.services.beats import last_beat
from coi.services.bell import Bell
from coi.services.delivering import Sender
from coi.services.doubt import note_untold
from coi.services.erased_log import settle_erased_at_start
from coi.services.hands import hands_of
from coi.services.installation import Installation, open_installation
from coi.services.print_sending import PrintSender
from coi.services.pulse import Pulse
from coi.services.reporting import software
from coi.services.sequencing import Sequencer
from coi.services.unending import went_well
from coi.services.watching import Watch
from coi.settings import Settings

_BETWEEN_LOOKS = 1.0  # seconds until a worker notices that its server is gone
_BETWEEN_LENGTHS = 60.0  # until what was recorded is remembered outside the database
_TO_FINISH = 10.0  # seconds in which it then answers what it was asked before
_log = logging.getLogger(__name__)


def application() -> Callable[..., object]:
    """The application of the installation that the environment names."""
    return create_app(begin())


def begin() -> Installation:
    """Open the installation, in a worker that ends with its server.

    Ctrl-C reaches every process of a terminal. It is the server's to hear: told twice to stop, by
    the terminal and by the server, a worker would never end.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with, args=(os.getppid(),), name="watch", daemon=True).start()
    settings = Settings.from_environment(os.environ)
    write_logs(settings.log_format, collector=settings.log_collector)
    installation = open_installation(settings)
    if settings.alarm_mail:
        mail = AlarmMail(installation)
        listen(mail.hear)
        _beside("mail", mail.run)
    _tell_start(installation)
    settle_erased_at_start(installation)
    _watch_clock(installation)
    threading.Thread(target=_look, args=(installation,), name="look", daemon=True).start()
    # None of these needs an end of its own: what one had in hand is sent, sequenced, verified or
    # gone on with by the next; a label on its way to a printer is told as unconfirmed.
    if settings.webhook_send:
        _beside("send", Sender(installation).run)
    if settings.print_send:
        _beside("print", PrintSender(installation).run)
    _beside("bell", Bell(installation).run)
    _beside("batches", BatchUpkeep(installation).run)
    if settings.checkpoint_sign:
        _beside("sequence", Sequencer(installation).run)
        begin_anchoring(installation, threading.Event())
    if settings.verify_minutes:
        _beside("verify", Watch(installation).run)
    return installation


def _beside(name: str, run: Callable[[threading.Event], None]) -> None:
    """Run it beside the pages, as long as the worker lives."""
    threading.Thread(target=run, args=(threading.Event(),), name=name, daemon=True).start()


def _watch_clock(installation: Installation) -> None:
    """What serves is on record before it answers; from then on the clock is watched."""
    known = last_beat(installation.settings)
    pulse = Pulse(installation, hands_of(installation.clock, known.server if known else ""))
    pulse.look()
    _beside("pulse", pulse.run)


def _tell_start(installation: Installation) -> None:
    """What serves, and how it is set; a secret is no part of it."""
    settings = installation.settings
    shown = {one.name: str(getattr(settings, one.name)) for one in fields(settings) if one.repr}
    tell(
        "started",
        version=software(),
        python=platform.python_version(),
        database=installation.engine.dialect.name,
        demonstration=installation.demonstration,
        settings=shown,
    )


def _look(installation: Installation) -> None:
    """Look once a minute, as long as the worker lives."""
    while True:
        look_once(installation)
        time.sleep(_BETWEEN_LENGTHS)


def look_once(installation: Installation) -> None:
    """Remember how long the record is, or find that somebody put it back; and look at its disk.

    Each look is made by itself: a disk that fills up is told while the database is away.
    """
    disk, found = partial(look_at_disk, installation), partial(note_untold, installation)
    for look in (installation.look_at_length, installation.disk.keep_reserve, disk, found):
        went_well(look, _tell_trouble)


def _tell_trouble(error: Exception) -> None:
    """Say it in the log; this looks again, and whoever works is told."""
    told = "How long the record is or its disk could not be looked up."
    _log.error(told, exc_info=error)


def _end_with(server: int) -> None:
    """End this worker when its server is gone, killed without a chance to say so.

    Otherwise it would hold the port, and answer beside the server that is started next.
    """
    while os.getppid() == server:
        time.sleep(_BETWEEN_LOOKS)
    os.kill(os.getpid(), signal.SIGTERM)  # as the server would have said it
    time.sleep(_TO_FINISH)
    os._exit(1)  # whatever is still being saved is rolled back whole
