"""Asks a time-stamping authority, and reads what it answers: RFC 3161, by pyHanko and asn1crypto.

Both stand in the extra `sign`. What is stamped is the SHA-512 of some content: the signature of the
authority says that the content was there at a time. Whose stamps count is given.
"""

import asyncio
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, tsp
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

_ALGORITHM = "sha512"
_GRANTED = ("granted", "granted_with_mods")


class NoStamp(Exception):
    """These bytes are no time stamp of this content; the text says why."""


@dataclass(frozen=True, slots=True)
class Question:
    """What an authority is asked; its answer must repeat the number."""

    number: int
    raw: bytes


def question(content: bytes) -> Question:
    """Ask for a stamp of this content: its hash alone leaves the house."""
    digest = hashlib.new(_ALGORITHM, content).digest()
    imprint = {"hash_algorithm": {"algorithm": _ALGORITHM}, "hashed_message": digest}
    number = secrets.randbits(63)
    told = {"version": 1, "message_imprint": imprint, "cert_req": True, "nonce": number}
    return Question(number, tsp.TimeStampReq(told).dump())


def stamp_in(answer: bytes, asked: Question) -> bytes:
    """The time stamp that an authority answers with.

    Raises:
        NoStamp: it answers something else, or another question.
    """
    try:
        reply = tsp.TimeStampResp.load(answer, strict=True)
        status, token = reply["status"]["status"].native, reply["time_stamp_token"]
        number = token["content"]["encap_content_info"]["content"].parsed["nonce"].native
        raw: bytes = token.dump()
    # What came may be anything, and what reads it fails in as many ways.
    except Exception as error:
        raise NoStamp("it is no time stamp") from error
    if status not in _GRANTED or number != asked.number:
        raise NoStamp("it answers another question")
    return raw


def stamped_at(token: bytes, content: bytes, trusted: bytes) -> datetime:
    """When this content was there, as an authority says below whose certificates (PEM) it signs.

    Certificates are looked at as of that time: a stamp outlives them.

    Raises:
        NoStamp: it is no time stamp, of something else, or of nobody who is trusted.
    """
    try:
        # It runs an event loop of its own, which no thread takes that has one already.
        with ThreadPoolExecutor(1) as apart:
            at, fault = apart.submit(_judged, token, content, trusted).result()
    # What was kept may have been spoilt in any way; whatever is wrong, it proves nothing.
    except Exception as error:
        raise NoStamp("it is no time stamp that can be read") from error
    if fault:
        raise NoStamp(fault)
    return at


def _judged(token: bytes, content: bytes, trusted: bytes) -> tuple[datetime, str]:
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    at: datetime = signed["encap_content_info"]["content"].parsed["gen_time"].native
    context = ValidationContext(
        trust_roots=list(load_certs_from_pemder_data(trusted)),
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=at,
    )
    found = asyncio.run(
        validate_tst_signed_data(
            signed, context, lambda algorithm: hashlib.new(algorithm, content).digest()
        )
    )
    if not found["intact"] or not found["valid"]:
        return at, "it is of something else, or was changed"
    if found["trust_problem_indic"] is not None or found["validation_path"] is None:
        return at, "it is signed by nobody whose time stamps count"
    return at, ""
