"""Collects every text of the product into the catalogues: `python -m tests.whole.texts`.

It writes `messages.pot`, brings each language's `messages.po` up to it (what is translated stays;
what is new waits, empty; what is gone is dropped), and compiles `messages.mo` beside it, which is
what the product reads: neither a checkout nor a wheel needs a step before it runs.
"""

import ast
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from coi.services.permissions import ROLES
from coi.services.signatures import role_in_words
from coi.web.catalogue import DEFINITION, ENGLISH, FOLDER, LANGUAGES, SENTENCE
from coi.web.marking import messages_of

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "coi" / "web" / "templates"
DEFINITIONS = ROOT / "workflows" / "definitions"
LABELS = ROOT / "labels" / "templates"
POT = FOLDER / "messages.pot"
SAID_IN = ("coi/web", "coi/services", "workflows", "labels")
SAID_IN_FILES = ("coi/errors.py", "coi/definitions.py")
NOT_SHOWN = (
    *("coi/services/checkup", "coi/services/gauges", "coi/services/restoring"),
    *("coi/services/installing", "coi/services/upgrading", "coi/services/backups"),
    *("coi/services/manifest", "coi/services/drills", "coi/services/key_halves"),
    *("coi/services/alarm", "coi/services/pulse", "coi/services/disk", "coi/services/sealing"),
    *("coi/services/anchor", "coi/services/record_sheets"),
    *(
        f"coi/services/custody_{name}"
        for name in ("batch", "events", "labels", "reading", "telling")
    ),
    *("coi/services/downtime_kits", "coi/services/delivering", "coi/services/stamping"),
    *("coi/services/listings", "coi/services/witness", "coi/services/own_key"),
    *("coi/services/verifying", "coi/services/escrow", "coi/services/mounts"),
    *("coi/services/print_sending", "coi/services/upkeep", "coi/services/checkpoint"),
    *("coi/services/extracts", "coi/services/signed_before", "coi/services/anew"),
    *("coi/web/measuring", "coi/web/metrics", "coi/web/translations", "coi/web/mark"),
    *("workflows/check", "workflows/schema", "workflows/shapes", "workflows/diagram"),
    *("workflows/document", "workflows/loading", "workflows/parameters", "workflows/expansion"),
    *("workflows/references", "workflows/problem", "workflows/labelled", "workflows/differences"),
    *("labels/sample", "labels/zpl_reading", "labels/raster", "labels/pdf", "labels/png"),
)
"""What is told on paper, in files, in the log and at the command line stays English."""

SINGLE_WORDS = (
    *("issued", "printed", "verified", "applied", "voided", "returned", "queued", "sending"),
    *("approved", "refused", "hold", "never", "none", "hospital", "manufacturer", "laboratory"),
    *("program", "nothing", "yes", "no", "wristband", "typed", "scanned", "late", "matched"),
    *(
        "or",
        "and",
        "unconfirmed",
        "held",
        "done",
        "waiting",
        "delivered",
        "pending",
        "dead",
        "paused",
    ),
    *("nobody ({0})", "kept", "withdrawn", "rescinded", "retired", "transcribed", "passed"),
    *("Sex", "male", "female"),
    *("before", "after", "Missing", "stop-ship"),
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    *("(the product itself)", "(erased)", "FAILED", "on its way", "{0} to {1}"),
    "Matched: {0}",
    "Scanned: {0}.",
    "Scan the label of each {0} that you mean",
    "Scan the label of everything that is inside",
    *("German", "French", "English (US)"),
    *("in transit to {0}", "{0}, wristband {1} of the patient"),
)
"""What the product says with one word, where its sources cannot tell it from a name."""

DEEDS = (
    *("accept_clock", "accept_findings", "approve_template"),
    *("ask_for_another_device", "ask_for_devices", "begin_chain"),
    *("begin_label_batch", "cancel_print", "change_printer"),
    *("check_clock", "clear_bench", "clear_printer_line"),
    *("clock_followed", "clock_not_followed", "clock_stepped"),
    *("close_stock_take", "confirm_patient", "create_log"),
    *("disk_full", "disk_has_room", "disk_trusted"),
    *("end_device", "erase_again", "erase_code_tables"),
    *("erase_patient", "escrow_key", "export_list"),
    *("fetch_print", "hash_anew", "import_code_table"),
    *("install_workflow", "keep_template", "label_not_sent"),
    *("label_printed", "move_print", "not_recording"),
    *("open_bench", "open_webhook", "pause_webhook"),
    *("print_refused", "print_test", "print_unconfirmed"),
    *("put_equipment_in_service", "put_equipment_out_of_service", "qualify_shipper"),
    *("refuse_erasure", "register_bench", "register_device"),
    *("register_equipment", "register_place", "register_printer"),
    *("register_site", "register_unit", "remove_webhook"),
    *("replace_checkpoint_key", "replay_webhook", "resume_webhook"),
    *("retire_bench", "retire_printer", "rotate_webhook"),
    *("send_labels", "set_hours", "stop_label_batch"),
    *("switch_dialect", "test_webhook", "view_identity"),
    *("withdraw_template", "write_document"),
)
"""What was done in the chain of a site, which has no title: the name is told as its words."""

DEFINED = frozenset({"title", "phase", "unit", "meaning", "choices", "passes", "answer"})
DEFINED_LISTS = frozenset({"contents", "storage"})
_FEWEST_WORDS, _SURE_OF_WORDS = 2, 5


def current() -> Catalog:
    """Every text of the product, as it stands in its sources now."""
    catalog = Catalog(
        project="Chain of identity", charset="utf-8", header_comment="# Texts of the product."
    )
    for path in sorted(TEMPLATES.glob("*.html")):
        for message in messages_of(path.read_text()):
            catalog.add(message, locations=[(path.name, 0)])
    for path in _sources():
        for message in sentences(path.read_text()):
            catalog.add(message, locations=[(_name(path), 0)], context=SENTENCE)
    roles = {role.replace("_", " ") for role in ROLES} | set(map(role_in_words, ROLES))
    deeds = (deed.replace("_", " ").capitalize() for deed in DEEDS)
    for word in (*sorted(roles), *SINGLE_WORDS, *deeds):
        catalog.add(word, locations=[("words", 0)], context=SENTENCE)
    for path in sorted(LABELS.glob("*.yaml")):
        title = yaml.safe_load(path.read_text())["title"]
        catalog.add(title, locations=[(path.name, 0)], context=SENTENCE)
    for path in sorted(DEFINITIONS.glob("*.yaml")):
        for message in defined(yaml.safe_load(path.read_text())):
            catalog.add(message, locations=[(path.name, 0)], context=DEFINITION)
    for message in catalog:
        message.flags.discard("python-format")
        message.flags.discard("python-brace-format")
    return catalog


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _sources() -> list[Path]:
    found = [path for part in SAID_IN for path in sorted((ROOT / part).rglob("*.py"))]
    found += [ROOT / name for name in SAID_IN_FILES]
    return [path for path in found if not _name(path).startswith(NOT_SHOWN)]


def sentences(source: str) -> Iterator[str]:
    """Each sentence that a module says, with `{0}` for its first value."""
    tree = ast.parse(source)
    unsaid: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            unsaid.add(id(node.value))  # a docstring
        elif isinstance(node, ast.JoinedStr):
            unsaid |= {id(part) for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        if id(node) not in unsaid and _is_sentence(message := message_of(node)):
            yield message


def message_of(node: ast.AST) -> str:
    """The text that an expression gives, with `{0}` for its first value; '' for none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if "{" not in node.value else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    told, number = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            told += str(part.value)
        else:
            told += f"{{{number}}}"
            number += 1
    return told


def _is_sentence(message: str) -> bool:
    """It has words; a form of a query or a name has not."""
    words = [word for word in message.split() if word.strip(".,:;()“”").isalpha()]
    begins = message[:1].isalpha() or message[:1] in {"{", "“"}
    is_program = any(sign in message for sign in ("\n", "=", "%s", "<", ">"))
    is_program = is_program or ("_" in message and len(words) < _SURE_OF_WORDS)
    small = any(word.islower() for word in words)
    return begins and len(words) >= _FEWEST_WORDS and small and not is_program


def defined(node: object, key: str = "") -> Iterator[str]:
    """Each text of a definition that people read."""
    if isinstance(node, dict):
        for name, inside in node.items():
            if key == "states" and not (isinstance(inside, dict) and "title" in inside):
                yield str(name).replace("_", " ")
            yield from defined(inside, key if key in DEFINED_LISTS else str(name))
    elif isinstance(node, list):
        for inside in node:
            yield from defined(inside, key)
    elif isinstance(node, str) and (key in DEFINED or key in DEFINED_LISTS):
        yield node
    elif isinstance(node, str) and key == "signatures":
        yield node.partition(" by ")[0]


def brought_up(pot: Catalog, language: str) -> Catalog:
    """The catalogue of a language with the texts of now, and the words that it has for them."""
    path = _po(language)
    known = read_po(BytesIO(path.read_bytes()), locale=language) if path.is_file() else Catalog()
    told = {(one.context, one.id): one.string for one in known if one.id and one.string}
    made = Catalog(
        locale=language, project=pot.project, charset="utf-8", header_comment=pot.header_comment
    )
    for one in pot:
        if one.id:
            words = told.get((one.context, one.id), "")
            made.add(one.id, words, locations=one.locations, context=one.context)
    for message in made:
        message.flags.discard("python-format")
        message.flags.discard("python-brace-format")
    return made


def _po(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def as_text(catalog: Catalog) -> bytes:
    """A catalogue as a file, which is the same for the same texts, whenever it is written."""
    written = BytesIO()
    write_po(written, catalog, width=100, omit_header=True, include_lineno=False)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return header.encode() + written.getvalue()


class _Plain(Catalog):
    """A catalogue that does not say when it was written."""

    mime_headers = [("Content-Type", "text/plain; charset=utf-8")]  # noqa: RUF012 - as Babel has it


def compiled(text: bytes, language: str) -> bytes:
    """What the product reads, of a catalogue's text."""
    plain = _Plain(locale=language)
    for one in read_po(BytesIO(text), locale=language):
        if one.id:
            plain.add(one.id, one.string, context=one.context)
    written = BytesIO()
    write_mo(written, plain)
    return written.getvalue()


def write(languages: Iterable[str]) -> None:
    """Write every catalogue anew."""
    pot = current()
    POT.write_bytes(as_text(pot))
    for language in languages:
        text = as_text(brought_up(pot, language))
        _po(language).write_bytes(text)
        _po(language).with_suffix(".mo").write_bytes(compiled(text, language))


if __name__ == "__main__":
    write(sorted(set(LANGUAGES) - {ENGLISH}))
