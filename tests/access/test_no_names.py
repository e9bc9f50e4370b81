"""Names and identity numbers stand behind the wall, and nowhere else: not in addresses, logs, mail or jobs."""

import json
import logging
import re
from datetime import date
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from config.logs import WithoutWords
from knutpunkten.notices.models import Mail
from knutpunkten.notices.outbox import SUBJECTS, TEXTS
from knutpunkten.wall.tables import OPEN
from tests import seeded
from tests.conftest import behind_the_wall, server

TUESDAY = date(2025, 11, 18)  # as in tests.demo.test_seed: the same world, made once
# A participant with an account is an account like others (docs/access.md); the name there is the account's own.
ACCOUNTS = {"organisations_user", "accounts_invitation", "account_emailaddress", "socialaccount_socialaccount"}
# Beside the tables without a policy: what is sent, what waits, and what the log says in words.
SENT = {
    "notices_notice": "t::text",
    "notices_mail": "t::text",
    "procrastinate_jobs": "t::text",
    "procrastinate_events": "t::text",
    "audit_entry": "detail::text || event || role || category",
    "cases_status": "t::text",
    "cases_turn": "t::text",
}


@pytest.mark.slow("the whole world is seeded, if no test before it has done that")
def test_nothing_that_leaves_the_database_names_the_person() -> None:
    """The whole routine has been lived through, by forty-five people: nobody's name or number lies in the open."""
    with psycopg.connect(server(seeded.seeded_template(TUESDAY))) as owner:
        secret = set()
        named = (
            "select c.first_name, c.last_name, p.number from cases_case c join people_person p on p.id = c.person_id"
        )
        for first, last, number in owner.execute(named).fetchall():
            secret |= {
                f"{first} {last}",
                f"{last}, {first}",
                number,
                number and f"{number[:8]}-{number[8:]}",
                number and number[2:],
            }
        secret -= {None, ""}
        assert len(secret) > 100
        written = {table: "t::text" for table in OPEN if table not in ACCOUNTS} | SENT
        for table, words in written.items():
            text = "\n".join(row[0] or "" for row in owner.execute(f'select {words} from "{table}" t').fetchall())  # type: ignore[arg-type]
            assert not [one for one in secret if one in text], table


@pytest.mark.django_db
@pytest.mark.parametrize(
    "args",
    [
        {"person": "Leif Sandqvist"},
        {"number": "197804112386"},
        {"timestamp": "19780411-2386"},
        {"number": 197804112386},
        {"about": {"name": "Leif"}},
        {"cases": ["x"]},
    ],
)
def test_a_job_with_a_name_or_a_number_is_refused(args: dict[str, Any]) -> None:
    with behind_the_wall(), connection.cursor() as cursor:
        insert = "insert into procrastinate_jobs (queue_name, task_name, args) values ('default', 'x', %s)"
        with pytest.raises(IntegrityError, match="job_carries_ids_only"), transaction.atomic():
            cursor.execute(insert, [json.dumps(args)])
        cursor.execute(insert, ['{"timestamp": 1763450000, "programme_id": "7d3f0c1e-5a5b-4b6e-9a55-1c2d3e4f5a6b"}'])


@pytest.mark.django_db
def test_a_mail_says_the_same_whoever_it_is_about() -> None:
    assert {field.name for field in Mail._meta.get_fields()} <= {
        *("id", "user", "queued_at", "sent_at", "attempts", "next_try_at", "kind", "about")
    }
    assert {name for text in (*TEXTS.values(), *SUBJECTS.values()) for name in re.findall(r"{(\w+)}", text)} == {"link"}


@pytest.mark.django_db
def test_what_is_written_and_searched_for_stands_in_no_address_and_no_log(
    cast: Any, make_case: Any, sign_in: Any, caplog: Any, monkeypatch: Any
) -> None:
    """A day's work with a person, a fault in the midst of it: addresses, and the log as the server writes it."""
    case = make_case("active")
    secret = (case.last_name, case.person.number, case.person.number[2:], f"{case.person.number[:8]}-")
    caplog.set_level(logging.DEBUG)
    addresses = []
    for user in (cast.johan, cast.karin, cast.elin, cast.mats, cast.siv):
        client = sign_in(user)
        client.raise_request_exception = False
        pages = ("case", "read_referral", "plan", "mapping", "consent", "events", "referral_pdf", "plan_pdf")
        addresses += [client.get(reverse(name, args=[case.pk])).headers.get("Location", "") for name in pages]
        for words in secret:
            answer = client.post(reverse("search"), {"q": words})
            addresses += [answer.headers.get("Location", ""), *re.findall(r'(?:href|action)="([^"]*)"', answer.text)]
        client.post(
            reverse("upload_file", args=[case.pk]),
            {"file": SimpleUploadedFile("Sandqvist 19780411-2386.pdf", b"%PDF-"), "category": "halsa"},
        )
    monkeypatch.setattr("knutpunkten.desk.case_page.render", lambda *of, **more: int(case.person_name))
    client = sign_in(cast.johan)
    client.raise_request_exception = False
    assert client.get(reverse("case", args=[case.pk])).status_code == 500
    formatter = WithoutWords("%(asctime)s %(levelname)s %(name)s %(message)s")
    server_log = [r for r in caplog.records if not r.name.startswith("django.db")]  # statements are logged nowhere
    text = "\n".join(map(formatter.format, server_log)) + "\n".join(addresses)
    assert "Internal Server Error" in text
    assert not [one for one in secret if one in text]
