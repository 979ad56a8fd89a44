"""The application of `coi demo`: that of a server at work, and the visitors' sheet."""

from collections.abc import Callable

from coi.app import create_app
from coi.cli.serving import begin
from coi.demo.sheet import sheet_of


def demonstration() -> Callable[..., object]:
    """The application with the visitors' sheet, which an installation at work does not have."""
    return create_app(begin(), for_visitors=sheet_of)
