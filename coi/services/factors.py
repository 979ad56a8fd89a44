"""Second factors: what somebody has, beside the password that they know (SEC-11).

Which factors a person has says the record, with the hash of what each is checked with; that stands
apart, sealed with the vault key. A row that is gone or was exchanged fits no hash, and opens
nothing. Whoever has a factor shows one each time they type their password, at the door and below
each signature (P11-200a1). A wrong one counts as a wrong password does.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Protocol

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from coi.clock import rfc3339
from coi.errors import CoiError, Crowded, WrongPassword
from coi.services.installation import Installation
from coi.services.passkeys import asked_to_show, challenge_in, party_of, passkey_of, shown_by
from coi.services.proofs import PASSKEY
from coi.services.vault import NONCE_BYTES, Vault, VaultClosed
from coi.store import factors
from coi.store.factors import FactorRow
from coi.store.people import Enrolled
from coi.store.transactions import Transaction

TOTP = "totp"
SHOWN = "show"
ASKED_FOR = timedelta(minutes=2)
MOST_ASKED = 10_000
"""So many challenges wait at once: whoever asks for more fills no disk."""

_CHALLENGE_BYTES = 32
_ANSWER = "{"
"""How what a passkey answers begins, and no code."""

STEP_SECONDS = 30
_WINDOW = (-1, 0, 1)
"""A code of the half minute before and after is taken too: clocks differ (RFC 6238)."""

_DIGITS = 6
LONGEST_CODE = 8_000
"""What a passkey answers is a good deal longer than six digits."""


class CodeNeeded(CoiError):
    """The password is right, and the account has a second factor that was not shown."""

    code = "CODE_NEEDED"

    def __init__(self) -> None:
        super().__init__(
            "This account has a second factor. Its code is missing.",
            "Type the password again, and the code that the app shows; or use the passkey.",
        )


class WrongCode(WrongPassword):
    """The second factor that was shown is none of the account's, or was shown before (SEC-12)."""

    code = "WRONG_CODE"

    def __init__(self) -> None:
        CoiError.__init__(
            self,
            "The code of the second factor is wrong, or was used before.",
            "Each code is good once: wait for the next one, and type the password and the code"
            " again.",
        )


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed to prove who they are: the password, and a code where there is one."""

    password: str
    code: str = ""


class Holder(Protocol):
    """Whoever has second factors, or none."""

    @property
    def person(self) -> str:
        """Who it is."""

    @property
    def factors(self) -> tuple[Enrolled, ...]:
        """Theirs."""


Secret = str | Typed
"""A password alone, or with the code of a second factor."""


def typed_as(secret: Secret) -> Typed:
    """The password with its code; whoever typed a password alone showed no factor."""
    return secret if isinstance(secret, Typed) else Typed(secret)


def show_factor(installation: Installation, proven: Holder, code: str) -> None:
    """Go on where the person has no second factor, or has just shown one; it is used up by that.

    Raises:
        CodeNeeded: there is one, and none was shown.
        WrongCode: it is none of theirs, was shown before, or what it is checked with is not there.
    """
    if not proven.factors:
        return
    if not code.strip():
        raise CodeNeeded
    installation.transact_always(lambda tx: _take(tx, installation, proven, code))


def _take(tx: Transaction, installation: Installation, proven: Holder, code: str) -> None:
    rows = genuine(tx, proven)
    if code.startswith(_ANSWER):
        shown = _is_passkey(tx, installation, rows, code)
    else:
        shown = any(_is_code(tx, installation, row, code) for row in rows if row.kind == TOTP)
    if not shown:
        raise WrongCode


def genuine(tx: Transaction, proven: Holder) -> list[FactorRow]:
    """What the person's factors are checked with, as far as it is what the record names."""
    named = {one.id: one for one in proven.factors}
    return [
        row
        for row in factors.factors_of(tx, proven.person)
        if row.id in named and enrolled(row) == named[row.id]
    ]


def enrolled(row: FactorRow) -> Enrolled:
    """A second factor as the record names it."""
    return Enrolled(row.id, row.kind, sha256(row.sealed.encode()).hexdigest())


def _is_code(tx: Transaction, installation: Installation, row: FactorRow, code: str) -> bool:
    secret = unseal_factor(installation.vault, row)
    step = step_of(installation, secret, code)
    # By the counter of the row: of one code that comes twice at once, one is taken.
    return step is not None and factors.take_up(tx, row.id, step)


def _is_passkey(
    tx: Transaction, installation: Installation, rows: list[FactorRow], answer: str
) -> bool:
    challenge = challenge_in(answer)
    if not use_up(tx, installation, challenge, SHOWN):
        return False
    party = party_of(installation.settings.public_url)
    for row in rows:
        if row.kind == PASSKEY:
            passkey = passkey_of(unseal_factor(installation.vault, row), row.counter)
            count = shown_by(party, challenge, answer, passkey)
            if count is not None:
                # One that counts has counted on; many say 0 for ever, and sign each time anew.
                return count == row.counter == 0 or factors.take_up(tx, row.id, count)
    return False


def ask_passkey(installation: Installation) -> str:
    """What a browser is asked, to show a passkey; it is good once, for two minutes.

    Raises:
        Crowded: so many were asked just now that somebody asks by the thousand.
    """
    challenge = draw_challenge(installation, SHOWN)
    return asked_to_show(party_of(installation.settings.public_url), challenge)


def draw_challenge(installation: Installation, purpose: str) -> bytes:
    """What a device is to sign next, for this purpose; kept as its hash."""
    challenge = installation.draw(_CHALLENGE_BYTES)
    installation.transact_always(lambda tx: _keep_challenge(tx, installation, challenge, purpose))
    return challenge


def _keep_challenge(
    tx: Transaction, installation: Installation, challenge: bytes, purpose: str
) -> None:
    now = installation.clock.now()
    factors.forget_challenges(tx, rfc3339(now))
    if factors.challenges(tx, purpose) >= MOST_ASKED:
        raise Crowded
    factors.keep_challenge(tx, _hash(challenge), purpose, rfc3339(now + ASKED_FOR))


def use_up(tx: Transaction, installation: Installation, challenge: bytes, purpose: str) -> bool:
    """This was asked for this purpose, not long ago; it is good no second time."""
    now = rfc3339(installation.clock.now())
    return factors.use_challenge(tx, _hash(challenge), purpose, now)


def _hash(challenge: bytes) -> str:
    return sha256(challenge).hexdigest()


def step_of(installation: Installation, secret: str, code: str) -> int | None:
    """The half minute of which this is the code, now or next to now; None where it is none."""
    typed = "".join(code.split())
    if not (len(typed) == _DIGITS and typed.isascii() and typed.isdigit()):
        return None
    now = int(installation.clock.now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    # All are compared, each in the same time: how long it took tells nobody which was near.
    fitting = [
        now + other
        for other in _WINDOW
        if hmac.compare_digest(totp.generate_otp(now + other), typed)
    ]
    return max(fitting, default=None)


def seal_factor(vault: Vault, place: str, text: str) -> str:
    """Encrypt what a factor is checked with, bound to where it stands."""
    nonce = vault.draw(NONCE_BYTES)
    return (nonce + _key(vault).encrypt(nonce, text.encode(), place.encode())).hex()


def unseal_factor(vault: Vault, row: FactorRow) -> str:
    """What a factor is checked with.

    Raises:
        VaultClosed: the vault key does not open it.
    """
    return unseal_at(vault, place_of(row.id, row.person), row.sealed)


def unseal_at(vault: Vault, place: str, sealed: str) -> str:
    """The same of a text that was sealed for this place."""
    try:
        raw = bytes.fromhex(sealed)
        nonce, text = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
        return _key(vault).decrypt(nonce, text, place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise VaultClosed(
            "A second factor cannot be opened with this vault key.",
            "Check that the key file belongs to this database.",
        ) from error


def place_of(factor: str, person: str) -> str:
    """Where a factor stands: it opens nothing in another's place."""
    return f"factor:{factor}:{person}"


def _key(vault: Vault) -> AESGCM:
    # A key for each use, as for the blind index.
    return AESGCM(hmac.digest(vault.opening, b"factor", "sha256"))
