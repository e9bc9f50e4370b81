"""The database server is restarted under a running web: the next visitor is answered as if nothing had happened."""

import pytest
from django.db import connection
from django.test import Client

from tests.conftest import admin


@pytest.mark.slow("a database of its own")
def test_the_first_visitor_after_a_restart_gets_the_page(own_database: str) -> None:
    visitor = Client()
    assert visitor.get("/kliv-in/").status_code == 200
    before = server_process()
    admin(f"select pg_terminate_backend({before}, 5000)")
    assert visitor.get("/kliv-in/").status_code == 200
    assert server_process() != before


def test_a_connection_that_is_well_is_kept(own_database: str) -> None:
    visitor = Client()
    visitor.get("/kliv-in/")
    before = server_process()
    visitor.get("/kliv-in/")
    assert server_process() == before


def server_process() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])
