"""What schemathesis loads: each request is asked by the person whom the environment names."""

import os

import httpx
import schemathesis

URL, WHO, PASSWORD = (os.environ[f"ASKED_{name}"] for name in ("URL", "WHO", "PASSWORD"))


@schemathesis.auth()
class Person:
    """A session of that person, begun anew when it is over."""

    def get(self, case, context):  # noqa: ARG002 - schemathesis gives it
        """Sign in."""
        told = {"username": WHO, "password": PASSWORD}
        return httpx.post(f"{URL}/api/v1/sessions", json=told).json()["token"]

    def set(self, case, data, context):  # noqa: ARG002 - schemathesis gives it
        """Show the token."""
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}
