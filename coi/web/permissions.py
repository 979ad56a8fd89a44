"""Every page names what it asks for; one that forgot keeps the application from starting."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from flask import Flask

from coi.services.permissions import Permission
from coi.services.tokens import Scope

View = TypeVar("View", bound=Callable[..., object])
_MARK, _SCOPE = "__permission__", "__scope__"
_ANSWERED_BY_FLASK = frozenset({"HEAD", "OPTIONS"})

TAKES_PASSWORD = frozenset(
    {
        "access_review.sign",
        "account.accept_statement",
        "archive_check.sign",
        "captured.put_aside",
        "devices.end",
        "devices.register",
        "devices.rule",
        "devices.second_check",
        "dialects.erase",
        "dialects.switch",
        "emergency.open_it",
        "emergency.review",
        "evaluation.sign",
        "factors.enrol_app",
        "factors.enrol_passkey",
        "factors.give_up",
        "label_templates.approve",
        "person.check_identity",
        "person.end_factors",
        "person.train",
        "pins.set_pin",
        "printer_register.change",
        "printer_register.register",
        "printer_register.retire",
        "printers.clear",
        "printers.move",
        "programs.make_token",
        "record.approve",
        "record.go_on",
        "record.sign_for_clock",
        "record.sign_for_findings",
        "shift.hand",
        "shift.take",
        "standing_in.end",
        "standing_in.name",
        "stop_ship.act",
        "template_editor.keep",
        "trail.review",
        "webhooks.register",
        "webhooks.rotate",
        "whole_record.take",
    }
)
"""What takes the password again, and the second factor where there is one (SEC-15).

Steps of therapies take the signatures that their definition names, and so do a changeover, a label
and a stock-take; what is printed a second time takes a password and a reason.
"""


class Page(NamedTuple):
    """One thing that a browser can ask for, and what it takes."""

    address: str
    method: str
    endpoint: str
    permission: Permission

    @property
    def takes(self) -> str:
        """What it takes, as it is published."""
        again = ", and the password again" if self.endpoint in TAKES_PASSWORD else ""
        return f"{self.permission}{again}"


class PermissionForgotten(Exception):
    """A page does not say who may open it."""


def needs(permission: Permission, scope: Scope | None = None) -> Callable[[View], View]:
    """Say what a page asks for; stands right above its function.

    A program's token opens it only where it is for this `scope`; where none is named, it is for
    people alone.
    """

    def mark(view: View) -> View:
        setattr(view, _MARK, permission)
        setattr(view, _SCOPE, scope)
        return view

    return mark


def permission_of(app: Flask, endpoint: str) -> Permission:
    """What the page behind an endpoint asks for.

    Raises:
        PermissionForgotten: it does not say.
    """
    if endpoint == "static":
        return Permission.PUBLIC
    found: Permission | None = getattr(app.view_functions[endpoint], _MARK, None)
    if found is None:
        raise PermissionForgotten(endpoint)
    return found


def scope_of(app: Flask, endpoint: str) -> Scope | None:
    """What a program's token must be for to open this; None where no token does."""
    found: Scope | None = getattr(app.view_functions[endpoint], _SCOPE, None)
    return found


def require_permissions(app: Flask) -> None:
    """Every page says who may open it, or the application does not start."""
    for rule in app.url_map.iter_rules():
        permission_of(app, rule.endpoint)


def pages_of(app: Flask) -> list[Page]:
    """Every page of an application, by its address.

    Raises:
        PermissionForgotten: one does not say what it asks for.
    """
    return sorted(
        Page(rule.rule, method, rule.endpoint, permission_of(app, rule.endpoint))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - _ANSWERED_BY_FLASK
    )
