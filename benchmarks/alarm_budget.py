"""How often an alarm rings for nothing: therapies told through the real engine (BD-16).

`python -m benchmarks.alarm_budget` tells whole therapies, with one mistake in each of most, at a
place that a seed draws, and writes into docs/alarms.md how often each mistake makes a hard alarm,
and what follows for the error rates that are stated there. How often people make a mistake no
simulation knows: so the rates are stated, and what would follow from others stands beside them.
"""

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from benchmarks.growth.workshop import build_world, installation_on
from coi.clock import SteppedClock
from coi.demo.cast import PATIENTS
from coi.demo.chapters import Step, take, wish_of
from coi.demo.performer import Performer
from coi.demo.stories import GOES_WELL
from coi.errors import Refused
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.bell import ring_all
from coi.services.scanning import Code
from coi.services.therapies import TherapyView, look
from coi.settings import Settings
from coi.store.engine import open_engine
from coi.store.migrate import upgrade
from workflows.alarms import KINDS, AlarmDeed, Level, Rings
from workflows.model import Kind

DOCUMENT = Path(__file__).parents[1] / "docs" / "alarms.md"
BEGINS = "<!-- budget: written by `python -m benchmarks.alarm_budget` -->"
ENDS = "<!-- end of budget -->"
SEED, THERAPIES = 16, 100
BUDGET = 1.0
"""Hard alarms for a thousand correct scans; fewer are asked for."""

_PACE, _LONGEST = 0.5, timedelta(hours=4)  # of the time that a step may take; and never longer
_QUICK = timedelta(minutes=2)  # between two steps with a thawed bag


class Mistake(StrEnum):
    """What goes wrong once in a therapy."""

    NONE = "nothing"
    MISREAD = "a code is misread"
    WRONG_BAG = "another therapy's bag is scanned"
    LATE = "a step is late"
    FORGOTTEN = "a step is forgotten until somebody else is told"


RATES: Mapping[Mistake, float] = {
    Mistake.MISREAD: 1 / 100,
    Mistake.WRONG_BAG: 1 / 10_000,
    Mistake.LATE: 1 / 100,
    Mistake.FORGOTTEN: 1 / 2_000,
}
"""How often each is assumed to happen: for a scan, or for a step that may take only so long."""

OF_SCANS = (Mistake.MISREAD, Mistake.WRONG_BAG)


@dataclass(slots=True)
class Outcome:
    """What was counted: correct scans, steps, mistakes, and what each made."""

    scans: int = 0
    steps: int = 0
    timed: int = 0  # those of the steps that may take only so long
    made: Counter[Mistake] = field(default_factory=Counter)
    hard: Counter[Mistake] = field(default_factory=Counter)
    warned: Counter[Mistake] = field(default_factory=Counter)

    @property
    def for_nothing(self) -> int:
        """Hard alarms where nothing had gone wrong."""
        return self.hard[Mistake.NONE]

    def chance(self, mistake: Mistake) -> float:
        """How often such a mistake makes a hard alarm."""
        return self.hard[mistake] / self.made[mistake] if self.made[mistake] else 0.0

    def per_thousand(self, rates: Mapping[Mistake, float]) -> float:
        """Hard alarms for a thousand correct scans, where mistakes come as often as that."""
        timed_a_scan = self.timed / self.scans
        found = sum(
            rate * self.chance(one) * (1 if one in OF_SCANS else timed_a_scan)
            for one, rate in rates.items()
        )
        return 1000 * (self.for_nothing / self.scans + found)


@dataclass(slots=True)
class Simulation:
    """Therapies told one after the other; a strange one lies beside them all the while."""

    performer: Performer
    chance: random.Random
    outcome: Outcome = field(default_factory=Outcome)

    def tell(self, number: int, mistake: Mistake) -> None:
        """One therapy, with this mistake at some step of it."""
        performer = self.performer
        coi = performer.order(PATIENTS[number % len(PATIENTS)])
        fitting = [n for n in range(len(GOES_WELL)) if self._fits(mistake, n)]
        at = self.chance.choice(fitting) if fitting else -1
        for n, step in enumerate(GOES_WELL):
            self._wait(n)
            if n == at and not self._err(coi, step, mistake):
                return
            self._take(coi, step)
            self.outcome.timed += _is_timed(n)

    def _fits(self, mistake: Mistake, n: int) -> bool:
        """The mistake can be made at this step."""
        if mistake is Mistake.NONE:
            return False
        # Whatever is scanned can be misread; whatever may take only so long can be late.
        return GOES_WELL[n].action in _SCANNING if mistake in OF_SCANS else _is_timed(n)

    def _take(self, coi: str, step: Step) -> None:
        """Take it as it is meant to be taken; what rings then rings for nothing."""
        before = self._rang(coi)
        # The performer scans for a step what it would ask for: so many codes were right.
        view = look(self.performer.installation, coi)
        wanted, _actor, _signers = self.performer.request(
            coi, step.action, wish_of(view, step), view
        )
        take(self.performer, coi, step)
        ring_all(self.performer.installation)
        self.outcome.scans += len(wanted.codes)
        self.outcome.steps += 1
        self._count(Mistake.NONE, before, self._rang(coi))

    def _err(self, coi: str, step: Step, mistake: Mistake) -> bool:
        """Make the mistake; returns whether the therapy can go on after it."""
        before, stopped = self._rang(coi), False
        if mistake in OF_SCANS:
            stopped = self._scan_wrongly(coi, step, mistake)
        else:
            self._delay(step, mistake)
        ring_all(self.performer.installation)
        self.outcome.made[mistake] += 1
        hard = self._count(mistake, before, self._rang(coi), stopped=stopped)
        return not (stopped or (hard and mistake is Mistake.FORGOTTEN))

    def _scan_wrongly(self, coi: str, step: Step, mistake: Mistake) -> bool:
        """Try the step with one code that is not the right one; returns whether that is a stop."""
        view = look(self.performer.installation, coi)
        wish = wish_of(view, step)
        wanted, actor, signers = self.performer.request(coi, step.action, wish, view)
        wrong = self._misread(wanted) if mistake is Mistake.MISREAD else self._strange(wanted, view)
        try:
            take_action(self.performer.installation, wrong, actor, signers)
        except Refused:
            after = look(self.performer.installation, coi)
            return _exceptions(after) > _exceptions(view)
        raise AssertionError(f"{step.action} took a code that was not the right one")

    def _misread(self, wanted: TakeAction) -> TakeAction:
        """One character of one code is another one."""
        n = self.chance.randrange(len(wanted.codes))
        raw = wanted.codes[n].raw
        at = self.chance.randrange(len(raw))
        other = self.chance.choice([c for c in "0123456789ABCDEFGHJK" if c != raw[at]])
        return _with_code(wanted, n, raw[:at] + other + raw[at + 1 :])

    def _strange(self, wanted: TakeAction, view: TherapyView) -> TakeAction:
        """A bag of the therapy that lies beside this one is scanned in the place of the right."""
        own = [n for n, code in enumerate(wanted.codes) if view.therapy.coi in code.raw]
        strange = self._beside()
        n = self.chance.choice(own)
        serial = next(iter(strange.labels.values()))[-1]
        return _with_code(wanted, n, f"{serial}/{strange.therapy.coi}")

    def _beside(self) -> TherapyView:
        """Another patient's therapy with a bag that has a label."""
        performer = self.performer
        coi = performer.order(PATIENTS[-1])
        for step in GOES_WELL[:_COLLECTED]:
            take(performer, coi, step)
        return look(performer.installation, coi)

    def _delay(self, step: Step, mistake: Mistake) -> None:
        """Let more time pass than the step may take; of a forgotten one, until others are told."""
        due = _TIMED[step.action]
        if mistake is Mistake.LATE:
            self._advance(due * (1 + self.chance.random()))
        else:
            self._advance(due + max(timedelta(hours=1), min(due, timedelta(hours=24))))

    def _wait(self, n: int) -> None:
        """What passes before a step where all goes well."""
        step = GOES_WELL[n]
        thawed = any(before.action == "thaw" for before in GOES_WELL[:n])
        if thawed:
            self._advance(_QUICK * self.chance.random())
            return
        due = _TIMED.get(step.action, timedelta(hours=1))
        self._advance(min(_LONGEST, due * _PACE) * self.chance.random())

    def _advance(self, time: timedelta) -> None:
        clock = self.performer.installation.clock
        assert isinstance(clock, SteppedClock)
        clock.advance(time)

    def _rang(self, coi: str) -> Counter[Level]:
        """How often what rang in a therapy, by how grave it is."""
        history = look(self.performer.installation, coi).history
        raised = [one for one in history if one.action == AlarmDeed.RAISE]
        return Counter(KINDS[Rings(one.content["document"]["alarm"])].level for one in raised)

    def _count(
        self,
        mistake: Mistake,
        before: Counter[Level],
        after: Counter[Level],
        *,
        stopped: bool = False,
    ) -> bool:
        """Count what came of a mistake, or of none; returns whether any of it is hard."""
        hard = stopped or after[Level.ALARM] > before[Level.ALARM]
        self.outcome.hard[mistake] += hard
        self.outcome.warned[mistake] += after[Level.WARNING] > before[Level.WARNING]
        return hard


def _with_code(wanted: TakeAction, n: int, raw: str) -> TakeAction:
    codes = (*wanted.codes[:n], Code(raw), *wanted.codes[n + 1 :])
    return replace(wanted, codes=codes, key=f"{wanted.key}-wrong")


def _exceptions(view: TherapyView) -> int:
    machines = view.workflow.machines
    return sum(machines[one.machine].kind is Kind.EXCEPTION for one in view.subjects.values())


_COLLECTED = next(n for n, one in enumerate(GOES_WELL) if one.action == "collect") + 1
_SCANNING = frozenset(
    {"freeze_material", "accept_material", "freeze_product", "accept_product", "thaw"}
    | {"check_at_bedside", "infuse"}
)
"""Steps that scan the label of a bag of their own therapy."""

_TIMED: Mapping[str, timedelta] = {
    "approve": timedelta(hours=72),
    "confirm_slot": timedelta(hours=120),
    "plan_collection": timedelta(hours=120),
    "collect": timedelta(hours=720),
    "complete_collection": timedelta(hours=24),
    "freeze_material": timedelta(hours=24),
    "release_shipment": timedelta(hours=96),
    "unpack": timedelta(hours=4),
    "accept_material": timedelta(hours=24),
    "start_lot": timedelta(hours=24),
    "activate": timedelta(hours=24),
    "transduce": timedelta(hours=48),
    "expand": timedelta(hours=120),
    "harvest": timedelta(hours=288),
    "formulate": timedelta(hours=4),
    "fill": timedelta(hours=2),
    "freeze_product": timedelta(hours=2),
    "finish_sample": timedelta(hours=384),
    "accept_product": timedelta(hours=24),
    "start_lymphodepletion": timedelta(hours=336),
    "thaw": timedelta(hours=168),
    "check_at_bedside": timedelta(minutes=20),
}
"""Steps that may take only so long, by the definition; a test compares."""


_ANEW = frozenset({"expand", "thaw"})
"""Of them those that have no time when they are taken once more: it is said where it is defined."""


def _is_timed(n: int) -> bool:
    """The step may take only so long, where it stands in the whole."""
    action = GOES_WELL[n].action
    again = any(step.action == action for step in GOES_WELL[:n])
    # Between two parts of one bag it is checked anew; the time is that of the infusion.
    is_between = action == "check_at_bedside" and GOES_WELL[n].state == "infusing"
    return action in _TIMED and not is_between and not (again and action in _ANEW)


def mistakes(therapies: int) -> Iterator[Mistake]:
    """Of so many therapies as many with each mistake, and as many without any."""
    kinds = [*Mistake]
    yield from (kinds[n % len(kinds)] for n in range(therapies))


def simulated(performer: Performer, therapies: int, seed: int = SEED) -> Outcome:
    """What so many therapies make, told from a seed."""
    simulation = Simulation(performer, random.Random(f"{seed} alarms"))
    for number, mistake in enumerate(mistakes(therapies)):
        simulation.tell(number, mistake)
    return simulation.outcome


def sensitivity(outcome: Outcome) -> Iterator[tuple[str, float]]:
    """The budget at the rates that are stated, and with each of them ten times as high and low."""
    yield "as stated", outcome.per_thousand(RATES)
    for mistake in RATES:
        for factor, words in ((10, "ten times as often"), (0.1, "a tenth as often")):
            rates = {**RATES, mistake: RATES[mistake] * factor}
            yield f"{mistake}, {words}", outcome.per_thousand(rates)


def table(outcome: Outcome, therapies: int) -> Sequence[str]:
    """What stands in the document."""
    bound = 3000 / outcome.scans  # of what was never seen, with 95 % (the rule of three)
    told = (
        f"{therapies} therapies, seed {SEED}: {outcome.steps} steps ({outcome.timed} with a"
        f" deadline) and {outcome.scans} correct"
        f" scans; hard alarms for nothing: **{outcome.for_nothing}** (with 95 % fewer than"
        f" {bound:.2f} in 1,000 scans where none was seen)."
    )
    lines = [
        told,
        "",
        "| Mistake | Made | Hard alarm | Warning | Stated rate |",
        "|---|---|---|---|---|",
    ]
    for mistake, rate in RATES.items():
        made = outcome.made[mistake]
        hard, warned = outcome.hard[mistake], outcome.warned[mistake]
        per = "scans" if mistake in OF_SCANS else "steps with a deadline"
        lines.append(f"| {mistake} | {made} | {hard} | {warned} | 1 in {1 / rate:,.0f} {per} |")
    lines += ["", "| Rates | Hard alarms in 1,000 correct scans |", "|---|---|"]
    lines += [f"| {words} | {found:.2f} |" for words, found in sensitivity(outcome)]
    return lines


def written(text: str, lines: Sequence[str]) -> str:
    """The document with what was counted last."""
    before, _mark, rest = text.partition(BEGINS)
    _old, _end, after = rest.partition(ENDS)
    return f"{before}{BEGINS}\n\n" + "\n".join(lines) + f"\n\n{ENDS}{after}"


def main() -> None:
    """Tell the therapies in a database that nobody needs afterwards, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--therapies", type=int, default=THERAPIES)
    therapies = parser.parse_args().therapies
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite+pysqlite:///{Path(folder) / 'budget.sqlite3'}")
        upgrade(engine)
        performer = build_world(installation_on(engine, Settings.from_environment({}), SEED))
        outcome = simulated(performer, therapies)
        engine.dispose()
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8"), table(outcome, therapies)), "utf-8")


if __name__ == "__main__":
    main()
