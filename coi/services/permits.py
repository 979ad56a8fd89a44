"""A permit: that order, wristband and bag belong together, for minutes, for one device (F-15).

Pure. It holds codes and times alone, and is signed with Ed25519, so that a device can look at it
without a line. It verifies nothing: with it two people check on paper, and without it they do so
too. The key follows from the vault key, and is the same on each server; the page that a device
keeps says the public one.

A patient who looks like another one there has a permit of a second form, which says so: a page that
knows the first alone takes it for none.
"""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.services.vault import Vault, fingerprint_of

LONGEST_MINUTES: Final = 60
_FORMAT, _OF_A_LOOK_ALIKE = "coi permit 1", "coi permit 2"
_LOOKS_ALIKE: Final = "look-alike"


@dataclass(frozen=True, slots=True)
class Permit:
    """For which device, what belongs together, and until when."""

    id: str
    device: str
    coi: str
    wristband: str
    label: str
    issued_at: str
    expires_at: str
    looks_alike: bool = False  # the patient, like another one who is treated there

    @property
    def text(self) -> str:
        """What is signed: one thing on each line."""
        parts = (self.id, self.device, self.coi, self.wristband, self.label)
        times = (self.issued_at, self.expires_at)
        if self.looks_alike:
            return "\n".join((_OF_A_LOOK_ALIKE, *parts, *times, _LOOKS_ALIKE))
        return "\n".join((_FORMAT, *parts, *times))

    def signed(self, vault: Vault) -> str:
        """The signature, in base 64."""
        return b64encode(_key(vault).sign(self.text.encode())).decode()


def permit_of(text: str) -> Permit:
    """A permit as it stands on record.

    Raises:
        ValueError: the text is none.
    """
    _format, identifier, device, coi, wristband, label, *times = text.split("\n")
    issued_at, expires_at, *mark = times
    looks_alike = mark == [_LOOKS_ALIKE]
    return Permit(identifier, device, coi, wristband, label, issued_at, expires_at, looks_alike)


def permit_key(vault: Vault) -> str:
    """The public key by which a device looks at a permit, in base 64."""
    return b64encode(_key(vault).public_key().public_bytes_raw()).decode()


def _key(vault: Vault) -> Ed25519PrivateKey:
    seed = sha256(fingerprint_of(vault, "permits without a line").encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)
