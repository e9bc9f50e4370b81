"""A case that has come to the mapping, and its parts filled in through the pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from knutpunkten.plans.models import Plan
from tests.conftest import behind_the_wall
from tests.plans.pages import agree, page, write_goal, write_mapping


@pytest.fixture
def case(make_case: Callable[..., Any]) -> Any:
    """Active since a month; Arbetsförmedlingen reads the plan, Gamleby hälsocentral does not."""
    return make_case(
        "active",
        parties={
            "Försörjningsstöd": ["grund", "social", "planering"],
            "Knutpunktsteamet": ["grund", "social", "halsa", "arbete", "arbetsmarknad", "planering"],
            "Arbetsförmedlingen": ["grund", "arbete", "planering"],
            "Gamleby hälsocentral": ["grund", "halsa"],
        },
    )


@pytest.fixture
def elin(sign_in: Callable[..., Client], cast: Any) -> Client:
    return sign_in(cast.elin)


@pytest.fixture
def agreed(case: Any, elin: Client, cast: Any) -> Plan:
    """Version 1, agreed: one goal with a sub-goal that Arbetsförmedlingen should have done a week ago."""
    write_mapping(elin, case)
    elin.post(page("step", case, "finish_mapping"), {"version": fresh_version(case)})
    elin.post(page("begin_plan", case))
    late = timezone.localdate() - timedelta(days=7)
    unit = cast.unit("Arbetsförmedlingen")
    write_goal(elin, case, what="Besked om lönebidrag", responsible="Mats Lindahl", unit=unit, due_on=late)
    agree(elin, case, fresh_version(case))
    with behind_the_wall():
        return Plan.objects.get(case=case, version=1)


def fresh_version(case: Any) -> int:
    with behind_the_wall():
        case.refresh_from_db()
    return case.version
