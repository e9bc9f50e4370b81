"""Which hat is on: seen on every page, changed with one press, and gone the day after its last."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.other_hat import HAT_KEY
from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Case
from knutpunkten.organisations.models import Association, Membership, Role
from tests.builders import make_person
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db
TODAY, YESTERDAY = timedelta(0), timedelta(days=-1)


@pytest.fixture
def karin_guides_too(cast: Any) -> Any:
    """Karin, Knutpunkten's coordinator, is also a supervisor at LIS."""
    with behind_the_wall():
        Membership.objects.create(
            user=cast.karin,
            role=Role.SUPERVISOR,
            unit=cast.unit("LIS-teamet"),
            programme=cast.lis,
            starts_on=timezone.localdate() - timedelta(days=10),
        )
    return cast.karin


def end(user: Any, role: str, days: timedelta) -> None:
    with behind_the_wall():
        Membership.objects.filter(user=user, role=role).update(ends_on=timezone.localdate() + days)


@pytest.mark.parametrize("name", ["start", "cases", "inbox", "contact_list", "routines", "hats"])
def test_the_hat_that_is_on_stands_on_every_page(name: str, karin_guides_too: Any, sign_in: Any) -> None:
    karin = sign_in(karin_guides_too)
    seen = karin.get(reverse(name)).text
    assert "<span>Samordnare, Knutpunkten</span>" in seen
    assert "Byt till Handledare, Knutpunkten LIS" in seen


def test_another_hat_is_one_press_away_and_stays_on(karin_guides_too: Any, sign_in: Any) -> None:
    karin = sign_in(karin_guides_too)
    other = karin_guides_too.memberships.get(role=Role.SUPERVISOR)
    assert karin.post(reverse("hats"), {"hat": str(other.pk)}).status_code == 302
    for name in ("start", "cases"):
        seen = karin.get(reverse(name)).text
        assert "<span>Handledare, Knutpunkten LIS</span>" in seen
        assert "Byt till Samordnare, Knutpunkten" in seen
    assert karin.get(reverse("queue")).status_code == 403


@pytest.mark.parametrize(
    ("name", "where"), [("johan", "Västerviks kommun, Försörjningsstöd"), ("mats", "Arbetsförmedlingen")]
)
def test_a_hat_says_where_it_is_worn_and_no_name_twice(name: str, where: str, cast: Any, sign_in: Any) -> None:
    assert f'<span class="meta">{where}</span>' in sign_in(getattr(cast, name)).get(reverse("hats")).text


@pytest.mark.parametrize(
    ("name", "label", "where"),
    [("Samordningsförbundet Tjust", "Samordningsförbundet", "Tjust"), ("Tjust", "Samordningsförbundet", "Tjust")],
)
def test_the_associations_hat_says_its_name_once(name: str, label: str, where: str, cast: Any, sign_in: Any) -> None:
    with behind_the_wall():
        Association.objects.filter(pk=cast.association.pk).update(name=name)
    text = sign_in(cast.bengt).get(reverse("hats")).text
    assert f'<strong>{label}</strong> <span class="meta">{where}</span>' in text
    with acting_as(cast.bengt) as who:
        assert who.hat.words == f"{label}, {where}"


def test_a_reviewers_hat_says_whose_log_it_is(cast: Any, sign_in: Any) -> None:
    text = sign_in(cast.lotta).get(reverse("hats")).text
    assert f'<strong>Granskare</strong> <span class="meta">{cast.association.name}</span>' in text


def test_somebody_elses_hat_cannot_be_put_on(cast: Any, sign_in: Any) -> None:
    johan = sign_in(cast.johan)
    johan.post(reverse("hats"), {"hat": str(cast.karin.memberships.get().pk)})
    assert HAT_KEY not in johan.session
    session = johan.session
    session[HAT_KEY] = str(cast.karin.memberships.get().pk)
    session.save()
    assert johan.get(reverse("queue")).status_code == 403
    assert "Handläggare" in johan.get(reverse("start")).text


def test_who_is_also_a_participant_sees_their_own_case_under_that_hat_and_no_others(
    cast: Any, sign_in: Any, make_case: Any
) -> None:
    with behind_the_wall():
        own = make_person("Johan", "Wik", account=cast.johan)
    make_case("active", person=own, caseworker=cast.tove)
    others = make_case("active")
    johan = sign_in(cast.johan)
    assert johan.get(reverse("case", args=[others.pk])).status_code == 200
    assert johan.post(reverse("hats"), {"hat": "None"}).status_code == 302
    assert johan.get(reverse("case", args=[others.pk])).status_code == 403
    seen = johan.get(reverse("own_page"))
    assert seen.status_code == 200
    assert "<span>Deltagare</span>" in seen.text
    assert "Byt till Handläggare" in seen.text


@pytest.mark.clause("W1")
def test_a_hat_holds_on_its_last_day_and_is_gone_the_next_also_in_a_session_under_way(
    cast: Any, sign_in: Any, make_case: Any
) -> None:
    case = make_case("active")
    karin = sign_in(cast.karin)
    assert karin.get(reverse("case", args=[case.pk])).status_code == 200
    end(cast.karin, Role.COORDINATOR, TODAY)
    assert karin.get(reverse("case", args=[case.pk])).status_code == 200
    end(cast.karin, Role.COORDINATOR, YESTERDAY)
    assert karin.get(reverse("case", args=[case.pk])).status_code == 403
    for name in ("cases", "queue", "search", "inbox"):
        assert karin.get(reverse(name)).status_code == 403, name
    told = karin.get(reverse("start"), follow=True)
    assert told.redirect_chain == [(reverse("hats"), 302)]
    assert "Du har ingen roll just nu" in told.text
    assert "Ingen roll" in told.text
    assert "Snart" not in told.text


def test_who_has_no_role_yet_reads_which_begins_and_when(cast: Any, sign_in: Any) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with behind_the_wall():
        cast.karin.memberships.update(starts_on=tomorrow, ends_on=None)
    told = sign_in(cast.karin).get(reverse("hats")).text
    assert "Du har ingen roll just nu" in told
    assert 'Samordnare</strong> <span class="meta">Knutpunkten, Knutpunktsteamet</span>' in told
    assert re.search(rf"Från <time[^>]*>{tomorrow}</time>", told)


@pytest.mark.clause("W1")
def test_an_account_made_inactive_is_signed_out_at_its_next_click(cast: Any, sign_in: Any, make_case: Any) -> None:
    case = make_case("active")
    johan = sign_in(cast.johan)
    with behind_the_wall():
        type(cast.johan).objects.filter(pk=cast.johan.pk).update(is_active=False)
    answer = johan.get(reverse("case", args=[case.pk]))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("sign_in"))


def test_what_was_meant_under_a_hat_that_has_ended_is_not_done_under_another(
    karin_guides_too: Any, sign_in: Any
) -> None:
    karin = sign_in(karin_guides_too, role=Role.SUPERVISOR)
    end(karin_guides_too, Role.SUPERVISOR, YESTERDAY)
    answer = karin.post(reverse("mark_read"))
    assert answer.status_code == 409
    assert "Sidan öppnades i en roll som du inte har nu." in answer.text
    assert "Nu har du rollen <strong>Samordnare, Knutpunkten</strong>." in answer.text
    # Said once; and signing out is never in the way of it.
    assert "har upphört" not in karin.get(reverse("start")).text


def test_a_hat_ended_before_a_page_is_only_read_shows_what_the_other_may_see(
    karin_guides_too: Any, sign_in: Any
) -> None:
    karin = sign_in(karin_guides_too, role=Role.SUPERVISOR)
    end(karin_guides_too, Role.SUPERVISOR, YESTERDAY)
    seen = karin.get(reverse("start")).text
    assert "Rollen du hade har upphört." in seen
    assert "<span>Samordnare</span>" in seen


def test_a_command_acts_under_the_hat_it_names_at_its_moment_and_nobody_asks_after_it(
    karin_guides_too: Any, make_case: Any
) -> None:
    case = make_case("active")
    week_ago = timezone.now() - timedelta(days=7)
    with acting_as(karin_guides_too, role=Role.SUPERVISOR, at=week_ago) as who:
        assert (who.role, who.today) == (Role.SUPERVISOR, timezone.localdate(week_ago))
        assert not Case.objects.filter(pk=case.pk).exists()
    with acting_as(karin_guides_too, role=Role.COORDINATOR):
        assert Case.objects.filter(pk=case.pk).exists()
    assert not Case.objects.filter(pk=case.pk).exists()
    with pytest.raises(LookupError), acting_as(karin_guides_too, role=Role.REPRESENTATIVE):
        pass


def test_the_steering_group_is_set_up_by_the_administrator_and_counts_as_the_association(
    cast: Any, sign_in: Any, make_case: Any
) -> None:
    case = make_case("active")
    row = {"user": str(cast.bengt.pk), "role": "association", "association": str(cast.association.pk)}
    row |= {"programme": str(cast.knutpunkten.pk), "unit": "", "starts_on": "2026-01-01", "ends_on": ""}
    admin = sign_in(cast.admin)
    said = admin.get("/installningar/organisations/membership/add/").text
    assert "Styrgruppen räknas som samordningsförbundet" in said
    assert "Gruppen ser siffrorna för alla förbundets insatser." in said
    of_the_association = sign_in(cast.bengt).get(reverse("figures")).text
    assert f"<span>{Role.ASSOCIATION.label}</span>" in of_the_association
    with behind_the_wall():
        Membership.objects.filter(user=cast.bengt).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert admin.post("/installningar/organisations/membership/add/", row).status_code == 302
    bengt = sign_in(cast.bengt)
    seen = bengt.get(reverse("start"), follow=True)
    assert seen.redirect_chain == [(reverse("figures"), 302)]
    assert "<span>Styrgruppen</span>" in seen.text
    listed = admin.get("/installningar/organisations/membership/", {"q": cast.bengt.email}).text
    assert len(re.findall('field-called">Styrgruppen<', listed)) == 1
    assert "Styrgruppen ser antal, aldrig ärenden." in bengt.get(reverse("queue")).text
    assert bengt.get(reverse("case", args=[case.pk])).status_code == 403
    assert bengt.get(reverse("cases")).status_code == 403
