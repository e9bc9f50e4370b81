"""Two who have the same password, and choose a second factor at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from knutpunkten.accounts.factors import AddApp
from tests.accounts.conftest import PASSWORD, code_now, give_password
from tests.conftest import behind_the_wall


@pytest.mark.slow("two who press at once, on a database of their own")
def test_of_two_half_sittings_at_once_one_alone_adds_the_second_factor(
    own_database: str, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other, who has the password alone, waits, and is signed out."""
    with behind_the_wall():
        cast.karin.set_password(PASSWORD)
        cast.karin.save()
    halves = [give_password(cast.karin)[0] for _ in range(2)]
    secrets = [half.get("/min-inloggning/app/").context["form"].secret for half in halves]
    both, add = Barrier(2), AddApp.form_valid

    def add_late(view: Any, form: Any) -> Any:
        """The first waits here for the other to come as far, if it does."""
        with suppress(BrokenBarrierError):
            both.wait(timeout=2)
        return add(view, form)

    monkeypatch.setattr(AddApp, "form_valid", add_late)

    def press(half: Client, secret: str) -> str:
        try:
            half.raise_request_exception = False
            return half.post("/min-inloggning/app/", {"code": code_now(secret)}).headers.get("Location", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        led = sorted(url.partition("?")[0] for url in pool.map(press, halves, secrets))
    assert led == ["/logga-in/", "/min-inloggning/reservkoder/"]
