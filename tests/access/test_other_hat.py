"""A form drawn under one role and sent under another: nothing is done under the wrong one, and nothing typed is lost."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.other_hat import HAT_KEY
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case, Section
from knutpunkten.organisations.models import Membership, Role
from knutpunkten.visits.models import Slot
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db
DENIED = {"what": "step", "why": "hat"}
WORDS = "Vem kan prova ut\narbetstakten med henne?"


def give_hat(user: Any, role: str, unit: Any, programme: Any = None) -> Membership:
    with behind_the_wall():
        return Membership.objects.create(
            user=user,
            role=role,
            unit=unit,
            programme=programme,
            starts_on=timezone.localdate() - timedelta(days=10),
        )


@pytest.fixture
def karin(cast: Any, sign_in: Any) -> Client:
    """Karin, Knutpunkten's coordinator, who also guides at LIS."""
    give_hat(cast.karin, Role.SUPERVISOR, cast.unit("LIS-teamet"), cast.lis)
    return sign_in(cast.karin, role=Role.COORDINATOR)


@pytest.fixture
def johan(cast: Any, sign_in: Any) -> Client:
    """Johan, caseworker, who is also his unit's representative."""
    give_hat(cast.johan, Role.REPRESENTATIVE, cast.unit("Försörjningsstöd"))
    return sign_in(cast.johan, role=Role.CASEWORKER)


def put_on(client: Client, user: Any, role: str) -> None:
    """In another tab."""
    assert client.post(reverse("hats"), {"hat": str(user.memberships.get(role=role).pk)}).status_code == 302


def end(user: Any, role: str) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    with behind_the_wall():
        Membership.objects.filter(user=user, role=role).update(ends_on=yesterday)


def hidden(page: str, form: str = "") -> dict[str, str]:
    """The hidden fields of the form of *page* that has *form* in it."""
    found = next(text for text in re.findall(r"<form.*?</form>", page, re.DOTALL) if form in text)
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found)
    return {name: unescape(value) for name, value in fields}


def opened(client: Client, url: str, form: str) -> dict[str, str]:
    return hidden(client.get(url).text, form)


def test_a_step_is_not_taken_under_another_role_and_is_one_press_away(cast, karin, make_case) -> None:
    case = make_case("placed", decided_at=timezone.now(), notice_given_at=timezone.now())
    url = reverse("step", args=[case.pk, "allocate"])
    sent = {**opened(karin, url, "supervisor"), "supervisor": str(cast.elin.pk)}
    put_on(karin, cast.karin, Role.SUPERVISOR)
    answer = karin.post(url, sent)
    assert answer.status_code == 409
    assert "Sidan öppnades i rollen <strong>Samordnare, Knutpunkten</strong>" in answer.text
    assert "bytt till <strong>Handledare, Knutpunkten LIS</strong>" in answer.text
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).supervisor is None
        assert Entry.objects.of_case(case.pk).get(event="denied", user_id=cast.karin.pk).detail == DENIED
        assert not Entry.objects.filter(event="sent", detail__what="step").exists(), "nothing was taken"
    # The page has all of it, to be sent in the role it was meant in.
    again = hidden(answer.text, "Byt roll och skicka")
    assert again["supervisor"] == str(cast.elin.pk)
    assert karin.post(url, again).status_code == 302
    assert karin.session[HAT_KEY] == str(cast.karin.memberships.get(role=Role.COORDINATOR).pk)
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).supervisor == cast.elin
        taken = Entry.objects.of_case(case.pk).get(event="allocate")
    assert (taken.user_id, taken.role, taken.address) == (cast.karin.pk, "coordinator", "127.0.0.1")


def test_the_referral_that_saves_itself_says_what_happened_and_saves_when_the_role_is_back(
    cast, johan, make_case
) -> None:
    case = make_case("draft")
    url = reverse("referral_part", args=[case.pk, "question"])
    sent = {**opened(johan, url, "question"), "question": WORDS}
    autosave = {"HTTP_HX_REQUEST": "true"}
    put_on(johan, cast.johan, Role.REPRESENTATIVE)
    answer = johan.post(url, sent, **autosave)
    assert answer.status_code == 422  # shown beside what is written, which stays as it is
    assert "data-saved" in answer.text
    assert "Inte sparat. Du har bytt till rollen Representant" in answer.text
    assert "Byt tillbaka till Handläggare" in answer.text
    with behind_the_wall():
        assert not Section.objects.filter(case=case, key="question", saved_by=cast.johan).exists()
    put_on(johan, cast.johan, Role.CASEWORKER)
    assert johan.post(url, sent, **autosave).status_code == 200
    with behind_the_wall():
        assert Section.objects.get(case=case, key="question").data["question"] == WORDS


def test_an_ended_role_is_told_to_what_saves_itself_and_the_words_stay(cast, johan, make_case) -> None:
    case = make_case("draft")
    url = reverse("referral_part", args=[case.pk, "question"])
    sent = {**opened(johan, url, "question"), "question": WORDS}
    end(cast.johan, Role.CASEWORKER)
    answer = johan.post(url, sent, HTTP_HX_REQUEST="true")
    assert answer.status_code == 422
    assert "Sidan öppnades i en roll som du inte har nu." in answer.text
    assert "kopiera det du vill ha kvar" in answer.text
    # Also at the next try: the sitting has forgotten the role, the form has not.
    assert johan.post(url, sent, HTTP_HX_REQUEST="true").status_code == 422
    whole = johan.post(url, sent)
    assert whole.status_code == 409
    assert WORDS in whole.text
    assert "Skicka i rollen du har nu" in whole.text


def test_an_ordinary_form_is_refused_and_all_of_it_is_there(cast, johan) -> None:
    begins = timezone.now() + timedelta(days=8)
    with behind_the_wall():
        slot = Slot.objects.create(
            programme=cast.knutpunkten, starts_at=begins, ends_at=begins + timedelta(hours=1), seats=6
        )
    url = reverse("book_visit")
    sent = {**opened(johan, url, "how_many"), "how_many": "2", "accessibility": "Ramp och <hiss>, tack"}
    put_on(johan, cast.johan, Role.REPRESENTATIVE)
    answer = johan.post(url, sent)
    assert answer.status_code == 409
    assert "Ramp och &lt;hiss&gt;, tack" in answer.text
    again = hidden(answer.text, "Byt roll och skicka")
    assert (again["how_many"], again["accessibility"]) == ("2", "Ramp och <hiss>, tack")
    with behind_the_wall():
        assert not slot.bookings.exists()


def test_a_file_must_be_chosen_again_and_the_page_is_one_press_away(cast, johan, make_case) -> None:
    case = make_case("draft")
    url = reverse("referral_part", args=[case.pk, "files"])
    sent = opened(johan, url, 'type="file"')
    put_on(johan, cast.johan, Role.REPRESENTATIVE)
    with open(__file__, "rb") as paper:
        answer = johan.post(
            reverse("upload_file", args=[case.pk]),
            {**sent, "file": paper},
            HTTP_REFERER=f"http://testserver{url}",
        )
    assert answer.status_code == 409
    assert "Filen du valde följde inte med." in answer.text
    back = hidden(answer.text, 'name="next"')
    assert johan.post(reverse("hats"), back).headers["Location"] == url
    assert johan.get(url).status_code == 200


def test_a_role_that_is_gone_and_no_other_is_told_without_a_word_lost(cast, sign_in, make_case) -> None:
    case = make_case("draft")
    url = reverse("referral_part", args=[case.pk, "question"])
    client = sign_in(cast.johan)
    sent = {**opened(client, url, "question"), "question": WORDS}
    end(cast.johan, Role.CASEWORKER)
    answer = client.post(url, sent)
    assert answer.status_code == 409
    assert "Du har ingen annan roll just nu." in answer.text
    assert WORDS in answer.text
    assert "put_on" not in answer.text


def test_anothers_role_cannot_be_put_on_by_a_form(cast, johan, make_case) -> None:
    case = make_case("placed", decided_at=timezone.now(), notice_given_at=timezone.now())
    hat = str(cast.karin.memberships.get().pk)
    url = reverse("step", args=[case.pk, "allocate"])
    answer = johan.post(url, {"put_on": hat, "drawn_for": hat, "supervisor": str(cast.elin.pk), "version": "1"})
    assert answer.status_code == 409
    assert hat not in answer.text
    assert johan.session[HAT_KEY] != hat
    with behind_the_wall():
        assert Case.objects.get(pk=case.pk).supervisor is None


def test_ones_own_pages_ask_for_no_role(cast, karin) -> None:
    """Keeping what is typed, and changing role, are never in the way of one another."""
    put_on(karin, cast.karin, Role.SUPERVISOR)
    old = str(cast.karin.memberships.get(role=Role.COORDINATOR).pk)
    kept = karin.post(reverse("keep_words"), {"path": "/", "fields": "[]", "drawn_for": old})
    assert kept.status_code == 200
    assert karin.post(reverse("hats"), {"hat": old, "drawn_for": "gone"}).status_code == 302
    assert karin.post(reverse("sign_out"), {"drawn_for": "gone"}).headers["Location"] == reverse("sign_in")
