"""How webhooks are sent here: what may be reached, and whose certificates hold."""

import ssl

from coi.errors import SettingError
from coi.interop.addresses import Allowed
from coi.interop.posting import Way
from coi.settings import Settings


def allowed_by(settings: Settings) -> Allowed:
    """What the operator allows beside what is public."""
    return Allowed.of(settings.webhook_allow, settings.webhook_http)


def way_of(settings: Settings) -> Way:
    """How a message is sent.

    Raises:
        SettingError: the certificates of the house cannot be read.
    """
    tls = ssl.create_default_context()
    if settings.webhook_ca is not None:
        try:
            tls.load_verify_locations(cafile=settings.webhook_ca)
        except (OSError, ssl.SSLError) as error:
            raise SettingError(
                "COI_WEBHOOK_CA",
                f"names {settings.webhook_ca}, which holds no certificates that can be read.",
                "Write a file of certificates in PEM.",
            ) from error
    return Way(allowed_by(settings), tls)
