"""What the pages have in common on which quality assurance signs for something again and again."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused
from coi.services.periodic import Sort
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of

Shown = Callable[[], Mapping[str, object]]


def shown(sort: Sort, told: Shown, error: CoiError | None = None) -> str:
    """The page; what was written below stays, and the password does not."""
    return render_template(
        f"{sort.kind}.html",
        sort=sort,
        days=sort.days(here.installation().settings),
        error=error,
        remark=request.form.get("remark", ""),
        **told(),
    )


def signed(sort: Sort, sign: Callable[[], None], told: Shown, said: str) -> ResponseReturnValue:
    """It is signed for, or the page says why it is not."""
    try:
        sign()
    except (*NOT_PROVEN, DataRefused) as error:
        return shown(sort, told, error), status_of(error)
    flash(said)
    return redirect(url_for(f"{sort.kind}.show"), HTTPStatus.SEE_OTHER)
