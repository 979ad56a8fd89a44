"""A program without a network: it asks below `/api/v1` for one person, and signs with grants."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from coi.api.asked import digest_of
from coi.api.interface import ROOT
from coi.demo.cast import PASSWORD


@dataclass
class Program:
    """What a person works with that is no browser."""

    app: Flask
    token: str = ""
    keys: "count[int]" = field(default_factory=count)

    @classmethod
    def of(cls, app: Flask, username: str) -> "Program":
        """The program of somebody who has signed in with it."""
        program = cls(app)
        credentials = {"username": username, "password": PASSWORD}
        answer = program.send("POST", "/sessions", credentials)
        assert answer.status_code == 201, answer.text
        program.token = answer.json["token"]
        return program

    def get(self, path: str, **headers: str) -> TestResponse:
        """Look at something."""
        return self.send("GET", path, None, **headers)

    def send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> TestResponse:
        """Send a request as it is."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        told = (
            {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        )
        return self.app.test_client().open(ROOT + path, method=method, headers=named, **told)

    def grant(
        self,
        meaning: str,
        method: str,
        path: str,
        key: str,
        body: Mapping[str, Any],
        seen: str = "",
    ) -> str:
        """A grant with which this person signs one request."""
        digest = digest_of(method, ROOT + path, key, seen, json.dumps(body).encode())
        wanted = {"password": PASSWORD, "meaning": meaning, "request_sha256": digest}
        answer = self.send("POST", "/grants", wanted)
        assert answer.status_code == 201, answer.text
        return answer.json["grant"]

    def signed(
        self, path: str, body: Mapping[str, Any], *meanings: str, key: str = "", **headers: str
    ) -> TestResponse:
        """Send a request that this person signs with these meanings."""
        key = key or f"program-{next(self.keys)}"
        seen = headers.get("If_Match", "")
        grants = [self.grant(one, "POST", path, key, body, seen) for one in meanings]
        told = {"Idempotency_Key": key, "Signature_Grant": ", ".join(grants)}
        return self.send("POST", path, body, **told, **headers)
