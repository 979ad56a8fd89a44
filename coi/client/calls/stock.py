"""The calls of the part “stock”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class StockCalls(Part):
    """The calls of the part “stock”."""

    def begin_stock_take(
        self,
        body: told.NewStockTake,
        *,
        key: str = "",
    ) -> told.StockTakeId:
        """Begin a stock-take of a place, or with `-` of the whole unit."""
        answer: told.StockTakeId = self.connection.ask(
            Call("POST", "/stock-takes", body=body, writes=True, key=key)
        )
        return answer

    def scan_stock(
        self,
        stock_take: str,
        body: told.StockScan,
        *,
        key: str = "",
    ) -> told.StockFound:
        """Compare one label with the record; the same label counts once, whatever the key."""
        answer: told.StockFound = self.connection.ask(
            Call(
                "POST",
                f"/stock-takes/{self.part(stock_take)}/scans",
                body=body,
                writes=True,
                key=key,
            )
        )
        return answer

    def stock_take(
        self,
        stock_take: str,
    ) -> told.StockTake:
        """The result: as it would be closed now, or as it was closed."""
        answer: told.StockTake = self.connection.ask(
            Call("GET", f"/stock-takes/{self.part(stock_take)}")
        )
        return answer

    def close_stock_take(
        self,
        stock_take: str,
        body: told.ShownStock,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Close it with the signature `stock counted`: each discrepancy becomes an exception."""
        self.connection.do(
            Call(
                "POST",
                f"/stock-takes/{self.part(stock_take)}/close",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
