"""Texts that are made to become something else, and what must have become of none of them."""

from pathlib import Path

from werkzeug.wrappers import Response

from coi.services.installation import Installation
from coi.services.verifying import verify_record
from coi.store.engine import read
from coi.store.schema import schema_hash

ESCAPED = "coi-escaped"
"""What a path would write, a command would touch, and a script would call."""

FACTORS = "7639*7644"
PRODUCT = str(7639 * 7644)

ATTACKS = {
    "a path": f"../../../../../../../../tmp/{ESCAPED}",
    "a path from the root": f"/tmp/{ESCAPED}",  # noqa: S108 - nobody is to write there
    "a file that is there": "../../../../../../../../etc/passwd",
    "a name of Windows": r"..\..\C:\CON.pdf",
    "a NUL": f"x\x00{ESCAPED}",
    "a statement": "'; DROP TABLE patient_identity; DROP TABLE move; --' OR '1'='1",
    "a template": f"{{{{{FACTORS}}}}}${{{FACTORS}}}<%={FACTORS}%>{{% for one in self.__dict__ %}}",
    "a format": "%s%n{0.__class__.__init__.__globals__}{self}%(password)s",
    "a header": f"x\r\nSet-Cookie: {ESCAPED}=1\r\n\r\n<script>{ESCAPED}()</script>",
    "markup": f'"><img src=x onerror={ESCAPED}()>$(touch /tmp/{ESCAPED})<!ENTITY y SYSTEM "/etc">',
}
"""Each is sent in every field that takes a text."""

SHORT = f"../{{{{{FACTORS}}}}}'\"><img src=x onerror={ESCAPED}()>%s"
"""Some of it in one text."""

_BECAME = (PRODUCT, "root:x:0", "Traceback (most", "<class ")
_MARKUP = ("<img src=x", f"<script>{ESCAPED}")


def became(answer: Response) -> list[str]:
    """What something that was sent has become in an answer; nothing where it stayed text."""
    cookies = [text for text in answer.headers.getlist("Set-Cookie") if ESCAPED in text]
    text = answer.get_data().decode(errors="replace")
    # Nothing but a page runs what stands in it.
    shown = _BECAME + (_MARKUP if answer.mimetype == "text/html" else ())
    broken = [str(answer.status_code)] if answer.status_code >= 500 else []
    return [*cookies, *broken, *(one for one in shown if one in text)]


def what_escaped(installation: Installation) -> list[str]:
    """What stands anywhere where nothing was to be written."""
    home = installation.settings.home
    places = (Path("/"), Path("/tmp"), Path.cwd(), Path.cwd().parent)  # noqa: S108 - as above
    found = [path for place in places for path in place.glob(f"*{ESCAPED}*")]
    found += home.parent.rglob(f"*{ESCAPED}*")
    return [str(path) for path in (*found, *home.parent.rglob("CON"), *home.parent.rglob("CON.*"))]


def is_whole(installation: Installation) -> bool:
    """Every table is there as it was made, and the record is what was recorded."""
    with read(installation.engine) as connection:
        schema_hash(connection)
    return verify_record(installation).holds
