"""Seals a PDF, so that any reader of PDF says whether it was changed since: PAdES B-B.

ETSI EN 319 142-1, by pyHanko, which stands in the extra `sign`. A seal is a file in PEM: a private
key, its certificate, and those of who vouches for it. A house that has none makes one: an authority
of its own, whose key signs one certificate and is kept nowhere. It is an electronic seal of the
house (eIDAS, article 3 (25)) and no person's signature; those stand in the record.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

YEARS = 30
"""So long the record is kept, and so long a seal of our own is good."""

_FIELD = "Seal"


class Seal:
    """A key with its certificate, ready to seal."""

    def __init__(self, pem: bytes) -> None:
        """Read it from its file.

        Raises:
            ValueError: there is no private key in it, no certificate, or they do not belong
                together.
        """
        private = load_pem_private_key(pem, password=None)
        own, *above = load_certs_from_pemder_data(pem)
        self.certificate = x509.load_der_x509_certificate(own.dump())
        if private.public_key() != self.certificate.public_key():
            raise ValueError("the key and the certificate do not belong together")
        key = load_private_key_from_pemder_data(pem, passphrase=None)
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple(above)
        self._signer = SimpleSigner(own, key, registry)
        self.authority = (above or [own])[-1].dump()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of its certificate, as readers of PDF show it."""
        return sha256(self.certificate.public_bytes(Encoding.DER)).hexdigest()

    def put_on(self, content: bytes, reason: str) -> bytes:
        """The same document, sealed; whatever is done to it afterwards, its readers see.

        The time in it is the machine's.
        """
        meta = PdfSignatureMetadata(
            field_name=_FIELD,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            reason=reason,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        out, writer = BytesIO(), IncrementalPdfFileWriter(BytesIO(content))
        # It runs an event loop of its own, which no thread takes that has one already.
        with ThreadPoolExecutor(1) as apart:
            apart.submit(sign_pdf, writer, meta, self._signer, output=out).result()
        return out.getvalue()


def new_seal(house: str, now: datetime) -> bytes:
    """A seal for a house that has none: its file."""
    above, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = _name(f"{house} documents: authority"), _name(f"{house} documents")
    authority = (
        _certificate(issuer, issuer, above, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(above, hashes.SHA256())
    )
    own = (
        _certificate(subject, issuer, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False
        )
        .sign(above, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + own.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A reader whose clock is a little behind would call it not yet good.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _usage(*, authority: bool) -> x509.KeyUsage:
    """An authority signs certificates; a seal signs documents, and cannot be denied."""
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
