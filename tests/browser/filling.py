"""Typing into the fields of a page what is known of them, by the names of the fields."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page

from coi.clock import parse_rfc3339
from coi.demo.cast import PASSWORD
from coi.services.attempt import TakeAction
from coi.services.proofs import Signer

_WHAT_IT_IS = """all => all.map(it => ({
  id: it.id, name: it.name, type: it.type, value: it.value,
  zone: it.form.elements.zone?.value || 'Europe/Berlin',
}))"""


def texts_of(wanted: TakeAction, signers: Sequence[Signer]) -> Mapping[str, str]:
    """Everything that a step may ask, but what is scanned and which things are meant."""
    texts = {
        "unit": wanted.unit,
        "consignee": wanted.consignee.strip("-"),
        **{f"value-{name}": text for name, text in wanted.values.items()},
    }
    for n, signer in enumerate(signers, start=1):
        texts[f"signer-{n}-username"] = signer.username
        texts[f"signer-{n}-password"] = PASSWORD
    heard = {one.username: one.identifiers for one in wanted.stated}
    for n, signer in enumerate(signers, start=1):
        for name, text in heard.get(signer.username, {}).items():
            texts[f"stated-{n}-{name}"] = text
            texts.setdefault(f"said-{name}", text)  # where each signer has a screen of their own
    return texts


def fill_page(page: Page, form: str, texts: Mapping[str, str], named: Sequence[str]) -> None:
    """Type into each field of a form what is known of it."""
    shown = page.locator(f"{form} :is(input, select, textarea):visible")
    for field_ in shown.evaluate_all(_WHAT_IT_IS):
        control = page.locator(f"[id='{field_['id']}']")
        if field_["name"] == "named":
            control.set_checked(field_["value"] in named)
        elif text := texts.get(field_["name"]) or _of_born(field_["name"], texts):
            put(control, field_, text)


def _of_born(name: str, texts: Mapping[str, str]) -> str:
    """What is recorded of something that comes into being: the same of each."""
    return texts.get(f"value-{name.rpartition('-')[2]}", "") if name.startswith("new-") else ""


def put(control: Locator, field_: Mapping[str, str], text: str) -> None:
    """Type a text, or choose it where it is one of a few; what is right already stays."""
    match field_["type"]:
        case "radio":
            if field_["value"] == text:
                control.check()
        case "select-one":
            control.select_option(text)
        case "datetime-local":
            control.fill(_on_the_wall(text, field_["zone"]))
        case _ if field_["value"] != text:
            control.fill(text)


def _on_the_wall(moment: str, zone: str) -> str:
    """A moment as the clock of the place shows it, without its seconds: these lie in the past."""
    return f"{parse_rfc3339(moment).astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
