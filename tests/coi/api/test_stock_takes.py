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
    shown = {"shown": leo.get(path).json["shown"]}
    closed = leo.signed(f"{path}/close", shown, STOCK_COUNTED.meaning)

    result = leo.get(path).json
    told = [one.seen for one in exceptions_of(look(installation, coi))]
    assert (scan.json["finding"], scan.json["serial"]) == ("found", label)
    assert closed.status_code == 204, closed.text
    assert result["closed_at"] is not None
    assert {one["finding"] for one in result["items"] if one["coi"] == coi} == {"found", "missing"}
    assert sum("Stock-take" in one for one in told) == 2


def test_a_program_closes_only_what_was_shown(program, lives, installation):
    """What was scanned since is another result: it is refused, and nothing is closed."""
    leo, coi = program("leo"), lives.cois["mixed up"]
    label = look(installation, coi).labels[f"{coi}/7.1"][-1]
    begun = leo.send("POST", "/stock-takes", {"unit": "north-lab"}, Idempotency_Key="s1")
    path = f"/stock-takes/{begun.json['id']}"
    shown = {"shown": leo.get(path).json["shown"]}
    leo.send("POST", f"{path}/scans", {"raw": label}, Idempotency_Key="s2")

    early = leo.signed(f"{path}/close", shown, STOCK_COUNTED.meaning)
    unsaid = leo.signed(f"{path}/close", {}, STOCK_COUNTED.meaning)

    assert early.status_code == 409
    assert "STOCK_TAKE_WENT_ON" in early.text
    assert unsaid.status_code == 400
    assert leo.get(path).json["closed_at"] is None


def test_each_item_says_how_it_was_read(program, lives, installation):
    """Whoever reads the result knows which serials were typed, and of which nothing was read."""
    leo, coi = program("leo"), lives.cois["mixed up"]
    first, second = (look(installation, coi).labels[f"{coi}/7.{n}"][-1] for n in (1, 2))
    begun = leo.send("POST", "/stock-takes", {"unit": "north-lab"}, Idempotency_Key="s1")
    path = f"/stock-takes/{begun.json['id']}"
    for n, (raw, how) in enumerate(((first, "scanned"), (second, "typed"))):
        code = {"raw": raw, "how": how}
        leo.send("POST", f"{path}/scans", code, Idempotency_Key=f"scan {n}")

    found = {one["subject"]: one["how"] for one in leo.get(path).json["items"]}

    assert found[f"{coi}/7.1"] == "scanned"
    assert found[f"{coi}/7.2"] == "typed"
    assert found[f"{coi}/7.3"] == "-"
