"""What is measured: counts and durations of what happens, for Prometheus.

Where a server has several workers, each keeps its counts in files of one folder
(`PROMETHEUS_MULTIPROC_DIR`, which `coi serve` makes), and whichever worker is asked adds them up.
Labels are names of pages, codes and words of the product; nothing in them is anybody's (SEC-33).
"""

import os
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from coi import events
from coi.services.gauges import GAUGES, Gauge
from coi.services.installation import Installation
from coi.services.reporting import software
from workflows.alarms import AlarmDeed, Rings

SHARED = "PROMETHEUS_MULTIPROC_DIR"
FRESH_SECONDS = 5.0
FAILED = "1 for each measurement that could not be looked up."
_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_own = CollectorRegistry()
REQUESTS = Histogram(
    "coi_request_seconds",
    "How long requests took, by the page's name and the kind of answer.",
    ("endpoint", "method", "status"),
    buckets=_QUICK,
    registry=_own,
)
ENTRIES = Histogram(
    "coi_step_seconds",
    "How long steps of therapies took until they were on record, waiting included.",
    ("verb", "kind"),
    buckets=_QUICK,
    registry=_own,
)
REFUSALS = Counter(
    "coi_refusals", "Refusals of steps, by the code of the guard.", ("guard",), registry=_own
)
SITE_ENTRIES = Counter(
    "coi_site_entries",
    "Entries that belong to no therapy, by what was done: sign-ins, wrong passwords and locks too.",
    ("action",),
    registry=_own,
)
PASSWORD_WAITS = Histogram(
    "coi_password_wait_seconds",
    "How long passwords waited for their turn to be checked.",
    buckets=_QUICK,
    registry=_own,
)
CROWDED = Counter(
    "coi_passwords_turned_away", "Passwords that were not checked: too many.", registry=_own
)
BUSY = Counter(
    "coi_database_busy",
    "Transactions that the database did not get to, by what they waited for.",
    ("why",),
    registry=_own,
)
TRIED_AGAIN = Counter(
    "coi_transactions_tried_again", "Transactions that collided with another.", registry=_own
)
SLOW = Counter("coi_slow", "Looks and transactions above `COI_SLOW_MS`.", registry=_own)
HISTORY_CHANGED = Counter(
    "coi_history_changed",
    "How often it was found that what was signed is not in the record any more.",
    registry=_own,
)
UNFORESEEN = Counter("coi_unforeseen_errors", "Errors that nobody foresaw.", registry=_own)
ALARMS = Counter(
    "coi_alarms",
    "Alarms of therapies, by their kind: what is grave when it rings, and what went on to others.",
    ("alarm", "deed"),
    registry=_own,
)
UNNAMED = Counter(
    "coi_alarms_unnamed",
    "How often more rang of one kind than an e-mail names.",
    registry=_own,
)
for _kind in Rings:
    # From the beginning at 0: what grows from nothing to 1 has not grown, for who watches it.
    for _deed in (AlarmDeed.RAISE, AlarmDeed.ESCALATE):
        ALARMS.labels(_kind.value, _deed.value)


def _request_answered(told: events.Told) -> None:
    status = f"{str(told['status'])[0]}xx"
    seen = REQUESTS.labels(told["endpoint"], _method(told["method"]), status)
    seen.observe(_number(told["ms"]) / 1000)


def _entry_written(told: events.Told) -> None:
    if told["kind"] == "site":
        SITE_ENTRIES.labels(told["action"]).inc()
        return
    ENTRIES.labels(told["verb"], told["kind"]).observe(_number(told.get("seconds", 0)))
    guards = told["guards"]
    for guard in guards if isinstance(guards, list) else ():
        REFUSALS.labels(guard).inc()


_MEASURED: Mapping[str, Callable[[events.Told], None]] = {
    "request_answered": _request_answered,
    "entry_written": _entry_written,
    "password_checked": lambda told: PASSWORD_WAITS.observe(_number(told["seconds"])),
    "passwords_crowded": lambda _told: CROWDED.inc(),
    "database_busy": lambda told: BUSY.labels(told["why"]).inc(),
    "tried_again": lambda _told: TRIED_AGAIN.inc(),
    "slow": lambda _told: SLOW.inc(),
    "history_changed": lambda _told: HISTORY_CHANGED.inc(),
    "unforeseen": lambda _told: UNFORESEEN.inc(),
    "alarms_unnamed": lambda _told: UNNAMED.inc(),
    "alarm_rings": lambda told: ALARMS.labels(told["alarm"], told["deed"]).inc(),
}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def measure(event: str, told: events.Told) -> None:
    """Count what happened; what is not measured is left."""
    if (measured := _MEASURED.get(event)) is not None:
        measured(told)


def _method(method: object) -> str:
    """A method that there is: a client can send any word."""
    return str(method) if method in _METHODS else "other"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


class OfInstallation(Collector):
    """What is true of all processes together; looked up every few seconds at most."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._lock = Lock()
        self._known: tuple[Metric, ...] = ()
        self._at = float("-inf")

    def collect(self) -> Iterable[Metric]:
        """Every gauge, as it was found a few seconds ago."""
        with self._lock:
            if monotonic() - self._at >= FRESH_SECONDS:
                self._known, self._at = tuple(self._looked()), monotonic()
            return self._known

    def _looked(self) -> Iterator[Metric]:
        failed = GaugeMetricFamily(
            "coi_gauge_failed",
            FAILED,
            None,
            ["name"],
        )
        for gauge in GAUGES:
            try:
                yield _family(gauge, self._installation)
            # One that fails takes none of the others with it.
            except Exception:  # noqa: BLE001
                failed.add_metric([gauge.name], 1)
        yield failed
        build = GaugeMetricFamily(
            "coi_build_info", "1, with the versions.", None, ["version", "python", "database"]
        )
        database = self._installation.engine.dialect.name
        build.add_metric([software(), platform.python_version(), database], 1)
        yield build


def _family(gauge: Gauge, installation: Installation) -> Metric:
    family = GaugeMetricFamily(
        gauge.name, gauge.meaning, None, [gauge.label] if gauge.label else []
    )
    for value, number in gauge.look(installation).items():
        family.add_metric([value] if gauge.label else [], number)
    return family


def told_by(collector: OfInstallation) -> bytes:
    """Every measurement, of all workers, in the form that Prometheus reads."""
    registry = _own
    if SHARED in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    whole = CollectorRegistry()
    whole.register(collector)
    return generate_latest(registry) + generate_latest(whole)


def names() -> Mapping[str, str]:
    """Each measurement by its name, with what it means; for the document."""
    counted = {
        f"{family.name}_total" if family.type == "counter" else family.name: family.documentation
        for family in _own.collect()
    }
    looked_up = {gauge.name: gauge.meaning for gauge in GAUGES}
    also = {
        "coi_gauge_failed": FAILED,
        "coi_build_info": "1, with the versions.",
    }
    return {**counted, **looked_up, **also}
