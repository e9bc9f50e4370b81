"""The server's log says what failed and where, never with whose data."""

import logging
import sys
from typing import Any

import pytest

from config.logs import WithoutWords


def test_an_exception_is_logged_without_its_words_and_those_of_its_cause() -> None:
    number, name = "19780411-2386", "Leif Sandqvist"
    try:
        try:
            int(number)
        except ValueError as cause:
            raise LookupError(name) from cause
    except LookupError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "", 0, "Internal Server Error: %s", ("/sok/",), sys.exc_info()
        )
    text = WithoutWords().format(record)
    assert "19780411" not in text
    assert "Sandqvist" not in text
    assert "ValueError" in text
    assert "LookupError" in text
    assert "test_logs.py" in text
    assert "/sok/" in text


def test_what_somebody_typed_makes_no_row_of_its_own() -> None:
    typed = "finns\0inte\r\n2026-11-29 ERROR django.request \x1b[31m/arenden/\u2028\ud800 för å"
    record = logging.LogRecord(
        "django.security", logging.ERROR, "", 0, "The field %s cannot be referenced.", (typed,), None
    )
    text = WithoutWords("%(levelname)s %(message)s").format(record)
    assert text == (
        "ERROR The field finns\\x00inte\\r\\n2026-11-29 ERROR django.request"
        " \\x1b[31m/arenden/\\u2028\\ud800 för å cannot be referenced."
    )


@pytest.mark.django_db
def test_nor_does_what_an_administrator_typed(cast: Any, sign_in: Any, capsys: Any) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutWords("%(levelname)s %(message)s"))
    logging.getLogger("django.security").addHandler(handler)
    try:
        answer = sign_in(cast.admin).get("/installningar/organisations/unit/?_to_field=a%0Ab")
    finally:
        logging.getLogger("django.security").removeHandler(handler)
    assert answer.status_code == 400
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("ERROR ")]
    assert said == ["ERROR The field a\\nb cannot be referenced."]
