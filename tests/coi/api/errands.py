"""One person at one step that is taken screen by screen, with a program."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.coi.api.program import Program


@dataclass
class AtErrand:
    """Who they are, and which step it is."""

    program: Program
    id: str = ""

    @property
    def path(self) -> str:
        """Where the step is."""
        return f"/errands/{self.id}"

    def begin(self, coi: str, action: str, unit: str) -> "AtErrand":
        """Take it in hand."""
        told = {"coi": coi, "action": action, "unit": unit}
        key = f"begin-{next(self.program.keys)}-{action}"
        answer = self.program.send("POST", "/errands", told, Idempotency_Key=key)
        assert answer.status_code == 201, answer.text
        self.id = answer.json["id"]
        return self

    def take_up(self) -> "AtErrand":
        """Go on with it here."""
        answer = self.post("/take-up", None)
        assert answer.status_code == 200, answer.text
        return self

    def see(self) -> TestResponse:
        """Look at it."""
        return self.program.get(self.path)

    def post(
        self,
        where: str,
        body: Mapping[str, Any] | None,
        seen: str = "",
        key: str = "",
        grants: str = "",
    ) -> TestResponse:
        """Answer the screen that is asked now, or another one."""
        told = {"If_Match": seen or self.tag}
        told["Idempotency_Key"] = key or f"answer-{next(self.program.keys)}"
        if grants:
            told["Signature_Grant"] = grants
        return self.program.send("POST", self.path + where, body, **told)

    def scan(self, raw: str) -> TestResponse:
        """Scan a code."""
        return self.post("/scans", {"raw": raw, "how": "scanned", "device": "scanner-1"})

    def answer(self, **told: object) -> TestResponse:
        """Answer anything else."""
        return self.post("/answers", told)

    @property
    def tag(self) -> str:
        """What it is looked at by: another one with each answer."""
        return self.see().headers["ETag"]

    @property
    def meaning(self) -> str:
        """What the part in hand is signed with."""
        meaning: str = self.see().json["screen"]["signatures"][0]["meaning"]
        return meaning

    def sign(self, *others: Program) -> TestResponse:
        """Sign the step as it stands: its signatures are given by this person, and by others."""
        now = self.see()
        body, seen = {"version": now.json["version"]}, now.headers["ETag"]
        rules = now.json["screen"]["signatures"]
        key = f"sign-{next(self.program.keys)}"
        grants = [
            one.grant(rule["meaning"], "POST", f"{self.path}/signatures", key, body, seen)
            for one, rule in zip((self.program, *others), rules, strict=False)
        ]
        return self.post("/signatures", body, seen, key, ", ".join(grants))
