"""No browser keeps the pages of somebody signed in: the back button asks again (W1)."""

import pytest


@pytest.mark.parametrize("address", ["/", "/arenden/", "/nytt/", "/finns-inte/"])
def test_a_page_for_somebody_signed_in_is_never_kept(sign_in, cast, address):
    assert "no-store" in sign_in(cast.johan).get(address).headers["Cache-Control"]


def test_a_case_and_its_papers_are_never_kept(sign_in, cast, make_case):
    case = make_case("announced")
    for page in ("", "remiss/las/", "remiss.pdf", "uppgifter/", "steg/cancel/"):
        answer = sign_in(cast.johan).get(f"/arenden/{case.pk}/{page}")
        assert answer.status_code == 200, page
        assert "no-store" in answer.headers["Cache-Control"], page


def test_what_anybody_may_read_may_be_kept(client, db):
    assert "no-store" not in client.get("/tillganglighet/").headers.get("Cache-Control", "")
