"""Enclosed files: who may fetch them, how they are sent, and what is refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from knutpunkten.audit.models import Entry
from knutpunkten.documents.models import StoredFile
from tests.conftest import behind_the_wall

PDF = b"%PDF-1.7 ett prov"


def upload(client, case, name="Utredning å.pdf", content=PDF, category="halsa", **more):
    data = {"file": SimpleUploadedFile(name, content), "category": category, **more}
    return client.post(reverse("upload_file", args=[case.pk]), data)


def only_file(case):
    with behind_the_wall():
        return StoredFile.objects.get(case=case)


def disclose(case):
    with behind_the_wall():
        StoredFile.objects.filter(case=case).update(disclosed_at=case.created_at, disclosed_by=case.caseworker)


@pytest.mark.clause("S5", "W1")
def test_an_investigation_is_read_by_those_who_have_a_part_in_what_it_is_about(make_case, cast, sign_in):
    case = make_case("announced")
    assert upload(sign_in(cast.johan), case).status_code == 302
    url = reverse("file", args=[case.pk, only_file(case).pk])
    ulrika, mats = sign_in(cast.ulrika), sign_in(cast.mats)
    assert ulrika.get(url).status_code == 404  # stored is not shared
    disclose(case)
    assert ulrika.get(url).content == PDF
    assert mats.get(url).status_code == 404
    assert sign_in(cast.siv).get(url).status_code == 404
    with behind_the_wall():
        assert Entry.objects.of_case(case.pk).filter(event="read_file", user_id=cast.ulrika.pk).count() == 1
        assert Entry.objects.of_case(case.pk).filter(event="denied", user_id=cast.mats.pk).exists()


def test_a_file_is_saved_and_never_shown_by_the_browser(make_case, cast, sign_in):
    case = make_case("announced")
    johan = sign_in(cast.johan)
    upload(johan, case)
    response = johan.get(reverse("file", args=[case.pk, only_file(case).pk]))
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("program.exe", b"MZ", "kan inte bifogas"),
        ("Utredning.pdf", b"MZ inte en pdf", "innehållet är något annat"),
        ("Tom.pdf", b"", "tom"),
        ("Stor.pdf", PDF + b"0" * (10 * 1024 * 1024), "större än 10 MB"),
        ("Större.pdf", PDF + b"0" * (14 * 1024 * 1024), "större än 10 MB"),
        ("a" * 300 + ".pdf", PDF, "Korta det"),
    ],
)
def test_a_file_of_a_wrong_kind_or_size_is_refused_in_a_sentence(make_case, cast, sign_in, name, content, sentence):
    case = make_case("draft")
    response = upload(sign_in(cast.johan), case, name, content)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    with behind_the_wall():
        assert not StoredFile.objects.filter(case=case).exists()


def test_a_file_must_say_what_it_is_about(make_case, cast, sign_in):
    case = make_case("draft")
    johan = sign_in(cast.johan)
    assert "Välj vad filen handlar om" in upload(johan, case, category="").content.decode()
    assert upload(johan, case, category="grund").status_code == 200
    assert (
        "Välj en fil att bifoga"
        in johan.post(reverse("upload_file", args=[case.pk]), {"category": "halsa"}).content.decode()
    )


def test_one_leaves_only_for_an_address_of_one_s_own(make_case, cast, sign_in):
    case = make_case("draft")
    response = upload(sign_in(cast.johan), case, next="https://elak.example/")
    assert response.url == reverse("case", args=[case.pk])


def test_a_file_is_taken_away_until_somebody_has_been_given_it(make_case, cast, sign_in):
    case = make_case("draft")
    johan = sign_in(cast.johan)
    upload(johan, case)
    file = only_file(case)
    url = reverse("remove_file", args=[case.pk, file.pk])
    assert sign_in(cast.tove).post(url).status_code == 404
    assert johan.get(url).status_code == 405
    assert johan.post(url).status_code == 302
    assert johan.get(reverse("file", args=[case.pk, file.pk])).status_code == 404
    given = make_case("announced")
    upload(johan, given)
    disclose(given)
    kept = only_file(given)
    assert johan.post(reverse("remove_file", args=[given.pk, kept.pk])).status_code == 404
    assert johan.get(reverse("file", args=[given.pk, kept.pk])).content == PDF


def test_another_case_s_file_is_not_found_under_one_s_own(make_case, cast, sign_in):
    mine, other = make_case("draft"), make_case("draft")
    johan = sign_in(cast.johan)
    upload(johan, other)
    assert johan.get(reverse("file", args=[mine.pk, only_file(other).pk])).status_code == 404
