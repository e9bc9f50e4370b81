"""What my unit knows: written at one's own pace, disclosed by a step of the routine (S6, W1)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.cases.access import OpenCase, case_for
from knutpunkten.cases.models import State
from knutpunkten.meetings.knowledge import write_knowledge
from knutpunkten.meetings.knowledge_form import AnswerForm
from knutpunkten.meetings.panels import knowledge_panel
from knutpunkten.organisations.models import Role
from knutpunkten.referrals.rules import sections_read
from knutpunkten.ui.templatetags.ui import saved_at

# The coordinator never discloses for another authority (steps.md).
ANSWERING = (Role.REPRESENTATIVE, Role.CASEWORKER)


@allowed(Permission.SHARE_KNOWLEDGE)
def knowledge(request: Request, case_id: UUID) -> HttpResponse:
    """Write and save here; the buttons that answer send the same fields to the step ``disclose``."""
    opened = case_for(request, case_id, Permission.SHARE_KNOWLEDGE, read="knowledge")
    now = timezone.now()
    is_open = opened.case.state == State.ANNOUNCED and request.who.role in ANSWERING and opened.follows
    amend = request.GET.get("andra", "")
    if request.method == "POST" and is_open:
        form = AnswerForm(request.POST, case=opened.case, who=request.who)
        form.full_clean()
        wrong = {name for name in form.errors if name.startswith(("text_", "can_"))}
        # A text that was disclosed is amended by a button, never by the saving that goes on while one writes.
        known = {c: k for c, k in form.known().items() if not request.htmx or not is_disclosed(form, c)}
        write_knowledge(opened.case, known, by=request.who, at=now)
        if request.htmx:
            if wrong:
                return HttpResponse("Korta texten för att den ska sparas.", status=422)
            return HttpResponse(saved_at(now))
        if not wrong:
            messages.success(request, "Sparat. Ingen annan läser det förrän ni lämnar ut det.")
            return HttpResponseRedirect(reverse("knowledge", args=[case_id]))
        for name in [name for name in form.errors if name not in wrong]:
            del form.errors[name]
    else:
        form = AnswerForm(case=opened.case, who=request.who, initial={"amend": amend})
    context = {
        "opened": opened,
        "today": timezone.localdate(now),
        "form": form,
        "parts": form.parts(),
        "is_open": is_open,
        "amend": amend,
        "question": question_read(opened) if is_open else "",
        "has_shared": any(row.disclosed_at for row in form.rows.values()),
        "last_saved": max((row.written_at for row in form.rows.values()), default=None),
    }
    is_over = opened.case.state != State.ANNOUNCED or not opened.follows
    if is_over and (shared := knowledge_panel(opened, timezone.localdate(now))):
        # The meeting is over, or one is a party no more: one reads here what is left to read, and writes nothing.
        context |= {"is_over": True, **shared.context}
    return render(request, "meetings/knowledge.html", context)


def question_read(opened: OpenCase) -> str:
    """What the group is asked, for a unit that may read the referral already. One statement."""
    section = sections_read(opened).get("question") if opened.reads_text else None
    return section.data.get("question", "") if section else ""


def is_disclosed(form: AnswerForm, category: str) -> bool:
    row = form.rows.get(category)
    return row is not None and row.disclosed_at is not None
