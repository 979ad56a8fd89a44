"""Until when a therapy and its products are kept: on its page and in its record (DI-17)."""

import io
import json
from zipfile import ZipFile

import jsonschema

from coi.clock import parse_rfc3339, rfc3339
from coi.services.reporting import software
from coi.services.retention import FROM_EXPIRY, kept_until, retention
from coi.services.therapies import look
from coi.services.whole_record import SCHEMA, drawn_whole


def test_the_page_and_the_record_say_until_when_and_who_computed_it(installation, someone, lives):
    """Thirty years after the expiry of each product, or after the last entry (DI-17, P11-10c)."""
    coi = lives.cois["out of specification"]
    view = look(installation, coi)
    expiries = {v.subject: v.content for v in view.values if v.field == "expires_at"}
    whole, *products = retention(view)

    page = someone("queenie").get(f"/therapies/{coi}").text
    file = ZipFile(io.BytesIO(drawn_whole(installation, coi, "Queenie Quality", copy=1)))
    record = json.loads(file.read("record.json"))
    told = record["retention"]

    assert expiries
    assert {one.subject for one in products} == set(expiries)
    assert all(one.why == FROM_EXPIRY for one in products)
    for one in products:
        expires = parse_rfc3339(expiries[one.subject])
        assert (one.counted_from, one.until.year) == (expires, expires.year + 30)
    assert whole.until == kept_until(view) == max(one.until for one in products)
    assert f'<strong><time datetime="{whole.until.isoformat()}">{whole.until:%Y-%m-%d}' in page
    assert f"Computed by {software()}" in page
    assert (told["computed_by"], told["until"]) == (software(), rfc3339(whole.until))
    assert {one["subject"] for one in told["things"]} == set(expiries)
    jsonschema.validate(record, json.loads(SCHEMA.read_bytes()))


def test_what_was_never_begun_is_traced_to_nobody(clinic, performer, someone, installation):
    """The page says that there is nothing to trace yet."""
    del clinic
    coi = performer.order({**next(iter(performer.identities.values()))})

    assert retention(look(installation, coi)) == ()
    page = someone("carla").get(f"/therapies/{coi}").text
    assert "Nothing was collected yet, so there is nothing to trace." in page
