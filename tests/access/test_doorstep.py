"""What no page can read is turned away at the door, with a page of ours."""

import logging
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from config.escaped import nothing_escapes
from tests.access.test_surface import HEADERS
from tests.activities.test_week import text_of

pytestmark = pytest.mark.django_db
NUMBER = "19780411-2386"
OURS = "http://testserver/ko/"
CANNOT_BE_READ = "Sidan kunde inte läsa det som skickades"


@pytest.mark.parametrize("alphabet", ["latin-1", "utf-16", "utf-7"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_a_form_in_another_alphabet_is_told_so(
    alphabet: str, kind: str, is_signed_in: bool, cast: Any, sign_in: Any
) -> None:
    client = sign_in(cast.karin) if is_signed_in else Client()
    client.handler.enforce_csrf_checks = True
    for method in ("POST", "GET"):
        answer = client.generic(method, "/sok/", "q=\xe5", content_type=f"{kind}; charset={alphabet}")
        assert answer.status_code == 400
        assert CANNOT_BE_READ in text_of(answer)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("alphabet", ["utf-8", "UTF-8", "finns-inte"])
def test_in_ours_it_is_read(alphabet: str, cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.karin)
    kind = f"application/x-www-form-urlencoded; charset={alphabet}"
    assert client.generic("POST", "/sok/", "q=%C3%A5sa", content_type=kind).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/installningar/organisations/agency/?kind__exact=%00",
        "/installningar/organisations/user/?memberships__role__exact=%00",
        "/installningar/organisations/user/?_to_field=%00",
        "/installningar/organisations/user/?q=Leif%00",
        "/installningar/organisations/user/%00/change/",
        "/arenden/?lage=%00",
    ],
)
def test_an_address_with_a_null_character_is_told_so(address: str, cast: Any, sign_in: Any, caplog: Any) -> None:
    answer = sign_in(cast.admin).get(address)
    assert answer.status_code == 400
    assert CANNOT_BE_READ in text_of(answer)
    assert "\0" not in caplog.text


@pytest.mark.parametrize("said", ["http://[", "http://[testserver]/", "\0", "http://elsewhere.example/ko/", OURS])
def test_a_page_that_one_says_to_come_from_is_believed_if_it_is_one(said: str, cast: Any, sign_in: Any) -> None:
    answer = Client().post("/logga-in/stanna/", headers={"referer": said})
    assert answer.url == ("/logga-in/?next=%2Fko%2F" if said == OURS else "/logga-in/")
    client = sign_in(cast.karin)
    assert client.post("/sok/", {"q": "Leif", "drawn_for": "another"}, headers={"referer": said}).status_code == 409


@pytest.mark.parametrize("said", ['"' + r"\000" * 32 + '"', '"' + r"\351" * 32 + '"', "å" * 32, "%00" * 11])
def test_a_cookie_that_names_no_sitting_is_as_none(said: str) -> None:
    """Within quotes it may say any character, by number."""
    answer = Client().get("/arenden/", headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={said}"})
    assert answer.url == "/logga-in/?next=%2Farenden%2F"


def test_whoever_has_a_cookie_of_a_sitting_that_is_gone_begins_anew_under_another() -> None:
    """Also where the page itself writes in the session, as the link of an invitation does."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = gone = "a" * 32
    assert client.get("/inbjudan/x/").status_code == 302
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != gone


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("address", ["/", "/logga-in/", "/logga-ut/"])
def test_another_method_is_not_taken_whether_it_brings_a_token_or_not(method: str, address: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, address)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def answered(application: Any, **environ: Any) -> tuple[str, dict[str, str], str]:
    said: list[Any] = []
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "SERVER_NAME": "testserver", "SERVER_PORT": "80"}
    asked |= {"wsgi.input": None, "wsgi.url_scheme": "http", **environ}
    body = application(asked, lambda status, headers: said.append((status, dict(headers))))
    status, headers = said[0]
    return status, headers, b"".join(body).decode()


def test_what_escapes_even_the_pages_for_faults_is_answered_and_logged_without_its_words(caplog: Any) -> None:
    def fails(environ: Any, start_response: Any) -> Any:
        raise ValueError(NUMBER)

    status, headers, body = answered(nothing_escapes(fails))
    assert status == "500 Internal Server Error"
    assert "Något gick fel hos oss" in body
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    [record] = caplog.records
    assert (record.name, record.levelno) == ("django.request", logging.ERROR)
    assert NUMBER not in body + record.getMessage()


@pytest.mark.parametrize("kind", ["text/plain; name*=nosuch''abc", "x" * 20_000])
def test_what_cannot_even_become_a_question_is_no_fault_of_ours(kind: str, caplog: Any) -> None:
    """Django reads the form's kind before its own pages for faults are there to answer."""
    status, headers, body = answered(nothing_escapes(WSGIHandler()), CONTENT_TYPE=kind)
    assert status == "400 Bad Request"
    assert "gick inte att läsa" in body
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert not caplog.records
