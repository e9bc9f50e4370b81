"""The outbox against a real SMTP server: sent once, tried again, and silent about everybody."""

import socket
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from threading import Barrier, Event, Thread

import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from knutpunkten.notices.models import Mail
from knutpunkten.notices.outbox import Went, send_due, send_next, wait_after
from tests.conftest import behind_the_wall


class Postbox:
    """Keeps what it gets; refuses *refused* addresses."""

    def __init__(self):
        self.got, self.refused, self.arrived = [], set(), Event()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 Ingen sådan brevlåda"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.got.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=policy.default)))
        self.arrived.set()
        return "250 OK"


@pytest.fixture
def postbox(settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", port
    settings.ORIGIN = "https://knutpunkten.example"
    yield box
    controller.stop()


@contextmanager
def as_worker():
    with connection.cursor() as cursor:
        cursor.execute("set role knutpunkten_worker")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("set role knutpunkten_app")


def waits(user, at):
    with behind_the_wall():
        return Mail.objects.create(user=user, queued_at=at, next_try_at=at)


@pytest.mark.django_db
def test_a_mail_goes_once_and_says_nothing_but_log_in(cast, postbox, moment):
    waits(cast.nadja, moment)
    with as_worker():
        assert send_due(moment) == 1
        assert send_due(moment) == 0
    [(address, message)] = postbox.got
    assert address == cast.nadja.email
    text = message.get_content()
    assert text.startswith("Du har en ny uppgift att titta på. Logga in: https://knutpunkten.example")
    assert message["Auto-Submitted"] == "auto-generated", "nobody's out-of-office answers it"
    whole = message.as_string()
    assert not [word for word in ("LIS", "S-2026", "Nadja", "Samverkan") if word in whole]


@pytest.mark.django_db
def test_a_mail_that_is_not_due_waits(cast, postbox, moment):
    waits(cast.nadja, moment)
    with as_worker():
        assert send_due(moment - timedelta(minutes=1)) == 0
    assert postbox.got == []


@pytest.mark.django_db
def test_a_mail_that_is_sent_again_after_a_crash_is_the_same_mail(cast, postbox, moment, monkeypatch):
    """The server had it, and nobody wrote down that it went: by its id and date the server can tell."""

    def crash(*args, **kwargs):
        raise InterruptedError

    waits(cast.nadja, moment)
    waits(cast.mats, moment)
    with as_worker():
        with monkeypatch.context() as patch:
            patch.setattr(Mail, "save", crash)
            with pytest.raises(InterruptedError):
                send_due(moment)
        assert send_due(moment + timedelta(minutes=1)) == 2
    again, other = postbox.got[1:]
    first = postbox.got[0]
    assert first[0] == again[0] != other[0]
    assert first[1]["Message-ID"] == again[1]["Message-ID"] != other[1]["Message-ID"]
    assert first[1]["Date"].datetime == again[1]["Date"].datetime == moment


@pytest.mark.django_db
def test_who_has_waited_longest_comes_first(cast, postbox, moment):
    waits(cast.mats, moment)
    waits(cast.nadja, moment - timedelta(minutes=1))
    with as_worker():
        assert send_next(moment) is Went.SENT
    assert [address for address, _ in postbox.got] == [cast.nadja.email]


@pytest.mark.django_db
def test_a_refused_address_is_tried_later_and_holds_up_nobody(cast, postbox, moment):
    postbox.refused = {cast.nadja.email}
    waits(cast.nadja, moment)
    waits(cast.mats, moment + timedelta(seconds=1))
    later = moment + timedelta(minutes=5)
    with as_worker():
        assert send_due(later) == 1
    with behind_the_wall():
        mail = Mail.objects.get(user=cast.nadja)
    assert (mail.sent_at, mail.attempts, mail.next_try_at) == (None, 1, later + timedelta(minutes=1))


@pytest.mark.django_db
def test_without_a_server_the_round_ends_and_nothing_is_lost(cast, settings, moment):
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", 1
    waits(cast.nadja, moment)
    waits(cast.mats, moment)
    with as_worker():
        assert send_next(moment) is Went.NO_SERVER
        assert send_due(moment) == 0
    with behind_the_wall():
        assert Mail.objects.filter(sent_at__isnull=True).count() == 2


@pytest.mark.django_db
def test_a_closed_account_gets_no_mail(cast, postbox, moment):
    with behind_the_wall():
        cast.nadja.is_active = False
        cast.nadja.save()
    waits(cast.nadja, moment)
    with as_worker():
        assert send_due(moment) == 0
    assert postbox.got == []


def test_each_failure_waits_longer_up_to_six_hours():
    waited = [wait_after(attempts) for attempts in range(1, 13)]
    assert waited == sorted(waited)
    assert waited[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waited[-1] == timedelta(hours=6)
    assert wait_after(30000) == timedelta(hours=6)


def test_two_workers_at_once_send_each_mail_once(own_database, cast, postbox, moment):
    people = [cast.nadja, cast.mats, cast.helena, cast.ulrika, cast.siv]
    for user in people:
        waits(user, moment)
    start = Barrier(2)

    def work():
        try:
            with as_worker():
                start.wait()
                send_due(moment)
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(address for address, _ in postbox.got) == sorted(user.email for user in people)
