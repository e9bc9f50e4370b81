"""The mail server's own sign-in and encryption, against a real one."""

import datetime as dt
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from knutpunkten.notices.outbox import Went, deliver

USER, PASSWORD = "knutpunkten", "postens-eget"


class Kept:
    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


def knows(server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
    is_right = (told.login, told.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)  # else it would say nothing, and the client wait its time out


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    began = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, began, began.replace(year=2120))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
def server(certificate: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server that wants encryption first and a sign-in then, whose certificate is trusted here."""
    kept = Kept()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    wants = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": knows}
    settings.SMTP_HOST, settings.SMTP_TLS, settings.SMTP_USER, settings.SMTP_PASSWORD = (
        "localhost",
        "starttls",
        USER,
        PASSWORD,
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with running(kept, **wants) as (_, port):
        settings.SMTP_PORT = str(port)
        yield kept


@contextmanager
def running(kept: Kept, **wants: Any) -> Iterator[tuple[Kept, int]]:
    """A server that *wants* this or that, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="localhost", port=port, **wants)
    controller.start()
    yield kept, port
    controller.stop()


@pytest.fixture
def plain(settings: Any) -> Any:
    """The settings for a server that asks for neither encryption nor a sign-in."""
    settings.SMTP_HOST, settings.SMTP_TLS, settings.SMTP_USER = "localhost", "", ""
    return settings


def letter(to: str = "b@kommun.example") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@kommun.example", to, "Logga in"
    message.set_content("Logga in.")
    return message


def test_a_mail_goes_encrypted_and_signed_in(server):
    assert deliver(letter()) is Went.SENT
    assert len(server.envelopes) == 1


def test_with_the_wrong_password_it_waits(server, settings):
    settings.SMTP_PASSWORD = "nagot annat"
    assert deliver(letter()) is Went.NO_SERVER
    assert server.envelopes == []


def test_to_a_server_whose_certificate_nobody_knows_nothing_is_said(server, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    assert deliver(letter()) is Went.NO_SERVER
    assert server.envelopes == []


@pytest.mark.parametrize("is_known", [True, False])
def test_encrypted_from_the_first_word_the_certificate_is_checked_too(
    server, settings, certificate, monkeypatch, is_known
):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with running(Kept(), ssl_context=context, auth_require_tls=False, authenticator=knows) as (kept, port):
        settings.SMTP_PORT, settings.SMTP_TLS = str(port), "tls"
        if not is_known:
            monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
        assert deliver(letter()) is (Went.SENT if is_known else Went.NO_SERVER)
        assert len(kept.envelopes) == is_known


def test_a_talk_that_is_broken_off_is_closed(server, settings, monkeypatch):
    closed, close = [], smtplib.SMTP.close
    monkeypatch.setattr(smtplib.SMTP, "close", lambda talk: (closed.append(talk), close(talk)))
    settings.SMTP_PASSWORD = "nagot annat"
    assert deliver(letter()) is Went.NO_SERVER
    assert closed


class Refuses(Kept):
    """Says no to the one of its questions that *what* names."""

    def __init__(self, what: str) -> None:
        super().__init__()
        setattr(self, f"handle_{what}", self.refuse)

    async def refuse(self, *of: Any) -> str:
        return "554 Nej"


@pytest.mark.parametrize("what", ["MAIL", "RCPT", "DATA", "another alphabet"])
def test_what_is_said_of_one_mail_is_not_of_the_server(plain, what):
    to = "åsa@kommun.example" if what == "another alphabet" else "b@kommun.example"
    with running(Refuses(what), enable_SMTPUTF8=False) as (_, port):
        plain.SMTP_PORT = str(port)
        assert deliver(letter(to)) is Went.REFUSED


def test_a_mail_that_the_server_has_taken_is_sent_however_the_talk_ends(plain):
    with running(Refuses("QUIT")) as (kept, port):
        plain.SMTP_PORT = str(port)
        assert deliver(letter()) is Went.SENT
        assert len(kept.envelopes) == 1


def test_a_server_whose_name_cannot_be_is_no_server(plain):
    plain.SMTP_HOST, plain.SMTP_PORT = "x" * 64 + ".example", "25"
    assert deliver(letter()) is Went.NO_SERVER


def test_without_encryption_such_a_server_takes_nothing_and_gets_no_password(server, settings):
    settings.SMTP_TLS = ""
    assert deliver(letter()) is not Went.SENT
    assert server.envelopes == []
