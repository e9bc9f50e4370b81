"""What people do around a case meeting, on its pages."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knutpunkten.cases.models import Case
from knutpunkten.meetings.models import AgendaItem, Meeting
from tests.conftest import assert_turns_stand, behind_the_wall


def page(name: str, *args: Any) -> str:
    """The address of a page, for objects or ids."""
    return reverse(name, args=[getattr(arg, "pk", arg) for arg in args])


def fresh(case: Case) -> Case:
    """The case as it now stands in the table."""
    with behind_the_wall():
        return Case.objects.get(pk=case.pk)


def take(client: Client, case: Case, step: str, **data: Any) -> HttpResponse:
    """Take a step on its own page, having seen the case as it is."""
    answer = client.post(page("step", case, step), {"version": fresh(case).version, **data}, follow=True)
    assert_turns_stand(case.pk, timezone.now())
    return answer


def decide(client: Client, sitting: Meeting, case: Case, which: str, **data: Any) -> HttpResponse:
    """Press one of the choices in meeting mode, having seen the case as it is."""
    values = {"version": fresh(case).version, "decision": which, **data}
    return client.post(page("meeting_case", sitting, case), values, follow=True)


def put(case: Case, meeting: Meeting, purpose: str = "decide", **fields: Any) -> AgendaItem:
    """Stand the case on an agenda, as announcing it would have."""
    position = AgendaItem.objects.filter(meeting=meeting).count()
    return AgendaItem.objects.create(
        meeting=meeting,
        case_id=case.pk,
        number=case.number,
        kind=case.kind,
        purpose=purpose,
        position=position,
        **fields,
    )


def item_of(case: Case, meeting: Meeting) -> AgendaItem:
    return AgendaItem.objects.get(case_id=case.pk, meeting=meeting)
