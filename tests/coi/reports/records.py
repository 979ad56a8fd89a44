"""A custody record that is valid by default; a test changes one thing of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from coi.reports.custody_contents import (
    Change,
    CustodyRecord,
    Decision,
    Departure,
    Descent,
    Event,
    IssuedLabel,
    Item,
    Movement,
    Place,
    Reason,
    Recording,
    Result,
    Scan,
    Signature,
    SignedTree,
    TrailReview,
    Value,
    Verification,
    Workflow,
)

BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 11, 22, 9, 5, 7, tzinfo=BERLIN)
HEAD = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
COI = "TEST-0FASSS8C-K"


def a_signature(**changes):
    """Nina's."""
    fields = {"meaning": "performed", "printed_name": "Nina Needle", "role": "apheresis nurse"}
    return Signature(**{**fields, "at": MORNING, **changes})


def an_event(entry=0, **changes):
    """A handoff within one hospital, on record as it happened."""
    at = MORNING + timedelta(minutes=entry)
    fields = {
        "title": "Hand over",
        "happened_at": at,
        "recorded_at": at,
        "unit": "Apheresis",
        "site": "North Hospital",
        "actor": "Nina Needle",
        "role": "apheresis nurse",
        "movements": (
            Movement(
                ("Starting material 1",),
                "collected",
                "collected",
                "Apheresis, North Hospital",
                "in transit to Cell laboratory, North Hospital",
            ),
        ),
        "values": (Value(("Starting material 1",), "Volume", "60", "mL"),),
        "scans": (Scan("label", "B-TEST-0FASSS8C-K", "scanned"),),
        "signatures": (a_signature(),),
    }
    return Event(entry, **{**fields, **changes})


def a_refused_event(entry=1, **changes):
    """Somebody had the bag of another therapy in hand."""
    fields = {
        "refused": True,
        "movements": (),
        "values": (),
        "signatures": (),
        "reasons": (
            Reason("WRONG_THERAPY", "STOP. The bag is not this patient's", "Put it aside"),
        ),
    }
    return an_event(entry, **{**fields, **changes})


def a_change(**changes):
    """A volume that was mistyped at first."""
    fields = {
        "item": "Starting material 1",
        "title": "Volume",
        "original": "600 mL",
        "current": "60 mL",
        "revision": 2,
        "reason": "a zero too many",
        "entry": 2,
        "at": MORNING,
        "by": "Nina Needle",
    }
    return Change(**{**fields, **changes})


def a_departure(**changes):
    """An exception that nobody has closed."""
    fields = {
        "name": "Exception 1",
        "on": "Starting material 1",
        "state": "open",
        "is_open": True,
        "opened": 1,
        "opened_at": MORNING,
        "opened_by": "Nina Needle",
        "told": (("What was seen", "A bag of another therapy was scanned"),),
    }
    return Departure(**{**fields, **changes})


A_TREE = SignedTree(1_204, "4a0615fe37898c9d" + "ab" * 24, "c74f20a3", MORNING)


A_RECORDING = Recording(MORNING - timedelta(days=400))


def a_record(**changes):
    """A short therapy with one of everything."""
    place = Place("North Hospital", "north", "hospital", "DE", "Europe/Berlin", (("ward", "Ward"),))
    item = Item(
        "Starting material 1",
        f"{COI}/7.1",
        "collected",
        "Apheresis, North Hospital",
        (("Donation number", "DE 1234 26 000001"),),
        ("B-TEST-0FASSS8C-K",),
    )
    fields = {
        "coi": COI,
        "workflow": Workflow(
            "Autologous CAR-T", "autologous-car-t", 1, "ab" * 32, since=0, since_at=MORNING
        ),
        "state": "collected",
        "places": (place,),
        "items": (item,),
        "descents": (Descent("Starting material 1", "made of", ("Collection 1",), 0),),
        "results": (
            Result("Lot 1", "Viability", "flow cytometry", "≥ 70 %", "91.5", "%", True, 0),  # noqa: FBT003
            Result("Lot 1", "Sterility", "culture", "no growth"),
        ),
        "decisions": (Decision("Lot 1", "released", "Release", 0, MORNING, (a_signature(),)),),
        "reviews": (TrailReview(0, "site:factory", 7, MORNING, (a_signature(),)),),
        "departures": (a_departure(),),
        "changes": (),
        "labels": (
            IssuedLabel("B-TEST-0FASSS8C-K", "Starting material 1", "bag-label 1", 0, MORNING, 1),
        ),
        "events": (an_event(0), a_refused_event(1)),
        "head_entry": 1,
        "head_hash": HEAD,
        "verification": Verification(
            holds=True, verdict="Verified: 2 entries", statement="The hashes of 2 entries hold."
        ),
        "generated_at": MORNING.astimezone(UTC),
        "generated_by": "Dr. Quentin Release",
        "software": "chain-of-identity 0.1.0",
        "recording": A_RECORDING,
        "tree": A_TREE,
    }
    return CustodyRecord(**{**fields, **changes})
