"""The bench's visitors are let in: else it would measure how fast one is sent to sign in."""

from typing import Any

from bench.measure import Request
from bench.visitors import client_of, session_of


def test_a_visitor_sees_the_page_that_is_measured(cast: Any) -> None:
    response = client_of(Request("/", session_of(cast.karin))).get("/")
    assert response.status_code == 200
    assert "Väntar på dig" in response.content.decode()
