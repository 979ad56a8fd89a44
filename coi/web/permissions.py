"""Every page names what it asks for; one that forgot keeps the application from starting."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from flask import Flask

from coi.services.permissions import Permission

View = TypeVar("View", bound=Callable[..., object])
_MARK = "__permission__"
_ANSWERED_BY_FLASK = frozenset({"HEAD", "OPTIONS"})


class Page(NamedTuple):
    """One thing that a browser can ask for, and what it takes."""

    address: str
    method: str
    endpoint: str
    permission: Permission


class PermissionForgotten(Exception):
    """A page does not say who may open it."""


def needs(permission: Permission) -> Callable[[View], View]:
    """Say what a page asks for; stands right above its function."""

    def mark(view: View) -> View:
        setattr(view, _MARK, permission)
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
