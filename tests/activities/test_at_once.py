"""Two of the team fill in the same list at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from knutpunkten.activities.models import Attendance, Enrolment, Session
from knutpunkten.organisations.calendar import add_working_days
from tests.conftest import behind_the_wall


@pytest.mark.slow("two who press at once, on a database of their own")
def test_of_two_who_mark_the_same_person_at_once_one_reads_what_the_other_did(
    own_database: str, cast: Any, sign_in: Callable[..., Client], make_case: Callable[..., Any]
) -> None:
    amira, jens = make_case("active"), make_case("active")
    day = add_working_days(timezone.localdate(), -1)
    with behind_the_wall():
        session = Session.objects.create(programme=cast.knutpunkten, on_date=day, part="early", theme="Yoga", room="A")
        for case in (amira, jens):
            Enrolment.objects.create(session=session, case=case, author_unit=cast.knutpunkten.team)
    both = Barrier(2)

    def mark(pressed: tuple[Client, dict[str, str]]) -> int:
        client, chosen = pressed
        try:
            page = client.get(client.get(f"/veckan/pass/{session.pk}/narvaro/").url)
            both.wait(timeout=10)
            sent = {**chosen, "seen": page.context["form"].seen}
            return client.post(f"/veckan/pass/{session.pk}/narvaro/", sent).status_code
        finally:
            connection.close()

    elin, peter = sign_in(cast.elin), sign_in(cast.peter)
    ill = {f"came-{amira.pk}": "absent", f"why-{amira.pk}": "ill"}
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(mark, [(elin, {f"came-{amira.pk}": "all"}), (peter, ill)])) == [200, 302]
        assert [*pool.map(mark, [(elin, {f"came-{jens.pk}": "all"})] * 2)] == [302, 302], "a double click"
    with behind_the_wall():
        assert Attendance.objects.get(case=jens).came == "all"
