"""Which hat is on: seen on every page, changed with one press, and gone the day after its last."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.other_hat import HAT_KEY
from knutpunkten.organisations.models import Membership, Role
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


def test_somebody_elses_hat_cannot_be_put_on(cast: Any, sign_in: Any) -> None:
    johan = sign_in(cast.johan)
    johan.post(reverse("hats"), {"hat": str(cast.karin.memberships.get().pk)})
    assert HAT_KEY not in johan.session
    session = johan.session
    session[HAT_KEY] = str(cast.karin.memberships.get().pk)
    session.save()
    assert johan.get(reverse("queue")).status_code == 403
    assert "Handläggare" in johan.get(reverse("start")).text


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
    assert "Rollen som sidan öppnades i har du inte längre." in answer.text
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


def test_the_steering_group_is_set_up_by_the_administrator_and_counts_as_the_association(
    cast: Any, sign_in: Any, make_case: Any
) -> None:
    case = make_case("active")
    row = {"user": str(cast.bengt.pk), "role": "association", "association": str(cast.association.pk)}
    row |= {"programme": str(cast.knutpunkten.pk), "unit": "", "starts_on": "2026-01-01", "ends_on": ""}
    admin = sign_in(cast.admin)
    assert (
        "Styrgruppen räknas som samordningsförbundet" in admin.get("/installningar/organisations/membership/add/").text
    )
    with behind_the_wall():
        Membership.objects.filter(user=cast.bengt).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert admin.post("/installningar/organisations/membership/add/", row).status_code == 302
    bengt = sign_in(cast.bengt)
    seen = bengt.get(reverse("start"), follow=True)
    assert seen.redirect_chain == [(reverse("figures"), 302)]
    assert "<span>Styrgruppen</span>" in seen.text
    assert bengt.get(reverse("case", args=[case.pk])).status_code == 403
    assert bengt.get(reverse("cases")).status_code == 403
