"""How printers are reached here: in which networks they may be, and whose certificates hold."""

import ssl

from coi.errors import SettingError
from coi.interop.addresses import Allowed
from coi.interop.printers.reach import Reach
from coi.settings import Settings


def reach_of(settings: Settings) -> Reach:
    """How a printer is spoken to.

    Raises:
        SettingError: the certificates of the house cannot be read.
    """
    tls = ssl.create_default_context()
    if settings.printer_ca is not None:
        try:
            tls.load_verify_locations(cafile=settings.printer_ca)
        except (OSError, ssl.SSLError) as error:
            raise SettingError(
                "COI_PRINTER_CA",
                f"names {settings.printer_ca}, which holds no certificates that can be read.",
                "Write a file of certificates in PEM.",
            ) from error
    return Reach(Allowed.of(settings.printer_allow), tls)
