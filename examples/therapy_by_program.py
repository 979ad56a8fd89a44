"""A therapy that is run by programs: from its order to the infusion, through `/api/v1` alone.

Every person has a program of their own, signed in with their own name; whoever signs gives a grant
for exactly one request. What is done at the patient is answered screen by screen, by each of two
alone. On its way a bag of another patient is brought to the bedside, and refused.

The people and the story are those of the first journey (`first_journey.yaml`). Run it with
`python examples/therapy_by_program.py`: it makes an installation in a folder of its own, starts a
server there, and ends it. What a program of yours would do stands in `Program`.
"""

import csv
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from first_journey import HERE, PASSWORD, Journey, chapter, in_words, set_up, written_today

from coi.client import Client, Problem, version_tag

Step = Mapping[str, Any]
LAST = "complete_infusion"
REVIEWED = "I have reviewed the audit trail of this therapy"
SCANNER = {"how": "scanned", "device": "scanner-1"}
ASKED_OF_A_PATIENT = ("family_name", "birth_date")


class ProgramError(RuntimeError):
    """Something went otherwise than the story says."""


class Program:
    """What runs the therapy: a client for each person, and what the labels say that were issued."""

    def __init__(self, url: str, story: Mapping[str, Any], shipper: str) -> None:
        self.url = url
        self.unit = {username: unit for username, _, _, unit in story["staff"]}
        self.shipper = shipper
        self.people: dict[str, Client] = {}
        self.patients: dict[str, Mapping[str, str]] = {}
        self.coi: dict[str, str] = {}
        self.wristbands: dict[str, str] = {}
        self.labels: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def person(self, username: str) -> Client:
        """The client of a person, who signs in the first time that they do something."""
        if username not in self.people:
            self.people[username] = Client.signed_in(self.url, username, PASSWORD)
        return self.people[username]

    # -- the order ---------------------------------------------------------------------------------

    def order(self, patient: str, row: Mapping[str, str]) -> None:
        """Order a therapy; where somebody looks alike, it is confirmed after a second look."""
        names = ("family_name", "given_name", "birth_date", "sex", "medical_record_number")
        told: Any = {
            "workflow": row["therapy"],
            "unit": "north-ward",
            "patient": {name: row[name] for name in names},
            "values": {
                "weight_kg": row["weight_kg"],
                "prescriber": row["prescriber"],
                "collection_wanted_on": row["collection_wanted_on"],
                "treating_unit": "north-ward",
                "manufacturing_unit": "works-production",
            },
            "consent_signed_on": row["consent_signed_on"],
        }
        carla = self.person("carla")
        try:
            receipt = carla.place_order(told)
        except Problem as problem:
            if problem.code != "CONFIRM_PATIENT":
                raise
            told["confirmed"] = problem.told["found"]["token"]
            receipt = carla.place_order(told)
        self.patients[patient], self.coi[patient] = told["patient"], receipt["coi"]
        print(f"carla ordered {receipt['coi']} for patient {patient}")

    # -- a step ------------------------------------------------------------------------------------

    def do(self, patient: str, step: Step) -> None:
        """Take one step, or review the trail of all of them."""
        if "say" in step:
            print(f"# {step['say']}")
        if "review" in step:
            self.review(patient, step["review"])
        else:
            self.take(patient, step)

    def review(self, patient: str, username: str) -> None:
        """Sign for the audit trail of a therapy, up to its newest entry."""
        coi, person = self.coi[patient], self.person(username)
        head = person.list_trail_reviews(coi)["head"]
        trail = person.list_trail(coi=coi)  # asked afterwards: nothing less is read than signed for
        signed = [person.sign(REVIEWED, PASSWORD)]
        done = person.review_trail(coi, head, signatures=signed)
        unusual = len(trail["items"])
        print(f"{done['by']} reviewed the trail: {unusual} entries were to be looked at first")

    def take(self, patient: str, step: Step) -> None:
        """Take one step, by one request or as an errand; the story says whether it is refused."""
        coi, by = self.coi[patient], self.person(step["by"])
        form = by.show_step(coi, step["take"], unit=self.unit[step["by"]])
        signers = [] if step.get("unsigned") else step.get("sign", [step["by"]])
        try:
            if form.answer["is_at_the_patient"]:
                self.at_the_patient(patient, step, signers)
            else:
                self.by_one_request(patient, step, signers)
        except Problem as problem:
            if not step.get("refused"):
                raise
            for reason in problem.reasons:
                print(f"  {step['take']} was refused: {reason['code']}: {reason['sentence']}")
        else:
            if step.get("refused"):
                raise ProgramError(f"{step['take']} was not refused")
            print(
                f"{step['by']} took {form.answer['title']}, signed by {', '.join(signers) or '-'}"
            )
            self.remember(patient)

    def by_one_request(self, patient: str, step: Step, signers: Sequence[str]) -> None:
        """What was seen, what is sent, and a grant of each signer, bound to just that."""
        coi, by = self.coi[patient], self.person(step["by"])
        form = by.show_step(coi, step["take"], unit=self.unit[step["by"]])
        codes = [code for what in step.get("scan", ()) for code in self.codes(patient, what)]
        things = form.answer["named"]
        body: Any = {
            "unit": self.unit[step["by"]],
            "codes": [{"raw": code, **SCANNER} for code in codes],
            "named": [things[0]["id"]] if len(things) == 1 else [],
            "births": [_new(one) for one in step.get("new", ())],
            "values": {name: _text(value) for name, value in step.get("with", {}).items()},
            "consignee": step.get("to", "-"),
        }
        meanings = (one["meaning"] for one in form.answer["signatures"])
        signatures = [
            self.person(name).sign(meaning, PASSWORD)
            for name, meaning in zip(signers, meanings, strict=True)
        ]
        by.take_step(coi, step["take"], body, seen=form.tag, signatures=signatures)

    def at_the_patient(self, patient: str, step: Step, signers: Sequence[str]) -> None:
        """Each of two in a session of their own; the second is shown nothing of the first."""
        first = self.person(signers[0])
        wanted: Any = {
            "coi": self.coi[patient],
            "action": step["take"],
            "unit": self.unit[signers[0]],
        }
        errand: Any = first.begin_errand(wanted)
        for username in signers:
            if errand["standing"] == "waiting":
                errand = self.person(username).take_up_errand(errand["id"])
            while errand["standing"] == "in_hand":
                errand = self.answer(username, patient, step, errand)
        if errand["verdict"]["kind"] != "right":
            raise Problem(409, {"code": "STOPPED", "reasons": errand["verdict"]["reasons"]})

    def answer(self, username: str, patient: str, step: Step, errand: Any) -> Any:  # noqa: ANN401
        """One thing on each screen: what is scanned, heard, measured, read back, signed."""
        client, screen = self.person(username), errand["screen"]
        if screen["asks"] == "sign":
            body: Any = {"version": errand["version"]}
            signature = client.sign(screen["signatures"][0]["meaning"], PASSWORD)
            return client.sign_errand(errand["id"], body, signatures=[signature])
        seen = version_tag(errand["version"])
        if (code := self.code_asked(patient, step, screen)) is not None:
            return client.scan_for_errand(errand["id"], _scanned(code), seen=seen)
        return client.answer_errand(errand["id"], self.told(patient, step, screen), seen=seen)

    def code_asked(self, patient: str, step: Step, screen: Any) -> str | None:  # noqa: ANN401
        """The code that is scanned on a screen, as long as there is one left."""
        things = [one for one in step.get("scan", ()) if one not in {"order", "wristband"}]
        asked = {"order": ["order"], "wristband": ["wristband"], "things": things}
        codes = [
            code for what in asked.get(screen["asks"], ()) for code in self.codes(patient, what)
        ]
        left = codes[len(screen["read"]) :]
        return left[0] if left else None

    def told(self, patient: str, step: Step, screen: Any) -> Any:  # noqa: ANN401
        """What is answered to a screen that asks for no code."""
        asks, name = screen["asks"], screen["name"]
        if asks == "said":
            identity = self.patients[patient]
            said = {one: identity[one] for one in ASKED_OF_A_PATIENT}
            return {"said": said, "source": "patient"}
        if asks == "count":
            return {"value": str(len(step["new"]))}
        if asks == "field":
            return {"value": _value(step, screen["field"]["name"], name)}
        return {"done": True}

    # -- what the labels say -----------------------------------------------------------------------

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

    def remember(self, patient: str) -> None:
        """Note which labels there are now, and which wristband the patient wears."""
        carla, coi = self.person("carla"), self.coi[patient]
        labels: dict[str, list[str]] = defaultdict(list)
        for subject in carla.show_therapy(coi).answer["subjects"]:
            labels[subject["title"].lower()] += subject["labels"][-1:]
        self.labels[patient] = labels
        for entry in carla.list_entries(coi)["items"]:
            for band in entry["content"].get("wristbands", ()):
                self.wristbands[patient] = band["serial"]


def _scanned(code: str) -> Any:  # noqa: ANN401 - a typed dictionary of the client
    return {"raw": code, **SCANNER}


def _new(told: str) -> Mapping[str, Any]:
    """What comes into being, as the story writes it: `sort:name=value,name=value`."""
    sort, _, values = told.partition(":")
    return {"sort": sort, "values": dict(one.split("=") for one in values.split(",") if one)}


def _text(value: object) -> str:
    """A value as it is sent."""
    return datetime.now(UTC).isoformat() if value == "now" else in_words(value)


def _value(step: Step, field: str, screen: str) -> str:
    """What a screen's field is answered with; of several new things, of that one."""
    if field in step.get("with", {}):
        return _text(step["with"][field])
    of_each = [_new(one)["values"] for one in step.get("new", ())]
    numbers = [int(part) for part in screen.split("-") if part.isdigit()]
    which = numbers[0] - 1 if numbers else 0
    return str(of_each[which].get(field, "")) if of_each else ""


# -- a server for the example ----------------------------------------------------------------------


@contextmanager
def serving() -> Iterator[str]:
    """A server of the installation that was just made; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "coi.cli", "serve", "--port", str(port)]
    said = Path(os.environ["COI_HOME"]).parent / "server.txt"
    with said.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)  # noqa: S603 - our own
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise ProgramError("the server does not answer")


def tell(folder: Path) -> None:
    """The therapy, from its order to the infusion."""
    story = yaml.safe_load((HERE / "first_journey.yaml").read_text(encoding="utf-8"))
    journey = Journey(folder, story)
    set_up(journey)
    with written_today(journey).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with serving() as url:
        program = Program(url, story, journey.shipper)
        chapter("Two orders")
        for patient, row in zip("AB", rows, strict=False):
            program.order(patient, row)
        for part in story["chapters"]:
            chapter(part["title"])
            for patient in part["for"]:
                for step in part["steps"]:
                    program.do(patient, step)
                    if step.get("take") == LAST:
                        print(f"\nThe cells of {program.coi['A']} are where they came from.")
                        return


if __name__ == "__main__":
    kept = Path(tempfile.mkdtemp(prefix="coi-by-program-"))
    for name in [name for name in os.environ if name.startswith("COI_")]:
        del os.environ[name]  # the example never touches an installation of yours
    os.environ["COI_HOME"] = str(kept / "home")
    tell(kept)
