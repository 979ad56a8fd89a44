"""Two patients with a therapy each, far enough for anything to go wrong; nothing in it is wrong.

Each therapy has one collected bag, one lot and two products, which the manufacturer holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from coi.store.tables import numbered
from tests.store.writer import NAME, Birth, Deed, Row, Turn, Writer
from workflows.model import Transition

UNITS = {"ward": "hospital", "courier": "courier", "mfg": "manufacturer", "lab": "laboratory"}
PEOPLE = ("nina", "omar", "mia", "quentin", "ines", "vera")

_ALLOWED = """
therapy    order         -              ordered         none       0 0 0 0 1 1
therapy    check         ordered        ordered         none       0 0 0 0 1
therapy    check         ordered        ordered         none       0 0 0 0 1 2
therapy    correct       ordered        ordered         none       0 0 0 0 1 1
therapy    end_transcription ordered    ordered         none       0 1 0 0 2 0
collection plan          -              planned         none       0 0 0 0 0
collection collect       planned        collected       none       0 0 0 0 2
bag        collect       -              collected       creates    0 0 0 1 2
bag        release       collected      collected       releases   0 0 1 0 1
bag        accept        collected      collected       accepts    0 0 1 0 1
bag        start         collected      used            ends       0 0 1 0 1
lot        start         -              running         none       0 0 0 0 1
lot        make          running        running         none       0 0 0 0 1
lot        approve       running        released        none       0 0 0 0 1
product    make          -              made            creates    0 0 0 0 1
product    approve       made           released        none       0 0 0 0 1
product    recall        released       made            none       0 0 0 0 1
product    release       released       released        releases   0 0 1 0 1
product    accept        released       released        accepts    0 0 1 0 1
product    take_back     released       released        takes_back 0 0 1 0 1
product    inspect       released       released        keeps      0 0 1 0 1
product    store         released       released        keeps      0 0 0 0 1
product    split         released       split           ends       0 0 1 0 1
product    portion       -              released        creates    0 0 0 0 1
product    infuse        released       infused         ends       0 0 1 1 2
product    infuse_part   released       partly_infused  keeps      0 0 1 1 2
product    destroy       partly_infused destroyed       ends       0 1 1 0 2
product    destroy       released       destroyed       ends       0 1 1 0 2
product    lose          released       lost            loses      0 1 0 0 1
product    hold          released       released        none       1 1 0 0 1
product    lift          released       released        none      -1 1 0 0 1
product    pack          released       released        keeps      0 0 1 0 1   in
product    carry         released       released        releases   0 0 0 0 1   within
product    carried       released       released        accepts    0 0 0 0 1   within
product    open          released       released        keeps      0 0 1 0 1   out
shipment   carry         packed         packed          releases   0 0 1 0 1
shipment   carried       packed         packed          accepts    0 0 1 0 1
shipment   open          packed         unpacked        ends       0 0 1 0 1
shipment   pack          -              packed          creates    0 0 0 0 1
shipment   release       packed         packed          releases   0 0 1 0 1
shipment   accept        packed         packed          accepts    0 0 1 0 1
sample     take          -              taken           creates    0 0 0 0 1
exception  open          -              open            none       0 1 0 0 0
"""
_PACKING = {"in": "goes_in", "within": "inside", "out": "comes_out"}
_BY_CUSTODY = {"none": "either", "loses": "either"}
_ALLOWED_FROM_1_TO_2 = """
therapy    migrate       ordered        ordered         none       0 1 0 0 2
product    migrate       released       cleared         none       0 1 0 0 2
"""
_ALLOWED_IN_2 = """
product    release       cleared        cleared         releases   0 0 1 0 1
"""


@dataclass(frozen=True, slots=True)
class Therapy:
    """What is where in one of the two therapies; the numbers are those of its entries."""

    coi: str
    patient: str

    @property
    def wristband(self) -> str:
        """The serial of the patient's wristband."""
        return f"W-{self.coi}"

    @property
    def collection(self) -> str:
        """The collection, planned in entry 1."""
        return f"{self.coi}/1.1"

    @property
    def bag(self) -> str:
        """The collected bag, born in entry 2 and used up in entry 7."""
        return f"{self.coi}/2.1"

    @property
    def lot(self) -> str:
        """The lot, started in entry 7."""
        return f"{self.coi}/7.1"

    @property
    def product(self) -> str:
        """The first product, made in entry 8."""
        return f"{self.coi}/8.1"

    @property
    def other_product(self) -> str:
        """The second product, made in entry 8."""
        return f"{self.coi}/8.2"


A = Therapy("A", "P-a")
B = Therapy("B", "P-b")


def label_of(subject: str) -> str:
    """Return the serial of the label on a subject."""
    return f"L-{subject}"


# -- rows that actions bring with them ------------------------------------------------------------


def a_label(subject: str) -> Row:
    """A first label for a subject."""
    row: Row = {"serial": label_of(subject), "subject": subject, "template": "bag"}
    return row | {"issue": 1, "prev_issue": None, "replaces": None}


def a_second_label(subject: str, serial: str) -> Row:
    """A label in place of the first one, which is void."""
    second: Row = {"serial": serial, "issue": 2, "prev_issue": 1, "replaces": label_of(subject)}
    return a_label(subject) | second


def label_turns(subject: str, *states: str) -> tuple[Row, ...]:
    """The turns by which the label on a subject becomes one after the other, from when it was new.

    How it was read, why it is void and how many pieces there were is said where it has to be.
    """
    serial, ways = label_of(subject), list(pairwise(("issued", *states)))
    return tuple(
        {
            "serial": serial,
            "turn": turn,
            "prev_turn": turn - 1 or None,
            "before": before,
            "after": after,
            "how": "scanned" if after == "verified" else "-",
            "reason": NAME if after in {"voided", "returned", "lost"} else "-",
            "pieces": 1 if after in {"destroyed", "returned", "lost"} else 0,
            "voided": serial if after == "voided" else None,
        }
        for turn, (before, after) in enumerate(ways, start=1)
    )


def a_link(child: str, parent: str, parent_born: int, relation: str = "made_of") -> Row:
    """A line of the family tree."""
    return {
        "child_id": child,
        "parent_id": parent,
        "parent_born": parent_born,
        "relation": relation,
        "package": child if relation == "packed_in" else None,
    }


def a_value(subject: str, field: str, revision: int = 1, reason: str = "-") -> Row:
    """A recorded value; the code of another's label is another one for each container."""
    over_label = f"code on {subject}" if field == "over_label" else None
    return {
        "subject": subject,
        "field": field,
        "occurrence": 1,
        "revision": revision,
        "prev_revision": revision - 1 or None,
        "content": over_label or "91.2",
        "unit_of_measure": "%",
        "method": "-",
        "limits": "-",
        "within": "yes",
        "reason": reason,
        "over_label": over_label,
    }


def a_wristband(patient: str, serial: str, issue: int) -> Row:
    """A new wristband."""
    return {"serial": serial, "patient_id": patient, "issue": issue}


def an_attestation(about: str, role: str) -> Row:
    """Somebody's role at the ward."""
    row: Row = {"kind": "role", "about": about, "role": role, "unit": "ward"}
    return row | {"holds": 1, "valid_until": "-", "detail": "-"}


# -- actions --------------------------------------------------------------------------------------


def release(therapy: Therapy, consignee: str = "courier", unit: str = "mfg") -> Deed:
    """The first product is sent."""
    turn = Turn(therapy.product, "released", consignee=consignee, label=label_of(therapy.product))
    return Deed(therapy.coi, "release", unit, (turn,))


def accept(therapy: Therapy, unit: str = "courier") -> Deed:
    """The first product is taken over by whom it was sent to."""
    turn = Turn(therapy.product, "released", holder=unit, label=label_of(therapy.product))
    return Deed(therapy.coi, "accept", unit, (turn,), ("omar",))


def touch(
    therapy: Therapy, action: str, *signers: str, unit: str = "mfg", scan: bool = False
) -> Deed:
    """Something happens to the first product where it is, and its state stays."""
    label = label_of(therapy.product) if scan else None
    turn = Turn(therapy.product, "released", label=label)
    return Deed(therapy.coi, action, unit, (turn,), signers or ("quentin",))


def infuse(therapy: Therapy) -> Deed:
    """The first product flows into its patient, at the ward, before two pairs of eyes."""
    turn = Turn(
        therapy.product,
        "infused",
        holder=therapy.patient,
        label=label_of(therapy.product),
        patient=therapy.patient,
        wristband=therapy.wristband,
    )
    return Deed(therapy.coi, "infuse", "ward", (turn,), ("ines", "nina"))


def a_birth() -> Deed:
    """A third product is made."""
    turn = Turn("A/10.1", "made", holder="mfg")
    return Deed("A", "make", "mfg", (turn,), births=(Birth("product", A.lot),))


def record(therapy: Therapy, signers: Sequence[str] = (), **parts: tuple[Row, ...]) -> Deed:
    """Something is written down, and nothing moves."""
    return Deed(therapy.coi, "record", "mfg", (), tuple(signers), parts=parts)


def pack(therapy: Therapy, package: str = "10.1", machine: str = "shipment") -> Deed:
    """The first product is closed in, as the entry of this number."""
    name = f"{therapy.coi}/{package}"
    turns = (
        Turn(name, "packed", holder="mfg"),
        Turn(therapy.product, "released", label=label_of(therapy.product), inside=name),
    )
    parts = {"label": (a_label(name),), "lineage": (a_link(name, therapy.product, 8, "packed_in"),)}
    born = (Birth(machine, therapy.coi),)
    return Deed(therapy.coi, "pack", "mfg", turns, births=born, parts=parts)


def unpack(therapy: Therapy, package: str = "10.1", unit: str = "mfg") -> Deed:
    """What is closed around the first product is opened."""
    name = f"{therapy.coi}/{package}"
    turns = (
        Turn(name, "unpacked", holder="unpacked", label=label_of(name)),
        Turn(therapy.product, "released", label=label_of(therapy.product), inside="-"),
    )
    return Deed(therapy.coi, "open", unit, turns)


def to_the_ward(writer: Writer, therapy: Therapy) -> None:
    """The first product travels to the ward."""
    writer.act(release(therapy))
    writer.act(accept(therapy))
    writer.act(replace(release(therapy, "ward", "courier"), signers=("omar",)))
    writer.act(accept(therapy, "ward"))


# -- how it came to this --------------------------------------------------------------------------


def build_world(writer: Writer) -> None:
    """Write two therapies, from the first entry of the site to released products."""
    build_unsigned_world(writer)
    sign_tree(writer)


def build_unsigned_world(writer: Writer) -> None:
    """Write the same two therapies and the tree, of which nobody has signed a checkpoint yet."""
    _open_site(writer)
    _install(writer, "cart", 1, _transitions(1, 1, _ALLOWED))
    _install(
        writer,
        "cart",
        2,
        _transitions(1, 2, _ALLOWED_FROM_1_TO_2) + _transitions(2, 2, _ALLOWED_IN_2),
    )
    _install(writer, "tcr", 1, _transitions(1, 1, _ALLOWED, "tcr"))
    for therapy in (A, B):
        _order(writer, therapy)
        _collect_and_send(writer, therapy)
        _make(writer, therapy)
    _sequence(writer, 3)


def sign_tree(writer: Writer) -> None:
    """Two checkpoints were signed of the tree, as it grew."""
    first: Row = {"n": 0, "prev_n": None, "size": 1, "prev_size": None, "last": 0}
    writer.insert("checkpoint", first | {"note": "first"})
    second: Row = {"n": 1, "prev_n": 0, "size": 2, "prev_size": 1, "last": 1}
    writer.insert("checkpoint", second | {"note": "second"})


def _sequence(writer: Writer, number: int) -> None:
    """The first entries of the site are in the tree."""
    for n in range(number):
        hash_ = writer.row("entry", chain="site", seq=n)["hash"]
        before = n - 1 if n else None
        row: Row = {"n": n, "prev_n": before, "chain": "site", "seq": n, "prev_seq": before}
        writer.insert("tree_leaf", row | {"hash": hash_})
    writer.insert("tree_node", {"level": 1, "number": 0, "hash": "0" * 64})


def _open_site(writer: Writer) -> None:
    """The first entry is written by nobody; it brings the first people and units."""
    writer.insert("chain", {"id": "site", "kind": "site"})
    writer.act(Deed("site", "set_up", "-", (), (), "site"))
    origin: Row = {"chain": "site", "seq": 0}
    for person in PEOPLE:
        writer.insert("person", {"id": person, "kind": "person", **origin})
        writer.insert("account", {"username": person, "person": person, **origin})
    writer.insert("person", {"id": "gateway", "kind": "service", **origin})
    for unit, kind in UNITS.items():
        place: Row = {"name": unit, "country": "DE", "time_zone": "Europe/Berlin"}
        writer.insert("site", {"id": f"site of {unit}", "kind": kind, **place, **origin})
        writer.insert("party", {"id": unit, "kind": "unit"})
        row: Row = {"id": unit, "kind": "unit", "site": f"site of {unit}", "name": unit}
        writer.insert("unit", row | origin)
    template: Row = {"name": "own-bag", "version": 1, "hash": "0" * 64, "layout": "1" * 64}
    writer.insert("label_template", template | {"text": "name: own-bag", **origin})
    vouched = (an_attestation("nina", "nurse"), an_attestation("ines", "physician"))
    writer.act(Deed("site", "admit", "ward", (), ("vera",), "site", parts={"attestation": vouched}))


def _install(writer: Writer, name: str, version: int, allowed: list[Transition]) -> None:
    seq = writer.act(Deed("site", "install", "mfg", (), ("quentin",), "site"))
    row: Row = {"name": name, "version": version, "hash": "0" * 64, "text": "name: cart"}
    row |= {"transitions": len(allowed), "chain": "site", "seq": seq}
    writer.insert("workflow", row)
    for transition in numbered(allowed):
        writer.insert("transition", transition)


def _transitions(before: int, after: int, lines: str, workflow: str = "cart") -> list[Transition]:
    split = (line.replace(" - ", " '' ").split() for line in lines.strip().splitlines())
    return [
        Transition(
            workflow,
            before,
            after,
            machine,
            action,
            from_state.strip("'"),
            to_state,
            custody,
            *(int(one) for one in asked if not one.isalpha()),
            packing=_packing(custody, asked),
        )
        for machine, action, from_state, to_state, custody, *asked in split
    ]


def _packing(custody: str, asked: list[str]) -> str:
    """What a move asks of the packages around its subject, by its custody or in its own word."""
    own = (_PACKING[word] for word in asked if word in _PACKING)
    return next(own, _BY_CUSTODY.get(custody, "outside"))


def _order(writer: Writer, therapy: Therapy) -> None:
    coi = therapy.coi
    writer.insert("party", {"id": therapy.patient, "kind": "patient"})
    writer.insert("chain", {"id": coi, "kind": "therapy"})
    pinned: Row = {"coi": coi, "kind": "therapy", "patient_kind": "patient", "workflow": "cart"}
    writer.insert("therapy", pinned | {"patient_id": therapy.patient})
    band = a_wristband(therapy.patient, therapy.wristband, 1)
    born = (Birth("therapy"),)
    ordered = (Turn(coi, "ordered"),)
    writer.act(
        Deed(coi, "order", "ward", ordered, ("ines",), births=born, parts={"wristband": (band,)})
    )
    writer.insert("participation", {"chain": coi, "site": "site of ward", "seq": 0})
    planned = (Turn(therapy.collection, "planned"),)
    writer.act(Deed(coi, "plan", "ward", planned, (), births=(Birth("collection", coi),)))


def _collect_and_send(writer: Writer, therapy: Therapy) -> None:
    coi, bag, label = therapy.coi, therapy.bag, label_of(therapy.bag)
    drawn = Turn(
        bag, "collected", holder="ward", patient=therapy.patient, wristband=therapy.wristband
    )
    parts = {"label": (a_label(bag),), "value": (a_value(bag, "volume"),)}
    parts["lineage"] = (a_link(bag, therapy.collection, 1),)
    turns = (Turn(therapy.collection, "collected"), drawn)
    born = (Birth("bag", therapy.collection),)
    writer.act(Deed(coi, "collect", "ward", turns, ("nina", "ines"), births=born, parts=parts))
    for giver, taker in (("ward", "courier"), ("courier", "mfg")):
        sent = Turn(bag, "collected", consignee=taker, label=label)
        seq = writer.act(Deed(coi, "release", giver, (sent,), ("nina",)))
        writer.insert("participation", {"chain": coi, "site": f"site of {taker}", "seq": seq})
        taken = Turn(bag, "collected", holder=taker, label=label)
        writer.act(Deed(coi, "accept", taker, (taken,), ("omar",)))


def _make(writer: Writer, therapy: Therapy) -> None:
    coi, lot, products = therapy.coi, therapy.lot, (therapy.product, therapy.other_product)
    used = Turn(therapy.bag, "used", holder="used", label=label_of(therapy.bag))
    parts: dict[str, tuple[Row, ...]] = {"lineage": (a_link(lot, therapy.bag, 2),)}
    parts["label_turn"] = label_turns(therapy.bag, "printed", "verified", "applied")
    turns = (Turn(lot, "running"), used)
    writer.act(Deed(coi, "start", "mfg", turns, births=(Birth("lot", therapy.bag),), parts=parts))
    parts = {
        "lineage": tuple(a_link(product, lot, 7) for product in products),
        "label": tuple(map(a_label, products)),
        "value": (
            *(a_value(lot, "viability"), a_value(lot, "purity")),
            a_value(products[0], "over_label"),
        ),
    }
    whole = label_turns(therapy.bag, "printed", "verified", "applied", "voided")
    parts["label_turn"] = whole[-1:]
    made = tuple(Turn(product, "made", holder="mfg") for product in products)
    born = (Birth("product", lot),) * 2
    turns = (Turn(lot, "running"), *made)
    writer.act(Deed(coi, "make", "mfg", turns, births=born, parts=parts))
    cleared = tuple(Turn(subject, "released") for subject in (lot, *products))
    writer.act(Deed(coi, "approve", "mfg", cleared, ("quentin",)))
