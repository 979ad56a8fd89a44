"""A stock-take by a program's hands: the same findings, closed by a person's grant."""

from coi.services.exceptions import exceptions_of
from coi.services.stock_closing import STOCK_COUNTED
from coi.services.therapies import look


def test_a_stock_take_is_begun_scanned_and_closed(program, installation, lives):
    """What nobody scanned is missing, and its therapy is told of it once it is signed."""
    leo, coi = program("leo"), lives.cois["mixed up"]
    label = look(installation, coi).labels[f"{coi}/7.1"][-1]
    begun = leo.send("POST", "/stock-takes", {"unit": "north-lab"}, Idempotency_Key="s1")
    path = f"/stock-takes/{begun.json['id']}"

    scan = leo.send("POST", f"{path}/scans", {"raw": label}, Idempotency_Key="s2")
    closed = leo.signed(f"{path}/close", {}, STOCK_COUNTED.meaning)

    result = leo.get(path).json
    told = [one.seen for one in exceptions_of(look(installation, coi))]
    assert (scan.json["finding"], scan.json["serial"]) == ("found", label)
    assert closed.status_code == 204, closed.text
    assert result["closed_at"] is not None
    assert {one["finding"] for one in result["items"] if one["coi"] == coi} == {"found", "missing"}
    assert sum("Stock-take" in one for one in told) == 2
