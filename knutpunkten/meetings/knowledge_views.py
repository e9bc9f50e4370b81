"""The page of what my unit knows (S6, W1). Writing there stands at the desk: it may move the case."""

from collections.abc import Collection

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from knutpunkten.access.request import Request
from knutpunkten.cases.access import OpenCase
from knutpunkten.cases.models import State
from knutpunkten.cases.rules import covered_until
from knutpunkten.meetings.knowledge_form import AnswerForm
from knutpunkten.meetings.panels import knowledge_panel, known_to
from knutpunkten.meetings.rules import KNOWN_CATEGORIES
from knutpunkten.organisations.models import Role
from knutpunkten.referrals.rules import sections_read

# The coordinator never discloses for another authority (steps.md).
ANSWERING = (Role.REPRESENTATIVE, Role.CASEWORKER)


def is_open_to_answers(opened: OpenCase) -> bool:
    return opened.case.state == State.ANNOUNCED and opened.who.role in ANSWERING and opened.follows


def shows_the_parties(opened: OpenCase) -> bool:
    """Whether the page shows what the parties disclosed; till then, and to an asked unit, no more than the unit's own."""
    return opened.case.state != State.ANNOUNCED or not opened.follows


def is_told(opened: OpenCase) -> bool:
    """Whether the reader is shown what is disclosed, in any category, or what the unit has written. At most one statement."""
    reads = opened.reads_text and any(category in opened.reads for category in KNOWN_CATEGORIES)
    return reads or bool(known_to(opened.case.pk, opened.who.unit_id, reads=opened.categories))


def knowledge_page(
    request: Request, opened: OpenCase, wrong: AnswerForm | None = None, written: Collection[str] = ()
) -> HttpResponse:
    """The page; *wrong* is the form as it was sent, to save or to disclose, with its errors.

    *written*: the categories that were saved all the same.
    """
    today = timezone.localdate()
    initial = {"amend": request.GET.get("andra", ""), "ticked": request.GET.get("ikryssat")}
    form = wrong or AnswerForm(case=opened.case, who=request.who, initial=initial)
    amend = amended(form)
    lacks_consent = covered_until(opened.parties, today) is None
    is_open = is_open_to_answers(opened) and not lacks_consent
    context = {
        "opened": opened,
        "today": today,
        "form": form,
        "parts": form.parts(),
        "is_open": is_open,
        "lacks_consent": lacks_consent,
        "amend": amend,
        "seen": form.seen(written),
        "question": question_read(opened) if is_open else "",
        "may_be_unknown": not form.knows_them and not any(row.disclosed_at for row in form.rows.values()),
        "last_saved": max((row.written_at for row in form.rows.values()), default=None),
    }
    if shows_the_parties(opened) and (shared := knowledge_panel(opened, today)):
        # The meeting is over, or one is a party no more: one reads here what is left to read, and writes nothing.
        context |= {"is_over": True, **shared.context}
    return render(request, "meetings/knowledge.html", context)


def question_read(opened: OpenCase) -> str:
    """What the group is asked, for a unit that may read the referral already. One statement."""
    section = sections_read(opened).get("question") if opened.reads_text else None
    return section.data.get("question", "") if section else ""


def amended(form: AnswerForm) -> str:
    """The category whose disclosed text stands in a field again; empty if none does."""
    return next((c.value for c in KNOWN_CATEGORIES if form.is_asked(c) and form.is_disclosed(c)), "")
