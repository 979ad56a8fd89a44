"""Files in one ZIP, with a list of their hashes; the same files have the same bytes."""

import io
from collections.abc import Mapping
from hashlib import sha256
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from coi.reports.tables import EPOCH

MANIFEST: Final = "MANIFEST.sha256"
_READABLE: Final = 0o644 << 16  # as a file that everybody may read, where the ZIP is unpacked


def archive(files: Mapping[str, bytes]) -> bytes:
    """The files in the order of their names' mapping, and behind them what `sha256sum -c` reads."""
    packed = io.BytesIO()
    lines = (f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    with ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name, content in {**files, MANIFEST: "".join(lines).encode()}.items():
            part = ZipInfo(name, EPOCH)
            part.compress_type, part.external_attr = ZIP_DEFLATED, _READABLE
            target.writestr(part, content)
    return packed.getvalue()
