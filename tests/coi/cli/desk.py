"""A desk with a keyboard and a scanner: commands, as people type them, and what was printed."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner, Result

from coi.cli import main
from tests.coi.clinic import PASSWORD, Clinic

ORDERS = Path(__file__).parents[3] / "examples" / "orders.csv"
TOLD = "family_name=Wuckert783,birth_date=1959-05-26"
STAFF = (
    ("ines", "treating_physician", "north-ward"),
    ("nina", "apheresis_nurse", "north-apheresis"),
    ("nora", "apheresis_nurse", "north-apheresis"),
    ("paula", "manufacturing_planner", "works-production"),
    ("queenie", "qa_reviewer", "works-production"),
)


@dataclass
class Desk:
    """A clinic, the commands typed in it, and the codes that they have printed."""

    clinic: Clinic
    coi: str = ""
    labels: list[str] = field(default_factory=list)
    wristband: str = ""

    def run(
        self,
        *words: str,
        passwords: int | tuple[str, ...] = 0,
        home: Path | None = None,
        **variables: str,
    ) -> Result:
        """Type a command, and everybody's password as often as it is asked for."""
        typed = (PASSWORD,) * passwords if isinstance(passwords, int) else passwords
        folder = home or self.clinic.installation.settings.home
        environment = {"COI_HOME": str(folder), **variables}
        keyboard = "".join(f"{one}\n" for one in typed)
        return CliRunner().invoke(main, words, input=keyboard, env=environment)

    def paper(self, *words: str, by: str = "nina") -> Result:
        """Ask for a label or a document."""
        return self.run(*words, "--as", by, passwords=1)

    def act(self, action: str, by: str, unit: str, *options: str) -> Result:
        """Take an action of the therapy on the desk."""
        words = ("act", self.coi, action, "--as", by, "--unit", unit, *options)
        return self.run(*words, passwords=1 + options.count("--sign"))

    def hire(self) -> None:
        """Everybody who is needed up to a collection, and approved labels."""
        for username, role, unit in STAFF:
            self.clinic.hire(username, (role, unit))
        for template in ("collection-label", "wristband"):
            self.run("approve", "template", template, "--as", "queenie", passwords=1)

    def order(self) -> None:
        """Order the therapies of the example; the first lies on the desk."""
        answer = self.run("import", "orders", str(ORDERS), "--as", "carla", passwords=1).stdout
        self.coi = re.findall(r"line 2  (\S+)", answer)[0]

    def admit(self) -> None:
        """Bring the patient up to the planned collection."""
        self.act("approve", "ines", "north-ward", "--sign", "ines")
        self.act("confirm_slot", "paula", "works-production", "--with", "slot_on=2026-12-05")
        answer = self.act("admit_patient", "nina", "north-apheresis", *both_nurses()).stdout
        self.wristband = re.findall(r"wristband +(\S+)", answer)[0]
        self.act("plan_collection", "carla", "north-ward", "--with", "planned_on=2026-12-01")

    def collect(self) -> Result:
        """Collect two bags."""
        values = ("started_at=now", "ended_at=now", "anticoagulant=ACD-A")
        options = [word for value in values for word in ("--with", value)]
        for volume in ("120", "115.5"):
            options += ["--new", f"material:volume_ml={volume}"]
        options += ["--scan", self.coi, "--scan", self.wristband, *both_nurses()]
        result = self.act("collect", "nina", "north-apheresis", *options)
        self.labels = re.findall(r"label +(\S+)", result.stdout)
        return result


def both_nurses() -> tuple[str, ...]:
    """Two nurses sign, each with what the patient told her."""
    told = ("--stated", f"nina:{TOLD}", "--stated", f"nora:{TOLD}")
    return ("--sign", "nina", "--sign", "nora", *told)
