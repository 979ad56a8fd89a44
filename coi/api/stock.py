"""Stock-takes for programs at a freezer: begun, scanned, compared, and closed by a person."""

from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.asked import signers
from coi.api.resource import NOTHING, Body, Resources, Sign, Write, created, found
from coi.api.schemas import stock as schemas
from coi.services import stock_closing, stock_takes
from coi.services.permissions import Permission
from coi.services.scanning import Code
from coi.services.stock_closing import CloseStockTake
from coi.web import here
from coi.web.permissions import needs

resources = Resources("stock", "Stock-takes of freezers, compared with the record.")


@resources.offers(
    "POST",
    "/stock-takes",
    "beginStockTake",
    created(schemas.StockTakeId, schemas.STOCK_TAKE_ID),
    headers=Write,
    body=Body(schemas.NewStockTake, schemas.NEW_STOCK_TAKE),
)
@needs(Permission.TAKE_STOCK)
def begin(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Begin a stock-take of a place, or with `-` of the whole unit."""
    installation, by = here.installation(), here.somebody().proven
    unit, place = told["unit"], told["place"]
    identifier = stock_takes.begin_stock_take(installation, by, unit, place, key=headers["key"])
    return {"id": identifier}


@resources.offers(
    "POST",
    "/stock-takes/<stock_take>/scans",
    "scanStock",
    found(schemas.StockFound, schemas.STOCK_FOUND),
    headers=Write,
    body=Body(schemas.StockScan, schemas.STOCK_SCAN),
)
@needs(Permission.TAKE_STOCK)
def scan(_headers: dict[str, Any], told: dict[str, Any], stock_take: str) -> ResponseReturnValue:
    """Compare one label with the record; the same label counts once, whatever the key."""
    code = Code(told["raw"], told["how"], told["device"])
    by = here.somebody().proven
    one = stock_takes.scan_stock(here.installation(), by, stock_take, code)
    return {
        "finding": one.finding.value,
        "serial": one.code,
        "coi": one.coi,
        "place": one.place,
        "is_stop": one.is_stop,
        "again": one.again,
    }


@resources.offers(
    "GET",
    "/stock-takes/<stock_take>",
    "stockTake",
    found(schemas.StockTake, schemas.STOCK_TAKE),
)
@needs(Permission.TAKE_STOCK)
def result(stock_take: str) -> ResponseReturnValue:
    """The result: as it would be closed now, or as it was closed."""
    outcome = stock_closing.outcome(here.installation(), here.somebody().proven, stock_take)
    take = outcome.take
    return {
        "id": take.id,
        "unit": take.row.unit,
        "place": take.row.place,
        "opened_at": take.row.opened_at,
        "closed_at": None if take.is_open else take.row.closed_at,
        "shown": outcome.shown,
        "items": [
            {
                "finding": one.finding.value,
                "serial": one.serial,
                "coi": one.coi,
                "subject": one.subject,
                "place": one.place,
                "how": one.how,
            }
            for one in outcome.lines
        ],
    }


@resources.offers(
    "POST",
    "/stock-takes/<stock_take>/close",
    "closeStockTake",
    NOTHING,
    headers=Sign,
    body=Body(schemas.ShownStock, schemas.SHOWN_STOCK),
)
@needs(Permission.TAKE_STOCK)
def close(headers: dict[str, Any], told: dict[str, Any], stock_take: str) -> ResponseReturnValue:
    """Close it with the signature `stock counted`: each discrepancy becomes an exception.

    The signature is for the result that was shown, and for no other.
    """
    by, signed = here.somebody().proven, signers(headers["grants"])
    wanted = CloseStockTake(stock_take, headers["key"], told["shown"])
    stock_closing.close_stock_take(here.installation(), wanted, by, signed)
    return ""
