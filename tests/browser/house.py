"""A world that is served: its people act in browsers, and between their steps by the use cases."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coi.app import create_app
from coi.clock import SystemClock, rfc3339
from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import FROZEN, ORDERED, Step, collected, play, wish_of
from coi.demo.performer import Performer, Wish
from coi.services import equipment_keeping as keeping
from coi.services import webhooks
from coi.services.accounts import issue_secret
from coi.services.approvals import approve_template
from coi.services.badges import issue_badge
from coi.services.bell import ring_all
from coi.services.benches import register_bench
from coi.services.captures import RECEIVED
from coi.services.custody_batch import RUNS as RECORD_RUNS
from coi.services.custody_batch import begin_records
from coi.services.devices import register_device
from coi.services.drawing import PDF, ZPL
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.label_batches import AskedBatch, begin_batch, send_each
from coi.services.label_ledger import TurnLabel, turn_label
from coi.services.label_sending import SendLabels, send_labels
from coi.services.people import grant_role, set_password
from coi.services.places import register_place
from coi.services.print_deeds import print_test
from coi.services.print_queue import NewPrint, queue_print
from coi.services.printers import DOWNLOAD, About, printer_named
from coi.services.programs import NewProgram, open_program
from coi.services.proofs import JustProven, Proven, Signer, authenticate, person_of
from coi.services.registering_printers import register_printer
from coi.services.scanning import Code
from coi.services.stock_closing import STOCK_COUNTED, CloseStockTake, close_stock_take, outcome
from coi.services.stock_takes import begin_stock_take, scan_stock
from coi.services.therapies import look
from coi.services.thing_sending import SendPlaces, send_places
from coi.services.tokens import NewToken, make_token
from coi.services.worklist import ALL, Wanted
from coi.store import print_jobs
from coi.store.alarms import planned_rows
from coi.store.transactions import Transaction
from tests.cast import WHY
from tests.coi.capturing import Queue, at_device, send
from tests.coi.web.walk import Told, Walker, go_through, signed_in, stepwise
from tests.journeys.worlds import Databases, World, copy_of
from tests.serving import Served, environ_of, serving
from workflows.label_deeds import PRINTED_ANEW, Deed
from workflows.label_life import LabelDeed
from workflows.model import EquipmentKind

KEYS_OF_THE_HOUSE = "the keys of the house"
"""The administrator's password, in every house."""

HELP_LINE = "Cell desk, 020 7946 0170"
"""Whom people in a house call when a code cannot be read."""

LONG_AGO = timedelta(days=60)
"""A served world has the machine's clock: whatever went on in it before lies in the past."""


@dataclass(frozen=True, slots=True)
class House:
    """A served world: who acts in it besides the browsers, and what its therapies are called."""

    performer: Performer
    served: Served
    cois: Mapping[str, str]
    things: Mapping[str, str] = field(default_factory=dict)  # what else a path can name

    @property
    def installation(self) -> Installation:
        """The installation that is served, as this process has it open."""
        return self.performer.installation

    @property
    def administrator(self) -> JustProven:
        """Who hires people."""
        return authenticate(self.installation, "root", KEYS_OF_THE_HOUSE)


def begun_long_ago() -> datetime:
    """When the world of a house began."""
    return datetime.now(UTC).replace(microsecond=0) - LONG_AGO


def give_keys(installation: Installation) -> None:
    """Give the administrator a password that is known here."""
    known = installation.read(lambda tx: person_of(tx, "root"))
    root = Proven("root", known.person.id, known.credential)
    set_password(installation, root, KEYS_OF_THE_HOUSE)


def things_of(house: House) -> Mapping[str, str]:
    """A bench, a device, a step under way, programs and a webhook, where therapies stand."""
    ivo = Walker(signed_in(create_app(house.installation), "ivo"))
    ivo.begin(house.cois["recorded late"], "admit_patient", "north-ward")
    bench = register_bench(
        house.installation, house.administrator, "south-lab", "Cabinet 1", key="bench of the house"
    )
    things = {"errand": ivo.path.rpartition("/")[2], "bench": bench}
    things |= _steps_of_a_shift(house)
    things |= _shippers(house)
    things |= {"equipment": _equipment(house)}
    things |= {"program": _gateway(house), "program_without_role": _logger(house)}
    late = look(house.installation, house.cois["recorded late"])
    things["label"] = next(iter(late.labels.values()))[-1]
    things |= _stock_takes(house)
    things |= {"webhook": _webhook(house), "printer": _printer(house)}
    nina = ("apheresis_nurse", "north-apheresis")
    issue_badge(house.installation, house.administrator, "nina", nina, key="badge of the house")
    _come_back(house, "wilma")
    queenie = house.performer.proven["queenie"]
    held = register_device(house.installation, queenie, "works-production", "Tablet 3")
    things["captured"] = _captured(house, held.partition(".")[0])
    things |= {"batch": _batch(house), "alarm": _alarm(house)}
    return things | {"label_batch": _label_batch(house), "custody_records": _records(house)}


def _come_back(house: House, username: str) -> None:
    """Somebody forgot the password, and came in by a new secret; nobody has checked who it was."""
    installation, why = house.installation, "Forgot it over the holidays; called from the ward"
    secret = issue_secret(installation, house.administrator, username, why=why)
    set_password(installation, authenticate(installation, username, secret), PASSWORD)


def _steps_of_a_shift(house: House) -> dict[str, str]:
    """Leo has handed a step to Lena, who has another one in hand that she has not handed over."""
    app, coi = create_app(house.installation), house.cois["mixed up"]
    begun = [
        Walker(signed_in(app, username)).begin(coi, "release_custody", "north-lab")
        for username in ("leo", "lena")
    ]
    told = {"to": "lena", "done": "The bags lie on the bench.", "remains": "Scan them, and sign."}
    begun[0].send("/hand-over", password=PASSWORD, **told)
    names = ("handed_over", "not_handed_over")
    return {name: one.path.rpartition("/")[2] for name, one in zip(names, begun, strict=True)}


def _shippers(house: House) -> dict[str, str]:
    """Leo has signed for packing a shipper, and the second has not; another one is put aside."""
    app, performer = create_app(house.installation), house.performer
    coi = performer.order(PATIENTS[3])
    play(performer, coi, (*ORDERED, *collected(2), FROZEN))
    view = look(house.installation, coi)
    bags = wish_of(view, Step("pack", "material", "frozen")).on

    def packed(bag: str, until: str) -> Walker:
        wanted, _actor, signers = performer.request(coi, "pack", Wish(on=(bag,)), view)
        walker = stepwise(Walker(signed_in(app, "leo")), wanted)
        go_through(walker, Told(wanted, signers, 0), until)
        return walker

    signed = packed(bags[0], "Sign")
    signed.send(apart="1", **{"signer-1-username": "leo", "signer-1-password": PASSWORD})
    found = {"signed_first": signed, "packing": packed(bags[1], "Read it back")}
    return {name: one.path.rpartition("/")[2] for name, one in found.items()}


def _equipment(house: House) -> str:
    """Four pieces, each of which stands otherwise; the serial of the one that is out of service."""
    now, mia = house.installation.clock.now(), house.performer.proven["mia"]
    serials = {}
    for number, name, kind, days in (
        ("INC-04", "Mia's, by the door", EquipmentKind.INCUBATOR, 200),
        ("INC-05", "Beside the sink", EquipmentKind.INCUBATOR, 12),
        ("INC-06", "Freezer room", EquipmentKind.INCUBATOR, -3),
        ("CF-07", "Left by the door", EquipmentKind.CENTRIFUGE, 90),
    ):
        until = f"{now + timedelta(days=days):%Y-%m-%d}"
        about = keeping.About(number, kind.value, name, f"SN {number}", until, f"CAL-{number}")
        serials[number] = keeping.register_equipment(
            house.installation, mia, "works-production", about, key=f"equipment {number}"
        )
    out = "The rotor makes a noise; the maker comes on Friday."
    keeping.put_in_service(house.installation, mia, serials["CF-07"], in_service=False, why=out)
    return serials["CF-07"]


def _alarm(house: House) -> str:
    """One that rings and that nobody has heard; everything that is due by now is on record."""
    ring_all(house.installation)
    told = house.installation.read(lambda tx: planned_rows(tx, house.cois["recorded late"]))
    now = rfc3339(house.installation.clock.now())
    kind, subject, since, rings_at = min(row[:4] for row in told if row[3] <= now)
    return "~".join((house.cois["recorded late"], kind, subject, since, rings_at))


def _captured(house: House, device: str) -> str:
    """A handoff that a tablet captured without a line, and against which something stands."""
    queue = Queue(device, house.installation.clock.now())
    one = queue.capture(house.cois["mixed up"], house.cois["on hold"], kind=RECEIVED)
    send(house.installation, at_device(house.performer.proven["mia"], device), queue.captures)
    return one.id


def _stock_takes(house: House) -> Mapping[str, str]:
    """A stock-take of a laboratory in which something is not right, and one that was closed."""
    installation, leo = house.installation, house.performer.proven["leo"]
    shelf = register_place(installation, leo, "north-lab", "Freezer 2, shelf 3", key="shelf")
    takes = [begin_stock_take(installation, leo, "north-lab", shelf, key=key) for key in "ab"]
    bags = (("mixed up", 1), ("a bag on hold", 3), ("a bag on hold", 1), ("dispensed", 1))
    for take in takes:
        for life, number in bags:
            coi = house.cois[life]
            label = look(installation, coi).labels[f"{coi}/7.{number}"][-1]
            scan_stock(installation, leo, take, Code(label))
    signer = Signer(leo, STOCK_COUNTED.meaning)
    shown = outcome(installation, leo, takes[1]).shown
    close_stock_take(installation, CloseStockTake(takes[1], "close", shown), leo, (signer,))
    return {"stock_take": takes[0], "stock_take_closed": takes[1]}


def _gateway(house: House) -> str:
    """A program with two tokens, of which one ends soon."""
    installation, by = house.installation, house.administrator
    new = NewProgram("gateway", "Order gateway of North Hospital", "north-ward")
    open_program(installation, by, new)
    grant_role(installation, by, "gateway", "coordinator", "north-ward")
    for name, days in (("Orders from the ward system", 90), ("Trial run", 9)):
        scopes = ("orders:write", "therapies:read")
        make_token(installation, by, NewToken("gateway", name, scopes, ("north",), days))
    return "gateway"


def _logger(house: House) -> str:
    """A program that can do nothing yet."""
    new = NewProgram("logger", "Temperature logger")
    open_program(house.installation, house.administrator, new)
    return "logger"


def _webhook(house: House) -> str:
    """A webhook to a public address, paused at once: from a test nobody is sent anything."""
    by = house.installation, house.administrator
    new = webhooks.NewWebhook("https://93.184.215.14/hook", "System of the cell laboratory")
    opened = webhooks.open_webhook(*by, new, key="webhook of the house").webhook
    webhooks.pause(*by, opened, why=WHY)
    webhooks.send_test(*by, opened, key="test of the house")
    return opened


def _printer(house: House) -> str:
    """A printer that is held, with a label that waits, one of another therapy, and one of none."""
    allowing = replace(house.installation.settings, printer_allow=("127.0.0.1",))
    ours = replace(house.installation, settings=allowing)
    queenie, mia = (house.performer.proven[name] for name in ("queenie", "mia"))
    about = About("Isolator room", "socket://127.0.0.1:9199", ZPL, 300, 100, 50)
    unit = "works-production"
    printer = register_printer(ours, queenie, unit, about, key="printer")
    other = replace(about, name="Corridor", address=DOWNLOAD)
    register_printer(ours, queenie, unit, other, key="other printer")
    print_test(ours, mia, printer, key="test print of the house")
    first, second = (house.cois[name] for name in ("recorded late", "mixed up"))

    def work(tx: Transaction) -> None:
        entry = write_site_entry(
            tx, "print_label", Occasion(mia.person, unit, ours.clock.now()), Registered()
        )
        known = printer_named(tx, printer)
        for coi in (first, second):
            one = NewPrint(f"^XA^FD{coi}^XZ".encode(), ZPL, (f"B-{coi}",), coi)
            queue_print(tx, ours, known, [one], entry)
        row, line = print_jobs.jobs_of_entry(tx, entry.chain, entry.seq)[0], print_jobs.NOTHING
        print_jobs.take(tx, row, line, "nobody", entry.recorded_at)

    ours.transact(work)
    return printer


def _batch(house: House) -> str:
    """A batch of labels of places that waits for a printer of files."""
    ours, leo = house.installation, house.performer.proven["leo"]
    approve_template(ours, house.performer.proven["queenie"], "location-label")
    about = About("Cell laboratory", DOWNLOAD, PDF, 300, 100, 50)
    printer = register_printer(ours, house.administrator, "north-lab", about, key="lab printer")
    shelves = [
        register_place(ours, leo, "north-lab", f"Freezer 3, shelf {n}", key=f"shelf {n}")
        for n in range(1, 4)
    ]
    send_places(ours, leo, SendPlaces(tuple(shelves), printer, "batch-of-the-house"))
    return "batch-of-the-house"


def _label_batch(house: House) -> str:
    """Labels in one batch: one waits, and one could not be sent."""
    ours, leo = house.installation, house.performer.proven["leo"]
    coi = house.cois["packed"]
    serials = tuple(_printed_anew(house, coi))
    assert len(serials) > 2  # the last one can still be chosen
    about = About("Bags of the laboratory", DOWNLOAD, PDF, 300, 100, 100)
    printer = register_printer(ours, house.administrator, "north-lab", about, key="bag printer")
    send_labels(ours, leo, SendLabels(coi, serials[:1], printer, "sent alone"))
    asked = AskedBatch(serials[:-1], printer, "labels-of-the-house")
    begin_batch(ours, leo, asked)
    send_each(ours, leo, asked)
    return asked.key


def _records(house: House) -> str:
    """The custody records of a list, which can be fetched."""
    ours, leo, key = house.installation, house.performer.proven["leo"], "records-of-the-house"
    begin_records(ours, leo, Wanted(which=ALL, coi=house.cois["packed"]), key)
    RECORD_RUNS.known[key].thread.join()
    return key


def _printed_anew(house: House, coi: str) -> Iterator[str]:
    """The labels of a therapy's bags, each under a new serial, and not printed yet."""
    ours, leo = house.installation, house.performer.proven["leo"]
    found = look(ours, coi)
    bags = [one.id for one in found.subjects.values() if one.machine == "material"]
    for bag in bags:
        deed = Deed(LabelDeed.REPRINT, found.labels[bag][-1], "Torn")
        asked = TurnLabel(coi, deed, "north-lab", f"anew {bag}")
        turn_label(ours, asked, leo, (Signer(leo, PRINTED_ANEW),))
        yield look(ours, coi).labels[bag][-1]


@contextmanager
def house_of(databases: Databases, world: World, home: Path) -> Iterator[House]:
    """Serve a copy of a world."""
    home.mkdir()
    with copy_of(databases, world, home) as acting:
        acting.installation = replace(acting.installation, clock=SystemClock())
        give_keys(acting.installation)
        environ = environ_of(acting.installation.settings)
        # What waits is asked for again and again: no page of a test would stay as it is.
        environ["COI_PRINT_SEND"] = "off"
        environ["COI_HELP_LINE"] = HELP_LINE
        with serving(environ, home.parent / "said", "serve") as served:
            yield House(acting, served, world.cois)
