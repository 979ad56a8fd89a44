"""Which codes of others a site reads, and under which licence."""

from dataclasses import asdict
from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.asked import proven_by
from coi.api.resource import NOTHING, Body, Resources, Sign, found
from coi.api.schemas import dialects as schemas
from coi.clock import rfc3339
from coi.services.code_erasing import ERASED, erase_codes
from coi.services.dialect_view import KeptTable, Turn, dialects_of
from coi.services.dialects import NOT_READ, READ, Switch, switch_dialect
from coi.services.permissions import Permission
from coi.web import here
from coi.web.permissions import needs

resources = Resources("dialects", "Codes of other systems that sites read.")


@resources.offers("GET", "/dialects", "listDialects", found(schemas.Dialects, schemas.DIALECTS))
@needs(Permission.KEEP_DIALECTS)
def every() -> ResponseReturnValue:
    """What each site reads beside our own codes of which one is a QA reviewer."""
    sites = dialects_of(here.installation(), here.somebody().proven)
    items = [
        {
            "site": one.site.id,
            "licences": dict(one.licences),
            "tables": [_told(table) for table in one.tables],
            "turns": [_told(turn) for turn in one.turns],
        }
        for one in sites
    ]
    return {"items": items}


@resources.offers(
    "PUT",
    "/sites/<site>/dialects/<dialect>",
    "switchDialect",
    NOTHING,
    headers=Sign,
    body=Body(schemas.SwitchedDialect, schemas.SWITCHED),
)
@needs(Permission.KEEP_DIALECTS)
def switch(
    headers: dict[str, Any], told: dict[str, Any], site: str, dialect: str
) -> ResponseReturnValue:
    """Let a site read a dialect, or no longer; its QA signs for it, and vouches for the licence."""
    by = proven_by(headers["grants"], READ if told["holds"] else NOT_READ)
    switch_dialect(here.installation(), by, Switch(site=site, dialect=dialect, **told))
    return ""


@resources.offers("DELETE", "/sites/<site>/code-tables", "eraseCodeTables", NOTHING, headers=Sign)
@needs(Permission.KEEP_DIALECTS)
def erase(headers: dict[str, Any], site: str) -> ResponseReturnValue:
    """Erase every table of codes that a site ever imported; its QA signs for it."""
    erase_codes(here.installation(), proven_by(headers["grants"], ERASED), site)
    return ""


def _told(one: KeptTable | Turn) -> dict[str, Any]:
    return {**asdict(one), "at": rfc3339(one.at)}
