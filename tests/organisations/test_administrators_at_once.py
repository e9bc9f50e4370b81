"""Two administrators, of whom each ends the other's role at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from knutpunkten.organisations.admin import AccountAdmin
from knutpunkten.organisations.models import User
from tests.conftest import behind_the_wall
from tests.settings_pages import account_page, as_sent, yesterday


@pytest.mark.slow("two who press at once, on a database of their own")
def test_of_two_administrators_who_end_each_others_role_at_once_one_stays(
    own_database: str, cast: Any, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    with behind_the_wall():
        cast.johan.memberships.all().delete()
        cast.johan.memberships.create(role="administrator", starts_on="2026-01-01")
    pairs = [(sign_in(cast.admin), cast.johan), (sign_in(cast.johan), cast.admin)]
    both, save = Barrier(2), AccountAdmin.save_related

    def save_late(*args: Any) -> None:
        """The first waits here for the other to come as far, if it does."""
        with suppress(BrokenBarrierError):
            both.wait(timeout=2)
        save(*args)

    monkeypatch.setattr(AccountAdmin, "save_related", save_late)

    def end(pair: tuple[Client, User]) -> int:
        client, other = pair
        try:
            return client.post(
                account_page(other), as_sent(other, **{"memberships-0-ends_on": yesterday()})
            ).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(end, pairs)) == [200, 302]
