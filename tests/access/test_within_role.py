"""The role narrows a list and a loaded case alike."""

from typing import Any

import pytest

from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Case
from knutpunkten.cases.rules import is_within_role, within_role
from tests.builders import make_person
from tests.conftest import behind_the_wall

# Caseworkers and representatives of the referring unit and of a party, the coordinator, two supervisors, and somebody
# without cases.
WHO = ("johan", "sara", "disa", "nadja", "mats", "karin", "elin", "peter", "bengt")
STATES = ("draft", "handed_over", "placed", "active", "closed", "cancelled")


@pytest.mark.django_db
@pytest.mark.parametrize("name", WHO)
@pytest.mark.parametrize("programme", ["knutpunkten", "lis"])
def test_of_a_list_and_of_a_loaded_case_it_is_one_question(
    name: str, programme: str, cast: Any, make_case: Any
) -> None:
    cases = [make_case(state, programme=getattr(cast, programme)) for state in STATES]
    with behind_the_wall():
        Case.objects.filter(pk=cases[-1].pk).update(handed_over_at=None)  # a draft that was thrown away
        hidden = make_person("Skyddad", "Namnsson", "197805109316", protection="sekretessmarkering")
    cases.append(make_case("active", programme=getattr(cast, programme), person=hidden))
    with acting_as(getattr(cast, name)) as who, behind_the_wall():
        loaded = Case.objects.filter(pk__in=[case.pk for case in cases])
        reached = set(loaded.filter(within_role(who)).values_list("pk", flat=True))
        assert {case.pk for case in loaded if is_within_role(case, who)} == reached
        # Whoever is named to read about a protected person answers there for a party, also as a caseworker (W5).
        assert name != "disa" or reached == {cases[-1].pk}
