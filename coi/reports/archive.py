"""Files in one ZIP, with a list of their hashes; the same files have the same bytes."""

import io
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from coi.reports.tables import EPOCH

MANIFEST: Final = "MANIFEST.sha256"
SIGNED: Final = "MANIFEST.signed"
SIGNED_BEHIND: Final = b"coi export v1\n"
"""The file with a signature of the list, and what is signed before it, so that nothing else is."""

_READABLE: Final = 0o644 << 16  # as a file that everybody may read, where the ZIP is unpacked


def archive(files: Mapping[str, bytes], sign: Callable[[bytes], bytes] | None = None) -> bytes:
    """The files in the order of their names' mapping, and behind them what `sha256sum -c` reads.

    With `sign`, a signature of that list stands behind it, in base64.
    """
    packed = io.BytesIO()
    lines = (f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    listed = {MANIFEST: "".join(lines).encode()}
    if sign is not None:
        listed[SIGNED] = b64encode(sign(SIGNED_BEHIND + listed[MANIFEST]))
    with ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name, content in {**files, **listed}.items():
            part = ZipInfo(name, EPOCH)
            part.compress_type, part.external_attr = ZIP_DEFLATED, _READABLE
            target.writestr(part, content)
    return packed.getvalue()
