"""Whether what was scanned is the band on a patient's wrist, and not a copy of what it says.

Codes are copied onto charts, carts and door frames. A band has a serial of its own, a symbol of its
own, or says that it was printed on a band; whatever else names a patient is refused (SEC-28).
"""

from typing import Final

from labels.codes import aim
from labels.codes.dates import BirthDate
from labels.codes.gs1 import Gs1Codes, Recipient
from labels.codes.isbt128 import IsbtCodes
from labels.codes.scans import IsbtTables, Reading
from labels.codes.things import PatientNumber
from labels.errors import NotACode
from labels.identifiers import KINDS, Scan, Serial

_BAND_SYMBOLS: Final = frozenset({aim.UNSAID, aim.QR})
_SCAN_THE_BAND: Final = "Scan the band on the wrist of the patient."
_CHART: Final = "chart label"
_BAND, _PAPER = "W", "P"


def require_wristband(reading: Reading, tables: IsbtTables | None = None) -> Serial | PatientNumber:
    """What the band says: our serial, or a patient's number that says it stands on a band.

    Raises:
        NotACode: it is something else, which is named.
    """
    if isinstance(reading, Scan):
        return _our_band(reading)
    if isinstance(reading, IsbtCodes):
        return _their_band(reading, tables or IsbtTables())
    raise _no_band(_named_by_gs1(reading))


def _our_band(scan: Scan) -> Serial:
    if scan.serial is None:
        raise _no_band("COI identifier")
    if scan.serial.kind == _PAPER:
        raise _no_band(_CHART)
    if scan.serial.kind != _BAND:
        raise _no_band(KINDS[scan.serial.kind])
    if scan.symbology not in _BAND_SYMBOLS:
        # A band is printed with a QR code: in another symbol its serial is a copy.
        raise _no_band("copy of a wristband")
    return scan.serial


def _their_band(codes: IsbtCodes, tables: IsbtTables) -> PatientNumber:
    number, birth = codes.one(PatientNumber), codes.one(BirthDate)
    if number is None:
        raise _no_band(_CHART if birth else "code of a product")
    if number.printed_on not in tables.bands or (birth and birth.printed_on not in tables.bands):
        raise _no_band(_CHART)
    return number


def _named_by_gs1(codes: Gs1Codes) -> str:
    if any(isinstance(key, Recipient) for key in codes.keys):
        return "number of a patient, of which nobody can tell that it stands on a band"
    return "GS1 code"


def _no_band(what: str) -> NotACode:
    code = "CHART_LABEL" if what == _CHART else "NOT_A_WRISTBAND"
    return NotACode(code, f"This is a {what}, not a wristband.", _SCAN_THE_BAND)
