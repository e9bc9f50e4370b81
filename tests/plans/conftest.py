"""A case that has come to the mapping, and its parts filled in through the pages: both stand for many tests."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from knutpunkten.cases.models import Case
from knutpunkten.demo.cast import Cast
from knutpunkten.plans.models import Plan
from tests.builders import make_case
from tests.conftest import behind_the_wall, signed_in
from tests.plans.pages import agree, page, write_goal, write_mapping
from tests.standing import standing


@standing
def case(cast: Cast) -> Case:
    """Active since a month; Arbetsförmedlingen reads the plan, Gamleby hälsocentral does not."""
    with behind_the_wall():
        return make_case(
            cast,
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


@standing
def draft(case: Case, cast: Cast) -> Case:
    """The mapping is done and an empty plan begun."""
    elin = signed_in(cast.elin)
    write_mapping(elin, case)
    elin.post(page("step", case, "finish_mapping"), {"version": fresh_version(case)})
    elin.post(page("begin_plan", case))
    return case


@standing
def agreed(draft: Case, cast: Cast) -> Plan:
    """Version 1, agreed: one goal with a sub-goal that Arbetsförmedlingen should have done a week ago."""
    elin, case = signed_in(cast.elin), draft
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
