"""Every page that can be opened, and who opens it; a page that is new gets its visit here."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.browser.house import House

PLACES: Mapping[str, str] = {
    "at_lab": "on hold",
    "packed": "packed",
    "in_manufacture": "in manufacture",
    "mixed_up": "mixed up",
    "late": "recorded late",
    "copied": "copied from paper",
    "held_bag": "a bag on hold",
    "infused": "positive after infusion",
    "deviating": "out of specification",
    "elsewhere": "dispensed",
}
"""Therapies of the house, by the words with which a path names them."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One page: the name of its picture, who opens it, its path, and how it answers."""

    name: str
    username: str  # empty is nobody
    path: str
    status: int = 200


VISITS = (
    Visit("sign-in", "", "/sign-in"),
    Visit("work", "nina", "/"),
    Visit("work-of-qa", "queenie", "/"),
    Visit("work-of-nobody-yet", "abel", "/"),
    Visit("work-of-administrator", "root", "/"),
    Visit("interface", "root", "/interface"),
    Visit("interface-call", "root", "/interface/calls/takeStep"),
    Visit("exceptions", "queenie", "/exceptions"),
    Visit("exceptions-closed", "nina", "/exceptions?closed=1"),
    Visit("trail", "queenie", "/trail"),
    Visit("trail-of-therapy", "queenie", "/therapies/{mixed_up}/trail?all=1"),
    Visit("access", "root", "/access"),
    Visit("access-review", "queenie", "/access/review"),
    Visit("evaluation", "queenie", "/evaluation"),
    Visit("emergency-find", "leo", "/emergency"),
    Visit("emergency", "leo", "/therapies/{mixed_up}/emergency"),
    Visit("emergencies", "queenie", "/emergencies"),
    Visit("standing-in", "quentin", "/standing-in"),
    Visit("act-open-exception", "nina", "/therapies/{mixed_up}/actions/open_exception"),
    Visit("therapy-mixed-up", "leo", "/therapies/{mixed_up}"),
    Visit("therapy-late", "ivo", "/therapies/{late}"),
    Visit("therapy-on-hold", "queenie", "/therapies/{at_lab}"),
    Visit("therapy-infused", "ines", "/therapies/{infused}"),
    Visit("values", "ines", "/therapies/{late}/values"),
    Visit("act-freeze", "leo", "/therapies/{held_bag}/actions/freeze_material"),
    Visit("act-hand-over", "leo", "/therapies/{mixed_up}/actions/release_custody"),
    Visit("act-collect", "nina", "/therapies/{mixed_up}/actions/collect"),
    Visit("act-pack", "leo", "/therapies/{mixed_up}/actions/pack"),
    Visit("act-result", "anna", "/therapies/{late}/actions/record_result"),
    Visit("act-bedside", "ivo", "/therapies/{late}/actions/check_at_bedside"),
    Visit("act-infuse", "ivo", "/therapies/{late}/actions/infuse"),
    Visit("act-release", "quentin", "/therapies/{late}/actions/release_lot"),
    Visit("act-dispensation", "queenie", "/therapies/{late}/actions/grant_dispensation"),
    Visit("therapy-out-of-specification", "ines", "/therapies/{deviating}"),
    Visit("work-of-medical-monitor", "mona", "/"),
    Visit("act-declare", "queenie", "/therapies/{late}/actions/declare_out_of_specification"),
    Visit("act-request", "ines", "/therapies/{deviating}/actions/request_out_of_specification"),
    Visit("act-supply", "quentin", "/therapies/{deviating}/actions/release_out_of_specification"),
    Visit("act-lift", "queenie", "/therapies/{at_lab}/actions/lift_quality_stop"),
    Visit("act-correct", "carla", "/therapies/{mixed_up}/actions/correct_value"),
    Visit("late", "ivo", "/therapies/{late}/late"),
    Visit("late-hand-over", "leo", "/therapies/{mixed_up}/late/release_custody"),
    Visit("late-infuse", "ivo", "/therapies/{late}/late/infuse"),
    Visit("therapy-copied", "nadia", "/therapies/{copied}"),
    Visit("late-copied", "nadia", "/therapies/{copied}/late"),
    Visit("late-copied-step", "luc", "/therapies/{copied}/late/freeze_material"),
    Visit("transcription", "nadia", "/therapies/{copied}/transcription"),
    Visit("act-our-label", "luc", "/therapies/{copied}/actions/apply_label"),
    Visit("which-therapy", "carla", "/orders/new"),
    Visit("order", "carla", "/orders/new?workflow=autologous-car-t"),
    Visit("act-label-of-another", "leo", "/therapies/{late}/actions/record_over_label"),
    Visit("labels", "queenie", "/therapies/{late}/labels"),
    Visit("label-void", "queenie", "/therapies/{late}/labels/{label}/void"),
    Visit("label-anew", "queenie", "/therapies/{late}/labels/{label}/anew"),
    Visit("what-goes-along", "ivo", "/therapies/{late}/labels/{label}/sheet"),
    Visit("sheet-with-the-name", "ivo", "/therapies/{late}/wristband/sheet"),
    Visit("printing", "mia", "/therapies/{late}/printing"),
    Visit("printing-of-nobody", "leo", "/therapies/{at_lab}/printing"),
    Visit("version", "queenie", "/therapies/{late}/version"),
    Visit("patient", "ivo", "/therapies/{late}/patient"),
    Visit("whole-record", "ivo", "/therapies/{late}/record"),
    Visit("whole-record-of-qa", "queenie", "/therapies/{late}/record"),
    Visit("identity-looks", "queenie", "/therapies/{late}/identity-looks"),
    Visit("places", "mia", "/places"),
    Visit("batch", "leo", "/places/batches/{batch}"),
    Visit("stock-takes", "leo", "/stock-takes"),
    Visit("stock-take", "leo", "/stock-takes/{stock_take}?last=1"),
    Visit("stock-take-stop", "leo", "/stock-takes/{stock_take}?last=3"),
    Visit("stock-take-result", "leo", "/stock-takes/{stock_take}/result"),
    Visit("stock-take-closed", "leo", "/stock-takes/{stock_take_closed}/result"),
    Visit("screen", "ivo", "/errands/{errand}"),
    Visit("not-in-hand", "irma", "/errands/{errand}"),
    Visit("benches", "luc", "/benches"),
    Visit("bench", "luc", "/benches/{bench}"),
    Visit("new-bench", "root", "/benches/new"),
    Visit("print-queue", "mia", "/printers"),
    Visit("print-queue-of-nobody", "luc", "/printers"),
    Visit("printer", "mia", "/printers/{printer}"),
    Visit("printers", "queenie", "/printer-register"),
    Visit("devices", "queenie", "/devices"),
    Visit("label-templates", "queenie", "/label-templates"),
    Visit("label-template-try", "queenie", "/label-templates/try?template=tube-label"),
    Visit("label-template-form", "queenie", "/label-templates/form?template=tube-label"),
    Visit("label-template", "queenie", "/label-templates/bag-label?values=longest&dpi=600"),
    Visit("label-template-of-before", "queenie", "/label-templates/tube-label?version=1"),
    Visit("codes-of-others", "queenie", "/dialects"),
    Visit("import-of-codes", "queenie", "/imports/codes"),
    Visit("printer-change", "queenie", "/printer-register/{printer}"),
    Visit("account", "nina", "/account"),
    Visit("password", "nina", "/account/password"),
    Visit("factors", "nina", "/account/factors"),
    Visit("badge", "nina", "/account/badge"),
    Visit("people", "root", "/people"),
    Visit("new-person", "root", "/people/new"),
    Visit("person", "root", "/people/nina"),
    Visit("programs", "root", "/programs"),
    Visit("new-program", "root", "/programs/new"),
    Visit("program", "root", "/programs/{program}"),
    Visit("program-without-role", "root", "/programs/{program_without_role}"),
    Visit("sites", "root", "/sites"),
    Visit("webhooks", "root", "/webhooks"),
    Visit("new-webhook", "root", "/webhooks/new"),
    Visit("webhook", "root", "/webhooks/{webhook}"),
    Visit("record", "queenie", "/record"),
    Visit("stop-ship", "queenie", "/stop-ship"),
    Visit(
        "stop-ship-found",
        "queenie",
        "/stop-ship?what=manufacturing_unit&content=works-production&unit=works-production",
    ),
    Visit("imports", "root", "/imports"),
    Visit("import-from-paper", "carla", "/imports/therapies"),
    Visit("import-of-orders", "carla", "/imports/orders"),
    Visit("import-of-people", "root", "/imports/users"),
    Visit("import-not-done", "root", "/imports/sites/runs/none"),
    Visit("unit", "root", "/sites/units/north-ward"),
    Visit("not-found", "nina", "/therapies/{elsewhere}", 404),
    Visit("no-such-page", "nina", "/nowhere", 404),
    Visit("forbidden", "root", "/therapies/{mixed_up}", 403),
)


def path_in(house: House, path: str) -> str:
    """A path of the table, in this house."""
    cois = {word: house.cois.get(coi, "") for word, coi in PLACES.items()}
    return path.format_map(cois | house.things)
