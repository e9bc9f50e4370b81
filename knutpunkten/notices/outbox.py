"""Sending the outbox: one mail at a time, each in a transaction of its own, so that none is sent twice."""

import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from knutpunkten.notices.links import link_to_invitation
from knutpunkten.notices.models import Mail

# Nothing secret in mail: no name, no programme, no case (facts.md, "Communication").
LAST = "\n\nDet här är ett automatiskt meddelande som inte går att svara på.\n"
SUBJECTS = {
    Mail.Kind.NOTICE: "Du har en ny uppgift i Knutpunkten",
    Mail.Kind.INVITATION: "Öppna ditt konto i Knutpunkten",
}
TEXTS = {
    Mail.Kind.NOTICE: "Du har en ny uppgift att titta på. Logga in: {link}" + LAST,
    Mail.Kind.INVITATION: "Du har fått ett konto i Knutpunkten av den som är administratör där. Öppna det här, och välj ett "
    "lösenord:\n\n{link}\n\n"
    "Sedan lägger du till ett andra steg: fingret, ansiktet eller koden som du låser upp datorn eller telefonen med, "
    "eller en app i telefonen som visar koder.\n\n"
    "Länken fungerar en gång, i en vecka. Väntar du inte på den här inbjudan? Låt den ligga." + LAST,
}
SECONDS_TO_WAIT_FOR_A_SERVER = 20
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
MOST_DOUBLINGS = 9

# What the server says of one mail; anything else that fails is about the server itself.
OF_THE_MAIL = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
)


class Went(Enum):
    NOTHING_DUE = "nothing due"
    SENT = "sent"
    REFUSED = "refused"  # this mail; others may go
    NO_SERVER = "no server"  # the round is over


def send_due(at: datetime) -> int:
    """Send every mail that is due at *at*; answer how many went. A server that is away ends the round."""
    sent = 0
    while (went := send_next(at)) in (Went.SENT, Went.REFUSED):
        sent += went is Went.SENT
    return sent


@transaction.atomic
def send_next(at: datetime) -> Went:
    """Send the mail that has waited longest; a failure puts it off.

    Its row is locked while it is sent, and other workers pass over locked rows.
    """
    mail = (
        Mail.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(sent_at__isnull=True, next_try_at__lte=at, user__is_active=True)
        .select_related("user")
        .order_by("next_try_at", "pk")
        .first()
    )
    if mail is None:
        return Went.NOTHING_DUE
    went = deliver(message_to(mail))
    mail.attempts += 1
    if went is Went.SENT:
        mail.sent_at = at
    else:
        mail.next_try_at = at + wait_after(mail.attempts)
    mail.save(update_fields=["attempts", "next_try_at", "sent_at"])
    return went


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: a minute, two, four, never more than six hours."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, MOST_DOUBLINGS), LONGEST_WAIT)


def message_to(mail: Mail) -> EmailMessage:
    """The message, whose id is the row's: a server that gets it again after a crash can tell."""
    message = EmailMessage()
    message["From"] = settings.MAIL_FROM
    message["To"] = mail.user.email
    message["Subject"] = SUBJECTS[Mail.Kind(mail.kind)]
    message["Date"] = timezone.localtime(mail.queued_at)
    message["Message-ID"] = f"<{mail.pk}@{parseaddr(settings.MAIL_FROM)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "sv"
    link = link_to_invitation(mail.about) if mail.about else settings.ORIGIN
    message.set_content(TEXTS[Mail.Kind(mail.kind)].format(link=link))
    return message


def deliver(message: EmailMessage) -> Went:
    """Hand *message* to the SMTP server. Once the server has taken it, it is sent, however the talk ends."""
    is_taken = False
    try:
        with connected() as server:
            server.send_message(message)
            is_taken = True
    except OF_THE_MAIL:
        return Went.REFUSED
    except (OSError, UnicodeError):  # smtplib's own are of the first kind
        return Went.SENT if is_taken else Went.NO_SERVER
    return Went.SENT


def connected() -> smtplib.SMTP:
    """A talk with the mail server begun: encrypted and signed in as the settings say, its certificate checked.

    Raises ``OSError``; nothing is sent in clear where encryption was asked for.
    """
    where = (settings.SMTP_HOST, int(settings.SMTP_PORT or 0))
    safely = ssl.create_default_context() if settings.SMTP_TLS else None
    server = (
        smtplib.SMTP_SSL(*where, timeout=SECONDS_TO_WAIT_FOR_A_SERVER, context=safely)
        if settings.SMTP_TLS == "tls"
        else smtplib.SMTP(*where, timeout=SECONDS_TO_WAIT_FOR_A_SERVER)
    )
    try:
        if settings.SMTP_TLS == "starttls":
            server.starttls(context=safely)
        if settings.SMTP_USER:
            server.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
    except BaseException:
        server.close()
        raise
    return server
