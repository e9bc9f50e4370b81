"""Loggkontroll: the month's items, one of them, what an account has done and who has read about a person. No page here shows a case (W4)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from knutpunkten.access.denials import deny
from knutpunkten.access.gates import allowed
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.audit.actions import record
from knutpunkten.audit.told import told_once
from knutpunkten.organisations.models import User
from knutpunkten.review import rules
from knutpunkten.review.actions import ChangedMeanwhile, Closed, Own, review
from knutpunkten.review.forms import LookUpForm, ReviewForm
from knutpunkten.review.models import Item, LogRow, Outcome, Rule
from knutpunkten.review.words import nothing_left, reason, reviewed_meanwhile, standing
from knutpunkten.ui.paging import OpenPage, page_by_time, page_number

PER_PAGE = 50
# Of one person, and of one account in a month: the sheet that is printed should hold it all, or nearly.
ROWS_ON_PAPER = 200
CHANGES = "andringar"


@allowed(Permission.REVIEW_LOG)
@require_safe
def log_review(request: Request) -> HttpResponse:
    """The month's items with the row of each, those that are open first. Seven statements."""
    months = list(rules.rounds()[:24])
    chosen = next((one for one in months if str(one) == request.GET.get("manad")), months[0] if months else None)
    rule = request.GET.get("regel", "")
    rule = rule if rule in Rule else ""
    only_open, number = request.GET.get("visa") != "alla", page_number(request.GET.get("page"))
    found: list[Item] = []
    if chosen is not None:
        items = rules.items_of(chosen, rule, only_open=only_open)
        found = list(items[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    shown = found[:PER_PAGE]
    rows = rules.rows_of(LogRow.objects.filter(pk__in=[one.entry_id for one in shown]))
    last = rules.last_closed(chosen, rule) if chosen is not None and not shown else None
    record("log_read", by=request.who, at=timezone.now(), what="log_review", count=len(shown))
    context = {
        "months": months,
        "chosen": chosen,
        "rows": [(one, standing(one), rows.get(one.entry_id)) for one in shown],
        "nothing_left": nothing_left(chosen, rule, last) if chosen is not None and not shown else None,
        "closed_url": f"?{urlencode({'manad': chosen, 'regel': rule, 'visa': 'alla'})}" if last else "",
        "page": OpenPage(number, len(found) > PER_PAGE),
        "rules": [("", "Alla skäl"), *Rule.choices],
        "rule": rule,
        "rule_words": Rule(rule).label if rule else "alla skäl",
        "only_open": only_open,
    }
    return render(request, "review/log_review.html", context)


@allowed(Permission.REVIEW_LOG)
def item(request: Request, item_id: UUID) -> HttpResponse:
    """One item: the row, why it was drawn, and what the reviewer found."""
    found = Item.objects.select_related("user", "round", "reviewed_by").filter(pk=item_id).first()
    if found is None:
        raise deny(request, None)
    if request.method == "POST" and found.closed_at is not None:
        return already_closed(request, found)
    form = ReviewForm(request.POST or None, initial={"outcome": found.outcome, "comment": found.comment})
    if request.method == "POST" and form.is_valid():
        return saved(request, found, form)
    return shown(request, found, form=form, seen=request.POST.get("seen", found.seen))


def shown(request: Request, found: Item, *, status: int = 200, **context: Any) -> HttpResponse:
    record("log_read", by=request.who, at=timezone.now(), object_id=found.pk, what="review_item")
    row = rules.rows_of(LogRow.objects.filter(pk=found.entry_id)).get(found.entry_id)
    context |= {"item": found, "row": row, "heading": rules.heading(found, row), "standing": standing(found)}
    context["is_own"] = found.user_id == request.who.user_id
    return render(request, "review/item.html", context, status=status)


def already_closed(request: Request, found: Item) -> HttpResponse:
    """It was closed meanwhile, in another tab or by another: how, and what was sent, which is not saved (409)."""
    outcome, comment = request.POST.get("outcome", ""), request.POST.get("comment", "").strip()
    sent = {"outcome": Outcome(outcome).label if outcome in Outcome else "", "comment": comment}
    texts = [(ReviewForm.base_fields[name].label, text) for name, text in sent.items() if text]
    return shown(request, found, status=409, texts=texts, is_late=True)


def saved(request: Request, found: Item, form: ReviewForm) -> HttpResponse:
    close = "close" in request.POST
    data = form.cleaned_data
    try:
        review(
            found.pk,
            outcome=data["outcome"],
            comment=data["comment"],
            close=close,
            seen=request.POST.get("seen", ""),
            by=request.who,
            at=timezone.now(),
        )
    except Own:
        messages.warning(request, "Det här gjorde du själv. Någon annan granskar det.")
    except Closed:
        found.refresh_from_db()
        return already_closed(request, found)
    except ChangedMeanwhile:
        found.refresh_from_db()
        form.add_error(None, reviewed_meanwhile(found, request.who.user_id))
        return shown(request, found, form=form, seen=found.seen)
    else:
        messages.success(request, "Granskningen är avslutad." if close else "Sparat. Raden är kvar bland de öppna.")
    return HttpResponseRedirect(f"{reverse('log_review')}?manad={found.round}")


@allowed(Permission.REVIEW_LOG)
@require_safe
def accounts(request: Request) -> HttpResponse:
    """Whose doings can be looked at: everybody with an assignment in the association. One statement."""
    number = page_number(request.GET.get("page"))
    members = rules.staff(request.who.hat.association_id if request.who.hat else None)
    found = list(members[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    page = OpenPage(number, len(found) > PER_PAGE)
    return render(request, "review/accounts.html", {"members": found[:PER_PAGE], "page": page})


@allowed(Permission.REVIEW_LOG)
@require_safe
def account(request: Request, user_id: UUID) -> HttpResponse:
    """What an account did in a month, two hundred rows at a time. Seven statements, and one where the account is closed."""
    hat = request.who.hat
    members = list(rules.staff(hat.association_id if hat else None).filter(user=user_id))
    if not members:
        raise deny(request, None)
    user: User = members[0].user
    today = timezone.localdate()
    month = rules.month_of(request.GET.get("manad"), today)
    page = page_by_time(rules.log_of(user_id, month), request.GET, ROWS_ON_PAPER)
    record("log_read", by=request.who, at=timezone.now(), object_id=user.pk, what="reviewed_account")
    context = {
        "account": user,
        "members": members,
        "closed_at": rules.when_closed(user),
        "month": month,
        "previous": rules.previous(month),
        "next": rules.following(month) if rules.following(month) <= today else None,
        "rows": list(rules.rows_of(rules.whole(page.rows)).values()),
        "page": page,
    }
    return render(request, "review/account.html", context)


@allowed(Permission.REVIEW_LOG)
def look_up(request: Request) -> HttpResponse:
    """Somebody asks who has read about them: a number in, their page or the one sentence out. The number stands in no address."""
    form = LookUpForm(request.POST or None)
    found_nowhere = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person_id = rules.person_read_about(data["number"].digits)
        record("looked_up", by=request.who, at=timezone.now(), person_id=person_id, what=data["why"])
        if person_id is not None:
            return HttpResponseRedirect(reverse("reviewed_person", args=[person_id]))
        found_nowhere = f"Inget att visa för {data['number']}"
    return render(request, "review/look_up.html", {"form": form, "found_nowhere": found_nowhere})


@allowed(Permission.REVIEW_LOG)
@require_safe
def person(request: Request, person_id: UUID) -> HttpResponse:
    """Who has read about a person or changed what is, for whoever has looked them up that day; two hundred at a time, those of an hour as one. Seven statements."""
    now = timezone.now()
    looked_up = rules.look_ups(person_id, request.who.user_id, timezone.localdate(now)).first()
    if looked_up is None:
        raise deny(request, None)
    is_readings = request.GET.get("visa") != CHANGES
    about = rules.readings_of(person_id) if is_readings else rules.changes_about(person_id)
    page = page_by_time(about, request.GET, ROWS_ON_PAPER)
    record("read", by=request.who, at=now, person_id=person_id, what="reviewed_person")
    done = list(rules.whole(page.rows))
    denied = list(rules.denials_about(person_id)) if is_readings else []
    told = rules.rows_of([*done, *denied])
    context = {
        "looked_up": looked_up,
        "why": reason(looked_up.what),
        "chips": [("Läsningar", "?", is_readings), ("Ändringar", f"?visa={CHANGES}", not is_readings)],
        "is_readings": is_readings,
        "rows": told_once((told[entry.id] for entry in done), rules.reading),
        "denied": told_once((told[entry.id] for entry in denied), rules.reading) if page.is_first else [],
        "page": page,
    }
    return render(request, "review/person.html", context)
