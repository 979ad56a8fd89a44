"""The published matrix of roles and pages, cell by cell, at one's own site and at another's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from coi.definitions import packaged_workflow
from coi.services import people
from coi.services.permissions import HOLDERS, ROLES, Permission
from coi.services.therapies import look
from coi.web.permissions import Page
from coi.web.permissions import pages_of as served_by
from tests.cast import WHY
from tests.coi.named import named_in
from tests.coi.own_templates import own_text
from tests.coi.staffed import ELSEWHERE, away
from tests.coi.web.conftest import Browser
from tests.coi.web.steps import form_on, path_of
from tests.journeys.worlds import Databases, copy_of
from workflows.rights import right_of

OWN, OTHERS = "dispensed", "on hold"
"""A therapy of the hospital where these people work, and one of another hospital."""

CONSENT = "record_consent"
"""A step that takes no signature and no scan: whether somebody may take it is soon tried."""

NO_BENCH = "/benches/L-TEST-00000000-0"
"""Who may open a bench's page is told that there is none; everybody else, that they may not."""

NO_IMPORT = "/imports/nothing"
"""What is imported by whom is tried in test_imports.py; of this nobody can."""


def pages_of(app) -> list[Page]:
    """Every page; what programs are served has a matrix of its own."""
    return [page for page in served_by(app) if not page.address.startswith("/api/")]


each_role = pytest.mark.parametrize("role", sorted(ROLES))


@dataclass(frozen=True, slots=True)
class Row:
    """How a page is asked for, and how it answers whoever may open it, by status."""

    address: str
    own: int
    other: int | None = None  # of another site's therapy; None where no therapy is named
    fields: Mapping[str, str] = field(default_factory=dict)


_NINA, _NOT_PROVEN = "/people/nina", {"signer": "x", "password": "x"}
_PAGES_OF_PEOPLE: Mapping[tuple[str, str], Row] = {
    ("people.every", "GET"): Row("/people", 200),
    ("people.ask", "GET"): Row("/people/new", 200),
    ("people.register", "POST"): Row(
        "/people/new", 422, fields={"username": "x y", "printed_name": "X", "unit": "-"}
    ),
    ("people.show", "GET"): Row(_NINA, 200),
    ("person.change_role", "POST"): Row(
        f"{_NINA}/roles", 422, fields={"role": "king", "unit": "-", "holds": "1", "key": "x"}
    ),
    ("person.train", "POST"): Row(
        f"{_NINA}/training", 401, fields={"role": "x", "until": "2027-12-31", **_NOT_PROVEN}
    ),
    ("person.check_identity", "POST"): Row(
        f"{_NINA}/identity", 401, fields={"how": "passport", **_NOT_PROVEN}
    ),
    ("person.rename", "POST"): Row(f"{_NINA}/name", 422, fields={"printed_name": ""}),
    ("person.add_account", "POST"): Row(f"{_NINA}/accounts", 422, fields={"another": "x y"}),
    ("person.issue_secret", "POST"): Row(f"{_NINA}/secret", 422, fields={"key": "\u00e9"}),
    ("person.unlock", "POST"): Row(f"{_NINA}/unlock", 303),
    ("person.end_session", "POST"): Row(f"{_NINA}/sessions", 303, fields={"session": "x"}),
    ("person.issue_badge", "POST"): Row(
        f"{_NINA}/badge", 422, fields={"role": "king -", "key": "x"}
    ),
    ("person.strike_off_badge", "POST"): Row(
        f"{_NINA}/badge/strike-off", 303, fields={"why": "lost"}
    ),
    ("person.bind_sign_on", "POST"): Row(
        f"{_NINA}/sign-on", 422, fields={"subject": "x", "key": "x", "why": "x"}
    ),
    ("account.end_sign_on", "POST"): Row("/account/sign-on/end", 303, fields={"why": "x"}),
    ("person.end_sign_on", "POST"): Row(f"{_NINA}/sign-on/end", 303, fields={"why": "x"}),
    ("person.print_badge", "POST"): Row(f"{_NINA}/badge/print", 404),
    ("person.end_factors", "POST"): Row(
        f"{_NINA}/factors", 401, fields={"why": "lost", **_NOT_PROVEN}
    ),
    ("person.close", "POST"): Row("/people/nobody/close", 404),
    ("sites.every", "GET"): Row("/sites", 200),
    ("sites.add_site", "POST"): Row(
        "/sites", 422, fields=dict.fromkeys(("id", "kind", "name", "country", "time_zone"), "!")
    ),
    ("sites.add_unit", "POST"): Row(
        "/sites/units", 422, fields=dict.fromkeys(("id", "site", "name"), "!")
    ),
    ("sites.show_unit", "GET"): Row("/sites/units/north-ward", 200),
}

_NONE = "/programs/nobody"
_PAGES_OF_PROGRAMS: Mapping[tuple[str, str], Row] = {
    ("programs.every", "GET"): Row("/programs", 200),
    ("programs.ask", "GET"): Row("/programs/new", 200),
    ("programs.register", "POST"): Row(
        "/programs/new", 422, fields={"username": "x y", "printed_name": "X", "unit": "-"}
    ),
    ("programs.show", "GET"): Row(_NONE, 404),
    ("programs.change_role", "POST"): Row(
        f"{_NONE}/roles", 404, fields={"role": "king", "unit": "-", "holds": "1", "key": "x"}
    ),
    ("programs.make_token", "POST"): Row(
        f"{_NONE}/tokens", 404, fields={"name": "x", "days": "9", "scopes": "x", "key": "x"}
    ),
    ("programs.revoke_token", "POST"): Row(f"{_NONE}/revoke", 404, fields={"token": "x"}),
    ("programs.close", "POST"): Row(f"{_NONE}/close", 404),
}

_HOOK = {"url": "https://x.example", "description": "X", "password": "x", "key": "x"}
_PAGES_OF_WEBHOOKS: Mapping[tuple[str, str], Row] = {
    ("webhooks.every", "GET"): Row("/webhooks", 200),
    ("webhooks.ask", "GET"): Row("/webhooks/new", 200),
    ("webhooks.register", "POST"): Row("/webhooks/new", 401, fields=_HOOK),
    ("webhooks.show", "GET"): Row("/webhooks/none", 404),
    **{
        (f"webhooks.{name}", "POST"): Row(f"/webhooks/none/{path}", 404, fields={"key": "x"})
        for name, path in (
            *(("rotate", "secret"), ("test", "test"), ("pause", "pause")),
            *(("resume", "resume"), ("replay", "replay"), ("remove", "remove")),
        )
    },
}

_STOPPED = dict.fromkeys(("what", "content", "reason", "key", "shown"), "x") | {"unit": ELSEWHERE}
_OF_OURS = own_text().replace("{", "{{").replace("}", "}}")
"""A template of one's own, as text in which nothing is put."""

_ABOUT = dict.fromkeys(("name", "address", "media_type", "unit"), "x")
_PAGES_OF_PRINTERS: Mapping[tuple[str, str], Row] = {
    ("printers.every", "GET"): Row("/printers", 200),
    ("printers.show", "GET"): Row("/printers/none", 404),
    **{
        (f"printers.{name}", "POST"): Row(f"/printers/none/{name}", 404, fields={"key": "x"})
        for name in ("ask", "test")
    },
    ("printers.clear", "POST"): Row(
        "/printers/none/line", 404, fields={"key": "x", "holds": "x", "password": "x"}
    ),
    ("printers.move", "POST"): Row(
        "/printers/none/labels/x/move", 404, fields={"key": "x", "printer": "x", "password": "x"}
    ),
    ("printers.again", "POST"): Row("/printers/none/labels/x/again", 404),
    ("printers.cancel", "POST"): Row("/printers/none/labels/x/cancel", 404),
    ("printers.fetch", "POST"): Row("/printers/none/labels/x/file", 404),
    ("dialects.erase", "POST"): Row("/dialects/works/tables/erase", 401, fields={"password": "x"}),
    ("label_templates.every", "GET"): Row("/label-templates", 200),
    ("template_editor.ask", "GET"): Row("/label-templates/try", 200),
    ("template_editor.try_", "POST"): Row("/label-templates/try", 200, fields={"text": "x"}),
    ("template_editor.ask_form", "GET"): Row("/label-templates/form", 200),
    ("template_editor.press", "POST"): Row("/label-templates/form", 200, fields={"text": "x"}),
    ("template_editor.look", "POST"): Row("/label-templates/keep", 200, fields={"text": "x"}),
    ("template_editor.keep", "POST"): Row(
        "/label-templates/kept", 401, fields={"text": _OF_OURS, "reason": "x", "password": "x"}
    ),
    ("template_editor.print_", "POST"): Row(
        "/label-templates/sample", 200, fields={"text": "x", "printer": "x", "key": "x"}
    ),
    ("label_templates.show", "GET"): Row("/label-templates/tube-label", 200),
    ("label_templates.picture", "GET"): Row("/label-templates/tube-label/sample.png", 200),
    ("label_templates.page", "GET"): Row("/label-templates/tube-label/sample.pdf", 200),
    ("label_templates.approve", "POST"): Row(
        "/label-templates/tube-label/approval",
        401,
        fields={"holds": "1", "sha256": "x", "password": "x"},
    ),
    ("label_templates.print_", "POST"): Row(
        "/label-templates/tube-label/sample", 404, fields={"printer": "x", "key": "x"}
    ),
    ("dialects.every", "GET"): Row("/dialects", 200),
    ("dialects.switch", "POST"): Row(
        "/dialects/works/gs1", 401, fields={"holds": "1", "licence": "x", "password": "x"}
    ),
    ("printer_register.every", "GET"): Row("/printer-register", 200),
    ("printer_register.register", "POST"): Row(
        "/printer-register", 401, fields={**_ABOUT, "key": "x", "password": "x"}
    ),
    ("printer_register.show", "GET"): Row("/printer-register/none", 404),
    ("printer_register.change", "POST"): Row(
        "/printer-register/none", 404, fields={**_ABOUT, "key": "x", "password": "x"}
    ),
    ("printer_register.retire", "POST"): Row(
        "/printer-register/none/retire", 404, fields={"password": "x"}
    ),
    ("devices.every", "GET"): Row("/devices", 200),
    ("devices.register", "POST"): Row(
        "/devices", 401, fields={"unit": "x", "name": "x", "password": "x"}
    ),
    ("devices.end", "POST"): Row("/devices/none/end", 401, fields={"password": "x"}),
    ("devices.rule", "POST"): Row(
        "/devices/rules/works", 401, fields={"asked": "1", "password": "x"}
    ),
    ("devices.second_check", "POST"): Row(
        "/devices/second-check/works", 401, fields={"asked": "1", "password": "x"}
    ),
}

_NO_STOCK = "/stock-takes/none"
_PAGES_OF_STOCK: Mapping[tuple[str, str], Row] = {
    ("stock.every", "GET"): Row("/stock-takes", 200),
    ("stock.begin", "POST"): Row("/stock-takes", 404, fields={"where": "none -", "key": "x"}),
    ("stock.show", "GET"): Row(_NO_STOCK, 404),
    ("stock.scan", "POST"): Row(f"{_NO_STOCK}/scans", 404, fields={"code": "x"}),
    ("stock.result", "GET"): Row(f"{_NO_STOCK}/result", 404),
    ("stock.close", "POST"): Row(f"{_NO_STOCK}/result", 404, fields={"key": "x"}),
    ("stock.report", "GET"): Row(f"{_NO_STOCK}/report.pdf", 404),
}

_AS_CSV = {"form": "csv"}
_EXPORTS: Mapping[tuple[str, str], Row] = {
    ("exports.of_benches", "POST"): Row("/exports/benches", 200, fields=_AS_CSV),
    ("custody_records.begin", "POST"): Row(
        "/exports/custody-records", 422, fields={"coi": "ZZZZ", "key": "x"}
    ),
    ("custody_records.show", "GET"): Row("/exports/custody-records/none", 404),
    ("custody_records.file", "GET"): Row("/exports/custody-records/none/file", 404),
    ("custody_records.end", "POST"): Row("/exports/custody-records/none/stop", 404),
    ("custody_records.again", "POST"): Row("/exports/custody-records/none/go-on", 404),
    ("exports.of_downtime_kits", "POST"): Row(
        "/exports/downtime-kits", 422, fields={"coi": "ZZZZ"}
    ),
    ("exports.of_equipment", "POST"): Row("/exports/equipment", 200, fields=_AS_CSV),
    ("exports.of_exceptions", "POST"): Row("/exports/exceptions", 200, fields=_AS_CSV),
    ("exports.of_looks", "POST"): Row("/therapies/{coi}/identity-looks", 200, 404, _AS_CSV),
    ("exports.of_people", "POST"): Row("/exports/people", 200, fields=_AS_CSV),
    ("exports.of_stock_take", "POST"): Row("/exports/stock-takes/none", 404, fields=_AS_CSV),
    ("exports.of_places", "POST"): Row("/exports/places", 200, fields=_AS_CSV),
    ("exports.of_sites", "POST"): Row("/exports/sites", 200, fields=_AS_CSV),
    ("exports.of_trail", "POST"): Row("/exports/trail", 200, fields=_AS_CSV),
    ("exports.of_access", "POST"): Row("/exports/access", 200, fields=_AS_CSV),
    ("exports.of_work", "POST"): Row("/exports/work", 200, fields=_AS_CSV),
}

PAGES: Mapping[tuple[str, str], Row] = {
    ("accompanying.ask", "GET"): Row("/therapies/{coi}/labels/B-NONE/sheet", 404, 404),
    ("accompanying.ask_for_wristband", "GET"): Row("/therapies/{coi}/wristband/sheet", 200, 404),
    ("accompanying.write", "POST"): Row("/therapies/{coi}/labels/B-NONE/sheet", 404, 404),
    ("accompanying.write_for_wristband", "POST"): Row("/therapies/{coi}/wristband/sheet", 200, 404),
    **_PAGES_OF_PEOPLE,
    **_PAGES_OF_PROGRAMS,
    **_PAGES_OF_WEBHOOKS,
    **_PAGES_OF_PRINTERS,
    **_PAGES_OF_STOCK,
    **_EXPORTS,
    ("account.mine", "GET"): Row("/account", 200),
    ("account_notices.mine", "GET"): Row("/account/notices", 200),
    ("account_notices.read", "POST"): Row("/account/notices", 303, fields={"newest": "1"}),
    ("account_notices.object_to", "POST"): Row("/account/notices/not-wanted", 303),
    ("interface.every", "GET"): Row("/interface", 200),
    ("interface.show", "GET"): Row("/interface/calls/showTherapy", 200),
    ("interface.description", "GET"): Row("/interface/openapi.json", 200),
    ("account.ask_password", "GET"): Row("/account/password", 200),
    ("account.choose_password", "POST"): Row(
        "/account/password", 422, fields={"old": "x", "new": "y", "again": "z"}
    ),
    ("account.accept_statement", "POST"): Row("/account/statement", 401, fields={"password": "x"}),
    ("factors.mine", "GET"): Row("/account/factors", 200),
    ("factors.enrol_app", "POST"): Row(
        "/account/factors/app", 401, fields={"sealed": "x", "first": "1", "password": "x"}
    ),
    ("factors.ask_new_passkey", "POST"): Row("/account/factors/passkey/asked", 200),
    ("factors.enrol_passkey", "POST"): Row(
        "/account/factors/passkey", 401, fields={"answer": "x", "password": "x"}
    ),
    ("factors.ask_passkey", "POST"): Row("/account/factors/shown/asked", 200),
    ("factors.give_up", "POST"): Row(
        "/account/factors/give-up", 401, fields={"factor": "x", "password": "x"}
    ),
    ("pins.mine", "GET"): Row("/account/badge", 200),
    ("pins.set_pin", "POST"): Row(
        "/account/badge/pin", 401, fields={"pin": "x", "again": "x", "password": "x"}
    ),
    ("pins.end_pin", "POST"): Row("/account/badge/pin/end", 303),
    ("pins.strike_off", "POST"): Row("/account/badge/lost", 303, fields={"why": "lost"}),
    ("account.end_session", "POST"): Row("/account/sessions", 303, fields={"session": "x"}),
    ("acting.ask", "GET"): Row(f"/therapies/{{coi}}/actions/{CONSENT}", 200, 404),
    ("acting.take", "POST"): Row(f"/therapies/{{coi}}/actions/{CONSENT}", 422, 404),
    ("benches.clear", "POST"): Row(f"{NO_BENCH}/changeover", 404),
    ("benches.leave", "POST"): Row("/benches/leave", 303),
    ("benches.mine", "GET"): Row("/benches", 200),
    ("benches.new", "GET"): Row("/benches/new", 200),
    ("benches.register", "POST"): Row("/benches/new", 422),
    ("benches.retire", "POST"): Row(f"{NO_BENCH}/retire", 404, fields={"why": "x"}),
    ("benches.show", "GET"): Row(NO_BENCH, 404),
    ("benches.work_at", "POST"): Row(f"{NO_BENCH}/work", 404),
    ("equipment.every", "GET"): Row("/equipment", 200),
    ("equipment.register", "POST"): Row("/equipment", 422),
    ("equipment.show", "GET"): Row("/equipment/L-NONE", 404),
    ("equipment.calibrate", "POST"): Row(
        "/equipment/L-NONE/calibration",
        404,
        fields={"until": "2027-12-31", "certificate": "x", "why": "x"},
    ),
    ("equipment.serve", "POST"): Row("/equipment/L-NONE/service", 404, fields={"why": "x"}),
    ("door.line", "GET"): Row("/line", 200),
    ("door.let_in", "POST"): Row("/sign-in", 401, fields={"username": "x", "password": "x"}),
    ("door.let_in_by_badge", "POST"): Row("/sign-in/badge", 401, fields={"badge": "x", "pin": "x"}),
    # Where no provider is set there is no such door.
    ("sign_on.lead", "POST"): Row("/sign-in/house", 404),
    ("sign_on.come_back", "GET"): Row("/sign-in/house", 404),
    ("sign_on.show_more", "POST"): Row("/sign-in/house/more", 404),
    ("door.sign_in", "GET"): Row("/sign-in", 200),
    ("languages.choose", "POST"): Row("/language", 303, fields={"language": "en"}),
    ("door.work_at", "POST"): Row("/unit", 302, fields={"unit": ELSEWHERE}),
    # Whose step it is, and who may know of it, is tried in test_guided_pairs.py.
    ("guided.answer", "POST"): Row("/errands/none", 404),
    ("guided.back", "POST"): Row("/errands/none/back", 404),
    ("guided.discard", "POST"): Row("/errands/none/discard", 404),
    ("guided.now", "GET"): Row("/errands/none/now", 404),
    ("guided.show", "GET"): Row("/errands/none", 404),
    ("guided.take_up", "POST"): Row("/errands/none/take-up", 404),
    ("guided.type_code", "POST"): Row("/errands/none/typed", 404),
    ("guided.unread", "POST"): Row("/errands/none/unread", 404),
    ("shift.ask", "GET"): Row("/errands/none/hand-over", 404),
    ("shift.hand", "POST"): Row("/errands/none/hand-over", 404),
    ("shift.take", "POST"): Row("/errands/none/take-over", 404),
    ("imports.ask", "GET"): Row(NO_IMPORT, 404),
    ("imports.begin", "POST"): Row(f"{NO_IMPORT}/now", 404),
    ("imports.check", "POST"): Row(NO_IMPORT, 404),
    ("imports.every", "GET"): Row("/imports", 200),
    ("imports.follow", "GET"): Row(f"{NO_IMPORT}/runs/none", 404),
    ("imports.tell_secrets", "POST"): Row(f"{NO_IMPORT}/runs/none/secrets", 404),
    ("imports.text", "GET"): Row(f"{NO_IMPORT}/template.csv", 404),
    ("imports.workbook", "GET"): Row(f"{NO_IMPORT}/template.xlsx", 404),
    ("labels.ask", "GET"): Row("/therapies/{coi}/labels/B-NONE/void", 404, 404),
    ("labels.show", "GET"): Row("/therapies/{coi}/labels", 200, 404),
    ("labels.turn", "POST"): Row("/therapies/{coi}/labels/B-NONE/void", 404, 404),
    ("late.ask", "GET"): Row(f"/therapies/{{coi}}/late/{CONSENT}", 200, 404),
    ("late.choose", "GET"): Row("/therapies/{coi}/late", 200, 404),
    ("late.take", "POST"): Row(f"/therapies/{{coi}}/late/{CONSENT}", 422, 404),
    ("orders.ask", "GET"): Row("/orders/new", 200),
    ("orders.order", "POST"): Row("/orders/new", 422, fields={"workflow": "autologous-car-t"}),
    ("paper.custody_record", "POST"): Row("/therapies/{coi}/custody-record", 200, 404),
    ("paper.destruction_certificate", "POST"): Row("/therapies/{coi}/destroyed/0.9", 404, 404),
    ("paper.deviation_letter", "POST"): Row("/therapies/{coi}/out-of-specification/0.9", 404, 404),
    ("paper.label", "POST"): Row("/therapies/{coi}/labels/B-NONE", 404, 404),
    ("paper.downtime_kit", "POST"): Row("/therapies/{coi}/downtime-kit", 200, 404),
    ("paper.order_sheet", "POST"): Row("/therapies/{coi}/order-sheet", 200, 404),
    ("paper.reconciliation", "POST"): Row("/therapies/{coi}/label-reconciliation", 200, 404),
    ("paper.wristband", "POST"): Row("/therapies/{coi}/wristband", 200, 404),
    ("patients.ask", "GET"): Row("/therapies/{coi}/patient", 200, 404),
    ("patients.looks", "GET"): Row("/therapies/{coi}/identity-looks", 200, 404),
    ("patients.show", "POST"): Row("/therapies/{coi}/patient", 422, 404),
    ("places.add", "POST"): Row("/places", 422),
    ("places.label", "POST"): Row("/places/L-NONE/label", 404),
    ("places.batch", "GET"): Row("/places/batches/none", 404),
    ("places.labels", "POST"): Row("/places/units/none/labels", 422, fields={"key": "x"}),
    ("places.show", "GET"): Row("/places", 200),
    ("label_batches.choose", "GET"): Row("/printing", 200),
    ("label_batches.begin", "POST"): Row("/printing", 422),
    ("label_batches.show", "GET"): Row("/printing/none", 404),
    ("label_batches.end", "POST"): Row("/printing/none/stop", 404),
    ("label_batches.again", "POST"): Row("/printing/none/go-on", 404),
    ("printing.send", "POST"): Row("/therapies/{coi}/printing", 422, 404),
    ("printing.show", "GET"): Row("/therapies/{coi}/printing", 200, 404),
    ("printing.wristband", "POST"): Row("/therapies/{coi}/printing/wristband", 404, 404),
    ("record.go_on", "POST"): Row("/record", 401, fields={"why": "", "password": "-"}),
    ("record.sign_for_clock", "POST"): Row(
        "/record/clock", 401, fields={"why": "", "password": "-"}
    ),
    ("record.sign_for_findings", "POST"): Row(
        "/record/findings", 401, fields={"why": "", "password": "-"}
    ),
    ("exceptions.every", "GET"): Row("/exceptions", 200),
    ("sites.set_hours", "POST"): Row("/sites/units/north-ward/hours", 422),
    ("drivers.ask", "GET"): Row("/therapies/{coi}/entries/0/statement", 404, 404),
    ("drivers.take", "POST"): Row("/therapies/{coi}/entries/0/statement", 404, 404),
    ("drivers.picture", "GET"): Row("/therapies/{coi}/entries/0/statement/picture", 404, 404),
    ("files.fetch", "GET"): Row("/therapies/{coi}/entries/0/files/0a1b", 404, 404),
    ("alarms.every", "GET"): Row("/alarms", 200),
    ("alarms.count", "GET"): Row("/alarms/count", 200),
    ("walls.laboratory", "GET"): Row("/wall/laboratory", 200),
    ("walls.ward", "GET"): Row("/wall/ward", 200),
    ("alarms.ask", "GET"): Row("/alarms/heard?alarm=none", 404),
    ("alarms.say", "POST"): Row("/alarms/heard", 404, fields={"alarm": "none"}),
    ("trail.every", "GET"): Row("/trail", 200),
    ("rates.of_month", "GET"): Row("/rates", 200),
    ("trail.of_therapy", "GET"): Row("/therapies/{coi}/trail", 200, 404),
    ("trail.review", "POST"): Row("/therapies/{coi}/trail", 401, 404, {"password": "x"}),
    ("trail.access", "GET"): Row("/access", 200),
    ("access_review.show", "GET"): Row("/access/review", 200),
    ("access_review.sign", "POST"): Row(
        "/access/review", 401, fields={"digest": "", "remark": "", "password": "-"}
    ),
    ("devices.ask_test", "GET"): Row("/devices/test", 200),
    ("devices.test", "POST"): Row("/devices/test", 422, fields={"code": "", "how": ""}),
    ("devices.try_scanner", "POST"): Row("/devices/test/try", 200, fields={"code": "x"}),
    ("record.approve", "POST"): Row(
        "/record/settings", 401, fields={"digest": "-", "why": "-", "password": "-"}
    ),
    ("archive_check.show", "GET"): Row("/archive/check", 200),
    ("archive_check.read", "POST"): Row("/archive/check/reading", 409),
    ("archive_check.sign", "POST"): Row(
        "/archive/check", 401, fields={"digest": "", "remark": "", "password": "-"}
    ),
    ("evaluation.show", "GET"): Row("/evaluation", 200),
    ("evaluation.sign", "POST"): Row(
        "/evaluation", 401, fields={"until": "", "digest": "", "remark": "", "password": "-"}
    ),
    ("emergency.find", "GET"): Row("/emergency", 200),
    # Whether there is such a therapy is told to nobody before they have said what the emergency is.
    ("emergency.ask", "GET"): Row("/therapies/{coi}/emergency", 200, 200),
    ("emergency.open_it", "POST"): Row("/therapies/{coi}/emergency", 401, 401, {"password": "x"}),
    ("emergency.look", "POST"): Row("/therapies/{coi}/emergency/look", 409, 409),
    ("emergency.every", "GET"): Row("/emergencies", 200),
    ("emergency.review", "POST"): Row("/emergencies", 401, fields={"password": "x"}),
    ("standing_in.show", "GET"): Row("/standing-in", 200),
    ("standing_in.name", "POST"): Row("/standing-in", 401, fields={"password": "x"}),
    ("standing_in.end", "POST"): Row("/standing-in/end", 401, fields={"password": "x"}),
    ("captured.every", "GET"): Row("/captured", 200),
    ("captured.show", "GET"): Row("/captured/none", 404),
    ("captured.link", "POST"): Row("/captured/none", 404, fields={"entry": "x 1"}),
    ("captured.put_aside", "POST"): Row("/captured/none/aside", 401, fields={"password": "x"}),
    ("offline.hand_in", "POST"): Row("/offline/captures", 422, fields={"captures": "[]"}),
    # Whoever asks is at no registered device.
    ("permits.ask", "GET"): Row("/therapies/{coi}/permit", 200, 404),
    ("permits.issue", "POST"): Row("/therapies/{coi}/permit", 422, 404, {"label": "x"}),
    ("offline.permits", "GET"): Row("/offline/permits", 403),
    ("offline.show", "GET"): Row("/offline", 200),
    ("offline.worker", "GET"): Row("/offline/worker.js", 200),
    ("health.lives", "GET"): Row("/healthz", 200),
    ("health.ready", "GET"): Row("/readyz", 200),
    # As long as no token is set, there is no such page.
    ("metrics.show", "GET"): Row("/metrics", 404),
    ("record.show", "GET"): Row("/record", 200),
    ("record.show_head", "GET"): Row("/record/head", 200),
    ("record.report_seen", "POST"): Row("/record/head", 422, fields={"note": "-"}),
    # As long as no record is named that is witnessed here, there is no such page.
    ("witness.add_checkpoint", "POST"): Row("/witness/add-checkpoint", 404),
    ("scan.scan", "POST"): Row("/scan", 302, 200, fields={"code": "{coi}"}),
    ("static", "GET"): Row("/static/coi.css", 200),
    ("stop_ship.ask", "GET"): Row("/stop-ship", 200),
    ("stop_ship.act", "POST"): Row("/stop-ship", 401, fields=_STOPPED),
    ("therapies.show", "GET"): Row("/therapies/{coi}", 200, 404),
    ("board.show", "GET"): Row("/board", 200),
    ("board.search", "POST"): Row("/board/search", 200),
    ("board.keep", "POST"): Row("/board/views", 422),
    ("journeys.show", "GET"): Row("/therapies/{coi}/journey", 200, 404),
    ("therapies.values", "GET"): Row("/therapies/{coi}/values", 200, 404),
    ("transcription.end", "POST"): Row("/therapies/{coi}/transcription", 422, 404),
    ("transcription.show", "GET"): Row("/therapies/{coi}/transcription", 200, 404),
    ("versions.move", "POST"): Row("/therapies/{coi}/version", 422, 404),
    ("versions.show", "GET"): Row("/therapies/{coi}/version", 200, 404),
    ("whole_record.ask", "GET"): Row("/therapies/{coi}/record", 200, 404),
    ("whole_record.take", "POST"): Row("/therapies/{coi}/record", 401, 404, {"password": "x"}),
    ("work.mine", "GET"): Row("/", 200),
    # The last, since it ends the session.
    ("door.sign_out", "POST"): Row("/sign-out", 302),
}
"""Every page that there is: a new one needs its row."""


@pytest.fixture(autouse=True)
def every_deed_leaves_an_entry():
    """Not here: what is sent is about nothing, such as a PIN that nobody has."""


@pytest.fixture
def performer(staffed, migrated_file, tmp_path):
    """A world in which each role is held by somebody who works at one hospital alone."""
    with copy_of(Databases(migrated_file), staffed, tmp_path) as acting:
        yield acting


@pytest.fixture
def own(staffed):
    """A therapy of the hospital where these people work."""
    return staffed.cois[OWN]


NAMING = {("paper.wristband", "POST"), ("accompanying.write_for_wristband", "POST")}
"""What tells who a patient is without being asked why: the wristband that is put on them, and the
sheet with what has no room on it."""


def asked(browser, key, coi, token, named=None):
    """Ask for a page of a therapy, with the token of a form that this browser was shown.

    Where somebody is named, the page is added to `named`.
    """
    row, method = PAGES[key], key[1]
    told = {name: text.format(coi=coi) for name, text in row.fields.items()}
    given = {"data": {"csrf_token": token, **told}} if method == "POST" else {}
    with browser.client.open(row.address.format(coi=coi), method=method, **given) as answer:
        text = answer.get_data().decode(errors="replace")  # a document is no text
        if named is not None and named_in(answer):
            named.add(key)
        return answer.status_code, text, answer.headers.get("Location", "")


def token_of(browser, page):
    """The token of a form that stands on every page."""
    return re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)[1]


def test_every_page_has_its_row(app):
    """Nobody adds a page without saying how it answers whom."""
    assert {(page.endpoint, page.method) for page in pages_of(app)} == set(PAGES)


@each_role
def test_a_role_opens_the_pages_of_the_matrix_and_no_other(app, someone, staffed, own, role):
    """Its own site's; another site's are unknown to it, whatever it may do (SEC-07, P11-10g).

    None of them says who a patient is, in whatever form, but the wristband (SEC-08, SEC-33).
    """
    named = set()
    browser = someone(away(role))
    token = token_of(browser, "/")
    permission_of = {(page.endpoint, page.method): page.permission for page in pages_of(app)}
    cells = [
        (key, coi, status)
        for key, row in PAGES.items()
        for coi, status in ((own, row.own), (staffed.cois[OTHERS], row.other))
        if status is not None
    ]

    found = [(key, coi, asked(browser, key, coi, token, named)[0]) for key, coi, _status in cells]

    assert found == [
        (key, coi, status if role in HOLDERS.get(permission_of[key], ROLES) else 403)
        for key, coi, status in cells
    ]
    may = {key for key in NAMING if role in HOLDERS.get(permission_of[key], ROLES)}
    assert named == may


@each_role
def test_another_sites_therapy_and_one_that_does_not_exist_look_the_same(someone, staffed, role):
    """To the letter, but for what was asked for (SEC-07, SEC-27)."""
    browser = someone(away(role))
    token = token_of(browser, "/")
    pages = [key for key, row in PAGES.items() if row.other]

    def looks(coi):
        answers = [asked(browser, key, coi, token)[:2] for key in pages]
        texts = [re.sub(r'value="[^"]+"', "", text) for _status, text in answers]
        return [status for status, _text in answers], [text.replace(coi, "") for text in texts]

    assert looks(staffed.cois[OTHERS]) == looks("TEST-00000000-0")


def test_whoever_is_not_signed_in_is_led_to_the_door_by_every_page(app):
    """All but the door itself and the style of its page (P11-10d)."""
    browser = Browser(app.test_client())
    token = token_of(browser, "/sign-in")
    closed = [page for page in pages_of(app) if page.permission is not Permission.PUBLIC]

    answers = [asked(browser, (page.endpoint, page.method), "TEST-0", token) for page in closed]

    assert {status for status, _text, _to in answers} == {303}
    assert {to.partition("?")[0] for _status, _text, to in answers} == {"/sign-in"}


# -- steps that are really tried -------------------------------------------------------------------


def consent(browser, coi):
    """The form of the step, as somebody fills it in who knows nothing of roles."""
    form = form_on(browser.get(path_of(coi, CONSENT)).text)
    form["unit"] = ELSEWHERE
    form["value-consent_signed_on"] = "2026-10-30"
    return form


def refused(installation, coi):
    """How many refused attempts are on record."""
    return sum(event.kind == "refused" for event in look(installation, coi).history)


@pytest.mark.parametrize("role", sorted(HOLDERS[Permission.SEE_THERAPIES]))
def test_a_step_that_is_not_a_roles_is_refused_on_its_page_and_on_record(
    someone, installation, own, role
):
    """Whoever sees a therapy can ask for a step of it; the engine says no, and that it did.

    None of these people is trained: whoever holds the role is refused too, for that alone.
    """
    browser, before = someone(away(role)), refused(installation, own)

    page = browser.client.post(path_of(own, CONSENT), data=consent(browser, own)).text

    acts = right_of(packaged_workflow("autologous-car-t").actions[CONSENT], role).acts("hospital")
    assert ("ROLE_LACKING" in page, "TRAINING_EXPIRED" in page) == (not acts, acts)
    assert refused(installation, own) == before + 1


def withdraw(installation, root, username, role):
    """Take a role away while its holder is signed in."""
    people.grant_role(installation, root, username, role, ELSEWHERE, holds=False, why=WHY)


def test_a_role_that_is_taken_away_takes_no_step_any_more(someone, installation, root, own):
    """The form is open, and sent; another role still lets its holder see the therapy (SEC-09)."""
    username = away("coordinator")
    people.grant_role(installation, root, username, "sponsor_viewer", ELSEWHERE)
    browser = someone(username)
    form, before = consent(browser, own), refused(installation, own)
    withdraw(installation, root, username, "coordinator")

    answer = browser.client.post(path_of(own, CONSENT), data=form)

    assert answer.status_code == 409
    assert "ROLE_LACKING" in answer.text
    assert refused(installation, own) == before + 1


def test_the_last_role_that_is_taken_away_closes_the_pages(someone, installation, root, own):
    """At the next request, whichever it is (SEC-09)."""
    username = away("coordinator")
    browser = someone(username)
    form = consent(browser, own)
    withdraw(installation, root, username, "coordinator")

    answer = browser.client.post(path_of(own, CONSENT), data=form)

    assert answer.status_code == 403
    assert browser.get(f"/therapies/{own}").status_code == 403
