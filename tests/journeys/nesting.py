"""The packaged definition with two layers more: bag in cassette, in canister, in shipper.

Version 2 of it, as a site would write it: the lines are put beside those that are there. Each layer
is a step of its own, and a bag can still go into the shipper bare.
"""

from collections.abc import Iterator

_IN = "frozen, released, received, accepted, rejected"
_CLOSED = "closed, received"
_WHO = "[cell_lab_technologist@hospital, manufacturing_technician@manufacturer]"
_HANDS = "cell_lab_technologist or manufacturing_technician"
_TWO = f"[performed by {_HANDS}, verified by {_HANDS} or manufacturing_verifier]"
_STOPPED = "while_stopped: true, optional: true"


def _machine(name: str) -> str:
    return f"""\
  {name}:
    kind: package
    title: {name.title()}
    labelled: true
    states:
      closed:         {{phase: delivery}}
      received:       {{phase: delivery, title: 'received, to be opened'}}
      opened:         {{phase: delivery, final: true}}
      lost:           {{phase: gone, final: true}}
"""


def _move(machine: str, states: str, how: str) -> str:
    return f"      - {{machine: {machine}, from: [{states}], {how}}}\n"


def _layers(pick: str, how: str) -> str:
    """The same move of both layers."""
    return "".join(
        _move(name, _CLOSED, f"pick: {pick}, {how}") for name in ("canister", "cassette")
    )


def _along(how: str, product: str) -> str:
    """Both layers are scanned on their own; what is in them goes along."""
    cassette = _move("cassette", _CLOSED, f"pick: contents, {how}")
    return _layers("scanned", how) + cassette + _move("product", product, f"pick: contents, {how}")


_OPENED = "custody: ends, ends_as: opened, while_stopped: true"
_STEPS = f"""\
  put_into_cassette:
    title: Put a bag into a cassette
    verb: pack
    who: {_WHO}
    moves:
      - {{machine: cassette, to: closed, custody: creates, parents: [product]}}
{_move("product", _IN, "pick: scanned, custody: keeps")}\
    guards: [one_bag_is_in_hand, label_template_is_approved]
    signatures: {_TWO}
    prints: [bag-label]
  put_into_canister:
    title: Put cassettes into a canister
    verb: pack
    who: {_WHO}
    moves:
      - {{machine: canister, to: closed, custody: creates, parents: [cassette]}}
{_move("cassette", _CLOSED, "pick: scanned, custody: keeps")}\
{_move("product", _IN, "pick: contents, custody: keeps, optional: true")}\
    guards: [something_is_packed, label_template_is_approved]
    signatures: {_TWO}
    prints: [bag-label]
  open_canister:
    title: Open a canister
    verb: unpack
    who: {_WHO}
    moves:
{_move("canister", "received", f"to: opened, pick: scanned, {_OPENED}")}\
{_move("canister", "closed", f"to: opened, pick: scanned, seldom: true, {_OPENED}")}\
{_move("cassette", _CLOSED, f"pick: scanned, custody: keeps, {_STOPPED}")}\
{_move("product", _IN, f"pick: contents, custody: keeps, {_STOPPED}")}\
    guards: [whole_contents_are_scanned]
    signatures: [performed by {_HANDS}]
    due_hours: 4
  open_cassette:
    title: Open a cassette
    verb: unpack
    who: {_WHO}
    moves:
{_move("cassette", "received", f"to: opened, pick: scanned, {_OPENED}")}\
{_move("cassette", "closed", f"to: opened, pick: scanned, seldom: true, {_OPENED}")}\
{_move("product", _IN, f"pick: scanned, custody: keeps, {_STOPPED}")}\
    guards: [whole_contents_are_scanned]
    signatures: [performed by {_HANDS}]
    due_hours: 4
  pack:
    title: Pack a shipper
"""


def _after(line: str, more: str) -> tuple[str, str]:
    return line, line + more


def _changes() -> Iterator[tuple[str, str]]:
    """Each passage of the packaged definition, and what stands there instead."""
    yield "version: 1\n", "version: 2\n"
    yield (
        "  shipment:\n    kind: shipment\n",
        (f"{_machine('cassette')}{_machine('canister')}  shipment:\n    kind: shipment\n"),
    )
    yield _after("    sample: Sample for quality control\n", "".join(_texts("One bag of product")))
    yield _after("    sample: 2 °C to 8 °C\n", "".join(_texts("In nitrogen vapour")))
    yield "  pack:\n    title: Pack a shipper\n", _STEPS
    shipper = "to: packed, custody: creates, parents: [material, product"
    yield f"{shipper}]}}", f"{shipper}, cassette, canister]}}"
    yield _after(
        _move("product", "released, rejected", "pick: scanned, custody: keeps, optional: true"),
        _along("custody: keeps, optional: true", "released, rejected"),
    )
    for custody in ("releases", "releases, while_stopped: true", *_TAKEN):
        product = f"pick: contents, custody: {custody}, optional: true"
        yield _after(
            _move("product", "released, rejected", product),
            _layers("contents", f"custody: {custody}, optional: true"),
        )
    lost = f"to: lost, pick: contents, custody: loses, ends_as: lost, {_STOPPED}"
    yield _after(
        _move("product", "released, rejected", lost),
        _layers("contents", lost.replace("pick: contents, ", "")),
    )
    yield _after(
        _move("product", "rejected", f"pick: scanned, custody: keeps, {_STOPPED}"),
        "".join(
            (
                _layers("scanned", f"to: received, custody: keeps, {_STOPPED}"),
                _move(
                    "cassette",
                    _CLOSED,
                    f"to: received, pick: contents, custody: keeps, {_STOPPED}",
                ),
                _move(
                    "product",
                    "released",
                    f"to: received, pick: contents, custody: keeps, {_STOPPED}",
                ),
                _move("product", "rejected", f"pick: contents, custody: keeps, {_STOPPED}"),
            )
        ),
    )
    yield _after(
        _move("product", "released, rejected", f"pick: scanned, custody: keeps, {_STOPPED}"),
        _along(f"custody: keeps, {_STOPPED}", "released, rejected"),
    )
    yield from _of_holds()


_TAKEN = ("accepts, while_stopped: true", "takes_back, while_stopped: true")


def _texts(said: str) -> Iterator[str]:
    return (f"    {name}: {said}\n" for name in ("cassette", "canister"))


def _of_holds() -> Iterator[tuple[str, str]]:
    """Whatever carries a label can be put on hold, lost, and let go on."""
    yield (
        "product, sample, shipment], while",
        "product, sample, cassette, canister, shipment], while",
    )
    held = f"pick: named, stop: 1, {_STOPPED}"
    yield _after(_move("shipment", "packed", held), _layers("named", held.partition(", ")[2]))
    lifted = f"pick: origin, stop: -1, {_STOPPED}"
    ended = f"{_CLOSED}, opened, lost"
    yield _after(
        _move("shipment", "packed, unpacked, lost", lifted),
        _move("cassette", ended, lifted) + _move("canister", ended, lifted),
    )
    lost = f"custody: loses, ends_as: lost, {_STOPPED}"
    yield _after(
        _move("sample", "taken", f"to: lost, pick: named, {lost}"),
        _layers("named", f"to: lost, {lost}")
        + _move("cassette", _CLOSED, f"to: lost, pick: contents, {lost}")
        + _move("product", _IN, f"to: lost, pick: contents, {lost}"),
    )


CHANGES = dict(_changes())
