"""A role that is given or taken away on the page of a person, or of a program."""

from collections.abc import Callable

from flask import request

from coi.services import people
from coi.web import here


def asked_role(username: str) -> tuple[Callable[[], None], str]:
    """What the form of a role asks for, to be done, and what is said once it is done."""
    form = request.form
    role, unit, holds = form["role"], form["unit"], form["holds"] == "1"

    def deed() -> None:
        installation, by = here.installation(), here.somebody().proven
        why, key = here.why(), form["key"]
        people.grant_role(installation, by, username, role, unit, holds=holds, key=key, why=why)

    return deed, f"{'Given' if holds else 'Taken away'}: {role.replace('_', ' ')}."
