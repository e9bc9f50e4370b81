"""Who may be given a part in a protected person's case: those named to read it, and nobody is offered who is not (W5)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from tests.builders import ALL, let_read
from tests.conftest import behind_the_wall
from tests.first_meeting.test_start import BOOKING
from tests.meetings.pages import fresh, page
from tests.plans.pages import write_mapping

pytestmark = [pytest.mark.django_db, pytest.mark.clause("W5")]
WHERE = "utser fler under Läsare i skyddade ärenden."
PARTIES = {"Försörjningsstöd": ALL, "Knutpunktsteamet": ALL, "Arbetsförmedlingen": ALL, "Öppenpsykiatrin": ALL}


def test_only_who_reads_the_case_is_invited_to_its_first_meeting(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("allocated", parties=PARTIES, placed_at=timezone.now(), readers=[cast.mats])
    elin = sign_in(cast.elin)
    address = page("step", case, "book_first_meeting")
    shown = elin.get(address).text
    assert WHERE in shown
    for user, is_offered in ((cast.johan, True), (cast.elin, True), (cast.mats, True), (cast.ulrika, False)):
        assert (f'value="{user.pk}"' in shown) is is_offered, user
    forged = elin.post(address, {**BOOKING, "version": fresh(case).version, "known": [str(cast.ulrika.pk)]})
    assert "Välj bland dem som finns runt ärendet" in forged.text
    assert fresh(case).first_meeting_at is None


def test_of_others_everybody_around_is_offered_and_nothing_is_said(
    make_case: Callable, cast: Any, sign_in: Callable
) -> None:
    shown = sign_in(cast.elin).get(page("step", make_case("allocated", parties=PARTIES), "book_first_meeting")).text
    assert f'value="{cast.ulrika.pk}"' in shown
    assert WHERE not in shown


def test_the_supervisor_chosen_reads_from_then_on_and_the_page_says_so(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("placed", parties=PARTIES, placed_at=timezone.now(), readers=[cast.karin])
    karin = sign_in(cast.karin)
    assert "Den du väljer får läsa ärendet från och med nu." in karin.get(page("step", case, "allocate")).text
    karin.post(page("step", case, "allocate"), {"version": fresh(case).version, "supervisor": str(cast.elin.pk)})
    assert sign_in(cast.elin).get(page("case", case)).status_code == 200


def test_the_decision_on_its_own_page_offers_those_alone_who_read(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("announced", parties=PARTIES, readers=[cast.karin, cast.nadja])
    shown = sign_in(cast.karin).get(page("step", case, "queue")).text
    assert WHERE in shown
    for user, is_offered in ((cast.johan, True), (cast.karin, True), (cast.nadja, True), (cast.mats, False)):
        assert (f'value="{user.pk}"' in shown) is is_offered, user


def test_who_writes_the_plan_and_the_onward_plan_reads_in_which_units_nobody_reads_it(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("active", parties=PARTIES, placed_at=timezone.now(), readers=[cast.mats])
    elin = sign_in(cast.elin)
    write_mapping(elin, case)
    elin.post(page("step", case, "finish_mapping"), {"version": fresh(case).version})
    elin.post(page("begin_plan", case))
    addresses = (page("edit_plan", case), page("closing_part", case, "fortsattning"))
    for address in addresses:
        assert "Ingen på Region Kalmar län, Öppenpsykiatrin är utsedd att läsa ärendet." in elin.get(address).text
    with behind_the_wall():
        let_read(case, cast.ulrika)
    for address in addresses:
        assert "är utsedd att läsa" not in elin.get(address).text
