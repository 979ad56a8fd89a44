"""What a device holds for the time in which no server can be reached: one page, and no data at all.

The worker stands between a registered device and the line. While there is one it changes nothing;
without one it shows the page that is drawn here, which says that nothing is verified (F-14).
"""

import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, current_app, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import DataRefused
from coi.services.capture_sync import hand_in as handed_in
from coi.services.captures import read_captures
from coi.services.permissions import Permission
from coi.services.permits import permit_key
from coi.services.permitting import permits_of
from coi.web import here
from coi.web.catalogue import FOLDER, LANGUAGES
from coi.web.errors import status_of
from coi.web.languages import speak_in
from coi.web.permissions import needs

pages = Blueprint("offline", __name__, url_prefix="/offline")

OF_THE_PAGE = (
    "coi.css",
    "pace.js",
    "patience.js",
    "scan.js",
    "camera.js",
    "clock.js",
    "kept.js",
    "queue.js",
    "permits.js",
    "permit.js",
    "offline.js",
)
"""What the page loads: asked for with the version of the shell, so that both are of one kind."""

BESIDE = (
    *("icon.svg", "icon-192.png", "stop.svg", "wrong.wav", "unread.wav"),
    *("camera-worker.js", "vendor/zxing-wasm/reader.js", "vendor/zxing-wasm/zxing_reader.wasm"),
)
"""What these load in their turn, by the address that it has on every page."""

_WORKER = "offline-worker.js"
_TEMPLATE = Path(__file__).parent / "templates" / "offline.html"


@pages.get("")
@needs(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    """The page of a device without a line: the same for everybody, and about nobody.

    A worker asks for it in each language, and keeps them all: whose turn it is nobody knows yet.
    """
    speak_in(request.args.get("language", ""))
    return render_template("offline.html", version=_version(), key=_key())


@pages.get("/worker.js")
@needs(Permission.PUBLIC)
def worker() -> ResponseReturnValue:
    """The worker, with the list of all that it keeps; a browser asks whether it is another."""
    pages_ = {one: url_for("offline.show", language=one) for one in LANGUAGES}
    told = {"version": _version(), "pages": pages_, "files": [*_addresses()]}
    text = f"const SHELL = {json.dumps(told)};\n{(_folder() / _WORKER).read_text('utf-8')}"
    answer = make_response(text, HTTPStatus.OK)
    answer.mimetype = "text/javascript"
    answer.headers["Service-Worker-Allowed"] = url_for("work.mine")
    return answer


@pages.post("/captures")
@needs(Permission.SIGNED_IN)
def hand_in() -> ResponseReturnValue:
    """Put on record what this device captured; a script asks, and is told what it need not keep."""
    try:
        captures = read_captures(request.form.get("captures", ""))
        told = handed_in(here.installation(), here.somebody().proven, captures)
    except DataRefused as error:
        return jsonify(why=error.sentence), status_of(error)
    return jsonify(seq=told.last.seq, hash=told.last.hash, kept=told.kept, alarm=told.is_alarm)


@pages.get("/permits")
@needs(Permission.SIGNED_IN)
def permits() -> ResponseReturnValue:
    """What this device may hold at this moment; a script asks, and forgets all else."""
    installation = here.installation()
    try:
        found = permits_of(installation, here.somebody().proven)
    except DataRefused as error:
        return jsonify(why=error.sentence), HTTPStatus.FORBIDDEN  # it is no registered device
    told = [
        {"text": one.text, "signature": one.signed(installation.vault), "left": left}
        for one, left in found
    ]
    return jsonify(permits=told)


def _key() -> str:
    """By which the page looks at permits; it belongs to the page that is kept."""
    return permit_key(here.installation().vault)


def _addresses() -> Iterator[str]:
    for name in OF_THE_PAGE:
        yield url_for("static", filename=name, shell=_version())
    for name in BESIDE:
        yield url_for("static", filename=name)


def _version() -> str:
    """What tells one shell from another: what is in its files, and its page in every language."""
    return _version_of(_folder(), _key())


@cache
def _version_of(folder: Path, key: str) -> str:
    digest = sha256(_TEMPLATE.read_bytes() + key.encode())
    for name in (*OF_THE_PAGE, *BESIDE, _WORKER):
        digest.update((folder / name).read_bytes())
    for words in sorted(FOLDER.glob("*/LC_MESSAGES/messages.mo")):
        digest.update(words.read_bytes())
    return digest.hexdigest()[:16]


def _folder() -> Path:
    return Path(str(current_app.static_folder))
