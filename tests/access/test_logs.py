"""The server's log says what failed and where, never with whose data."""

import logging
import sys

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
