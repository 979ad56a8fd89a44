"""The first journey: one therapy from its order to the end of its follow-up, told by commands.

Every line that begins with `$ coi` is a command that you could type yourself. Codes are "scanned"
from the labels that the steps before have issued. On its way a bag of another patient is refused at
the bedside, and at the end somebody tries to forge the record. The story stands in
`first_journey.yaml`, the orders in `orders.csv`.

Run it with `make journey`. It makes a folder of its own, and says at the end where that is.
"""

import csv
import io
import os
import re
import shlex
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from coi.cli import main
from coi.cli.opening import BANNER
from coi.services.installation import DEMONSTRATION

HERE = Path(__file__).parent
WRITTEN_ON = date(2026, 11, 10)  # the day on which the orders of the example were written
PASSWORD = "for demonstration only"  # noqa: S105 - everybody's, and nobody's secret

Step = Mapping[str, Any]


class JourneyError(RuntimeError):
    """A command did not do what the story says."""


@dataclass
class Journey:
    """The folder, the story, and what a person would remember from one command to the next."""

    folder: Path
    story: Mapping[str, Any]
    commands: int = 0
    shipper: str = ""
    patients: dict[str, Mapping[str, str]] = field(default_factory=dict)  # 'A' -> row of its order
    coi: dict[str, str] = field(default_factory=dict)
    wristbands: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @property
    def label(self) -> Path:
        """The file of the label that is printed."""
        return self.folder / "bag-label.pdf"

    def type(self, *words: str, passwords: Sequence[str] = (), fails: bool = False) -> str:
        """Type a command and its passwords; print both it and its answer."""
        self.commands += 1
        print(f"$ coi {shlex.join(words)}")
        answer = io.StringIO()
        keyboard, sys.stdin = sys.stdin, io.StringIO("".join(f"{one}\n" for one in passwords))
        status: object = 0
        try:
            with redirect_stdout(answer), redirect_stderr(answer):
                main(words, prog_name="coi")
        except SystemExit as end:
            status = end.code
        finally:
            sys.stdin = keyboard
        shown = [line for line in answer.getvalue().splitlines() if line != BANNER]
        print("".join(f"    {line}\n" for line in shown), flush=True)
        if (status != 0) is not fails:
            raise JourneyError(f"`coi {words[0]}` ended with {status}")
        return answer.getvalue()

    def as_administrator(self, *words: str) -> str:
        """Type a command of the administrator."""
        return self.type(*words, "--as", "rosa", passwords=[PASSWORD])

    def choose_password(self, username: str, answer: str) -> None:
        """Type the one-time secret that an answer holds, and choose a password with it."""
        secret = re.findall(r"One-time secret of \S+: (\S+)", answer)[0]
        self.type("users", "set-password", "--as", username, passwords=[secret, PASSWORD])

    def do(self, patient: str, step: Step) -> None:
        """Type one step of a patient's therapy, or the review of its trail."""
        if "say" in step:
            print(f"# {step['say']}")
        if "review" in step:
            self.review(patient, step["review"])
        else:
            self.take(patient, step)

    def review(self, patient: str, username: str) -> None:
        """Look at the therapy, and sign for the audit trail up to the last entry that was shown."""
        shown = self.type("therapy", self.coi[patient])
        (last,) = re.findall(r"the last entry: (\S+)", shown)
        words = ("review", self.coi[patient], "--read", last, "--as", username)
        self.type(*words, passwords=[PASSWORD])

    def take(self, patient: str, step: Step) -> None:
        """Type one step of a patient's therapy, and note what it issued."""
        signers = [] if step.get("unsigned") else step.get("sign", [step["by"]])
        unit = next(unit for username, _, _, unit in self.story["staff"] if username == step["by"])
        words = ["act", self.coi[patient], step["take"], "--as", step["by"], "--unit", unit]
        answer = self.type(
            *words,
            *self.options(patient, step),
            *self.signatures(patient, step, signers),
            passwords=[PASSWORD] * (1 + len(signers)),
            fails=step.get("refused", False),
        )
        self.remember(patient, answer)

    def options(self, patient: str, step: Step) -> Iterator[str]:
        """What is scanned, recorded, brought into being and sent, as options."""
        for what in step.get("scan", ()):
            for code in self.codes(patient, what):
                yield from ("--scan", code)
        for name, value in step.get("with", {}).items():
            yield from ("--with", f"{name}={in_words(value)}")
        for new in step.get("new", ()):
            yield from ("--new", new)
        if "to" in step:
            yield from ("--to", step["to"])

    def signatures(self, patient: str, step: Step, signers: Sequence[str]) -> Iterator[str]:
        """Who signs, and what the patient told each of them."""
        for signer in signers:
            yield from ("--sign", signer)
            if step.get("stated"):
                identity = self.patients[patient]
                told = f"family_name={identity['family_name']},birth_date={identity['birth_date']}"
                yield from ("--stated", f"{signer}:{told}")

    def codes(self, patient: str, what: str) -> list[str]:
        """What a scanner reads from the things that are called so ('… of B': the other patient)."""
        what, _, other = what.partition(" of ")
        patient = other or patient
        if what == "shipper":
            return [self.shipper]
        if what in {"order", "wristband"}:
            return [{"order": self.coi, "wristband": self.wristbands}[what][patient]]
        serials = self.labels[patient][what]
        latest = serials[-1:] if what == "shipment" else serials
        return [f"{serial}/{self.coi[patient]}" for serial in latest]

    def remember(self, patient: str, answer: str) -> None:
        """Note which labels and which wristband an answer names."""
        sort_of = dict(re.findall(r"new +(\S+)  (.+)", answer))
        labels = self.labels.setdefault(patient, defaultdict(list))
        for serial, subject in re.findall(r"label +(\S+)  for (\S+)", answer):
            labels[sort_of[subject]].append(serial)
        for serial in re.findall(r"wristband +(\S+)", answer):
            self.wristbands[patient] = serial


def in_words(value: object) -> str:
    """A value as it is typed; days are counted from today."""
    if isinstance(value, dict) and "days" in value:
        return in_days(value["days"])
    if isinstance(value, dict):
        return f"{in_days(value['midnight'])}T00:00:00Z"
    return str(value)


def in_days(days: int) -> str:
    """The day that comes so many days after today."""
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def chapter(title: str) -> None:
    """Print a headline."""
    print(f"\n{title}\n{'=' * len(title)}\n")


def set_up(journey: Journey) -> None:
    """An installation with its sites, people, approved templates and a shipper."""
    chapter("An installation, its sites and its people")
    answer = journey.type("init", "--administrator", "rosa", "--name", "Rosa Root")
    (journey.folder / "home" / DEMONSTRATION).touch()
    print(f"# From here on every command begins with\n#   {BANNER}\n# which is left out below.\n")
    journey.choose_password("rosa", answer)
    journey.as_administrator("users", "accept-policy")
    for site, kind, name, country, zone in journey.story["sites"]:
        told = ("--kind", kind, "--name", name, "--country", country, "--zone", zone)
        journey.as_administrator("sites", "add", site, *told)
    for unit, site, name in journey.story["units"]:
        journey.as_administrator("sites", "add-unit", unit, "--site", site, "--name", name)
    for username, name, role, unit in journey.story["staff"]:
        told = ("--name", name, "--unit", unit, "--role", role)
        told = (*told, "--until", in_days(700), "--proof", "passport")
        answer = journey.as_administrator("users", "add", username, *told)
        journey.choose_password(username, answer)
        journey.type("users", "accept-policy", "--as", username, passwords=[PASSWORD])
    journey.as_administrator("users", "grant", "carla", "coordinator", "--unit", "south-ward")
    signed = ("--as", "queenie")
    for template in ("bag-label", "wristband", "collection-label", "tube-label", "shipper-label"):
        journey.type("approve", "template", template, *signed, passwords=[PASSWORD])
    told = ("--hours", "120", "--until", in_days(300))
    answer = journey.type("approve", "shipper", *told, *signed, passwords=[PASSWORD])
    journey.shipper = re.findall(r"shipper (\S+),", answer)[0]


def order(journey: Journey) -> None:
    """Eight orders from a file, of which two are followed."""
    chapter("Eight orders, of which we follow the first")
    words = ("import", "orders", str(written_today(journey)), "--as", "carla")
    journey.type(*words, "--dry-run", passwords=[PASSWORD])
    answer = journey.type(*words, passwords=[PASSWORD])
    journey.coi["A"], journey.coi["B"] = re.findall(r"line \d+  (\S+)", answer)[:2]


def written_today(journey: Journey) -> Path:
    """The example's orders, with their days moved as if they had been written today."""
    moved = datetime.now(UTC).date() - WRITTEN_ON
    with (HERE / "orders.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for column in ("consent_signed_on", "collection_wanted_on"):
            row[column] = (date.fromisoformat(row[column]) + moved).isoformat()
    path = journey.folder / "orders.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    journey.patients["A"], journey.patients["B"] = rows[:2]
    return path


def treat(journey: Journey) -> None:
    """The whole therapy of patient A; of patient B only what a mix-up takes."""
    for part in journey.story["chapters"]:
        chapter(part["title"])
        for patient in part["for"]:
            if patient != "A":
                print(f"# And the same for patient {patient}.")
            for step in part["steps"]:
                journey.do(patient, step)
                if patient == "A" and not journey.label.exists():
                    print_label(journey)


def print_label(journey: Journey) -> None:
    """The label of the first bag of the product, as soon as one is issued: later it is on."""
    for serial in journey.labels.get("A", {}).get("product", ())[:1]:
        words = ("label", "bag", serial, "--as", "mia", "-o", str(journey.label))
        journey.type(*words, passwords=[PASSWORD])


def look(journey: Journey) -> None:
    """What a scan says, what the therapy shows, and its document."""
    chapter("What is known now")
    journey.type("scan", journey.codes("A", "product")[0])
    journey.type("scan", journey.codes("B", "starting material")[0])
    journey.type("scan", "B-TEST-00000000-0", fails=True)
    journey.type("therapy", journey.coi["A"])
    record, of_a = str(journey.folder / "custody-record.pdf"), journey.coi["A"]
    journey.type("report", "custody", of_a, "--as", "quentin", "-o", record, passwords=[PASSWORD])


def forge(journey: Journey) -> None:
    """Type forgeries into the database itself: no code of ours stands in their way."""
    chapter("Three forgeries, past the product and straight into its database")
    with closing(sqlite3.connect(journey.folder / "home" / "coi.sqlite3")) as database:
        for forgery in journey.story["forgeries"]:
            print(f"# {forgery['say']}\nsqlite> {forgery['sql']}")
            try:
                changed = database.execute(forgery["sql"], journey.coi).rowcount
            except sqlite3.Error as refusal:
                print(f"    Refused by the database: {refusal}\n")
            else:
                raise JourneyError(f"{changed} rows forged: {forgery['say']}")


def tell(folder: Path) -> None:
    """The whole journey, and at its end where everything is."""
    began = time.monotonic()
    story = yaml.safe_load((HERE / "first_journey.yaml").read_text(encoding="utf-8"))
    journey = Journey(folder, story)
    for part in (set_up, order, treat, look, forge):
        part(journey)
    chapter("Is the record whole?")
    journey.type("verify", "--heads", str(folder / "heads.json"))
    chapter("The end")
    print(f"{journey.commands} commands in {time.monotonic() - began:.0f} s; nothing was forged.")
    print(f"The label of the product   {folder / 'bag-label.pdf'}")
    print(f"The custody record         {folder / 'custody-record.pdf'}")
    print(
        f"The installation           {folder / 'home'}  (look on with COI_HOME={folder / 'home'})"
    )


if __name__ == "__main__":
    kept = Path(tempfile.mkdtemp(prefix="coi-first-journey-"))
    for name in [name for name in os.environ if name.startswith("COI_")]:
        del os.environ[name]  # the journey never touches an installation of yours
    os.environ["COI_HOME"] = str(kept / "home")
    tell(kept)
