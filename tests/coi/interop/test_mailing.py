"""E-mails are sent to a real server, encrypted, by whoever may send there; or nobody is told so."""

from urllib.parse import quote

import pytest

from coi.interop.mailing import NotSent, send_mail
from tests.smtp_server import HERE, PASSWORD, USER, mail_house

TO = ("quality@example.org", "ward@example.org")
SCHEMES = pytest.mark.parametrize("scheme", ["smtp", "smtps"])
"""By STARTTLS, and encrypted from the first byte."""


@pytest.fixture
def house(scheme, tmp_path, monkeypatch):
    """A server whose certificate this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with mail_house(tmp_path, at_once=scheme == "smtps") as found:
        yield found


def sent(scheme, house, password=PASSWORD, to=TO):
    """Send an e-mail to everybody."""
    server = f"{scheme}://{quote(USER, safe='')}:{quote(password)}@{HERE}:{house.port}"
    send_mail(server, to, "An alarm", "Look at it.")


@SCHEMES
def test_an_e_mail_is_taken_encrypted_from_who_may_send_it(scheme, house):
    """For everybody, once, by the account of the setting."""
    sent(scheme, house)

    (got,) = house.got
    assert (got["From"], got["Subject"]) == (USER, "An alarm")
    assert got.get_content().strip() == "Look at it."
    assert house.to == [*TO]
    assert (house.encrypted, house.signed_in) == ([True], [True])


@SCHEMES
def test_a_wrong_password_sends_nothing_and_is_not_told(scheme, house):
    """The server refuses it; neither is the password in what is said of it."""
    with pytest.raises(NotSent, match="SMTPAuthenticationError") as caught:
        sent(scheme, house, password="of yesterday")

    assert "of yesterday" not in str(caught.value)
    assert house.got == []
    assert not any(house.signed_in)
    assert house.signed_in


@SCHEMES
def test_a_server_that_nobody_vouches_for_is_told_no_password(scheme, house, monkeypatch, tmp_path):
    """Its certificate is asked for before anything is said."""
    (tmp_path / "nobody").mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nobody" / "certificate.pem"))

    with pytest.raises(NotSent, match="SSLCertVerificationError"):
        sent(scheme, house)

    assert (house.got, house.signed_in) == ([], [])


@SCHEMES
def test_whom_the_server_refuses_is_named_and_the_others_are_told(scheme, house):
    """So that nobody is told twice because of another."""
    house.refuses = frozenset({TO[1]})

    with pytest.raises(NotSent, match="1 of 2") as caught:
        sent(scheme, house)

    assert caught.value.missed == (TO[1],)
    assert house.to == [TO[0]]


@pytest.mark.parametrize("scheme", ["smtp"])
def test_a_server_that_refuses_everybody_has_sent_nothing(scheme, house):
    """All of them are told again."""
    house.refuses = frozenset(TO)

    with pytest.raises(NotSent, match="SMTPRecipientsRefused") as caught:
        sent(scheme, house)

    assert caught.value.missed == ()
    assert house.got == []
