"""THE TABLE: every step a case can take, with who, from where, to where, and what it needs.

From these rows come the buttons, who may press them, what is missing before one can, the audit
event, the notices, the diagram in the docs, and the tests. The source of each row is
``steps.md``; the clauses are the written routines' own. A new step is a new row, here.

Where several steps wait at once, the first row of the table is the foremost: it stands in the
person bar.
"""

from knutpunkten.cases.actions import close_again, disclose_sections, note_orally, open_names, open_text
from knutpunkten.cases.models import Category, State
from knutpunkten.closing.actions import hand_over_report
from knutpunkten.consents.actions import sign
from knutpunkten.consents.forms import SignForm
from knutpunkten.consultations.actions import record_advice
from knutpunkten.documents.actions import disclose_files
from knutpunkten.first_meeting.actions import (
    allocate,
    book_first_meeting,
    call_off_first_meeting,
    decide_service,
    hold_first_meeting,
)
from knutpunkten.first_meeting.amend_forms import AmendDecisionForm, AmendMeetingForm
from knutpunkten.first_meeting.amendments import amend_first_meeting, amend_service_decision
from knutpunkten.first_meeting.forms import AllocateForm, BookForm, HoldForm, ServiceDecisionForm
from knutpunkten.first_meeting.rules import is_ahead
from knutpunkten.followup.actions import record_follow_up
from knutpunkten.followup.forms import FollowUpForm
from knutpunkten.meetings.actions import (
    confirm_notice,
    decide_place,
    decide_queue,
    decide_return,
    follow_meeting,
    give_notice,
    keep_return,
    leave_agenda,
    note_unanswered,
    postpone,
    put_on_agenda,
    put_on_next_agenda,
    set_on_agenda,
    take_off_as_advised,
)
from knutpunkten.meetings.forms import (
    AdmitForm,
    AnnounceForm,
    MeetingAdviceForm,
    NoticeForm,
    PostponeForm,
    QueueForm,
    ReturnForm,
    UnansweredForm,
)
from knutpunkten.meetings.knowledge import answer_for_unit
from knutpunkten.meetings.knowledge_form import AnswerForm
from knutpunkten.meetings.panels import besked_panel
from knutpunkten.organisations.models import CaseKind, Programme
from knutpunkten.plans.actions import agree_plan, finish_mapping
from knutpunkten.plans.forms import AgreeForm
from knutpunkten.queue.actions import (
    accept_offer,
    decline_offer,
    free_place,
    join_queue,
    leave_queue,
    offer_place,
    take_back_offer,
    take_free_place,
)
from knutpunkten.queue.forms import DeclineForm, OfferForm, TakeBackForm
from knutpunkten.queue.panels import panel as queue_panel
from knutpunkten.referrals.actions import drop_fallen, keep_reason, reopen, send_back, share_reason
from knutpunkten.referrals.forms import CancelForm, SendBackForm
from knutpunkten.referrals.panels import panel as referral_panel
from knutpunkten.referrals.rules import is_draft_anew
from knutpunkten.routine import needs as n
from knutpunkten.routine import waits as w
from knutpunkten.routine.facts import Facts
from knutpunkten.routine.hand_on_form import HandOnForm
from knutpunkten.routine.leaving import change_caseworker, change_supervisor
from knutpunkten.routine.step import Actor, Step

COLLABORATION, CONSULTATION = CaseKind.COLLABORATION, CaseKind.CONSULTATION
CW, REP, PR, CO, SUP, SYSTEM = Actor.CW, Actor.REP, Actor.PR, Actor.CO, Actor.SUP, Actor.SYSTEM
STAND_IN = Actor.STAND_IN

OPEN_STATES = tuple(s for s in State if s not in (State.CLOSED, State.CANCELLED))
FROM_PLACED = (State.PLACED, State.ALLOCATED, State.ACTIVE)
# The besked is owed until it has come through: a start does not take it off anybody's list (W3).
BESKED = (State.QUEUED, State.RETURNED, *FROM_PLACED)
# Whatever the group gives; and what a yes asks beside that.
AT_MEETING = (n.ON_AGENDA, n.MEETING_BEGUN, n.CONSULTATIONS_FIRST, n.READABLE)
ADMITS = (*AT_MEETING, n.STILL_NAMES_TEAM, n.EVERYBODY_ANSWERED)


def announces(programme: Programme) -> bool:
    return programme.announces


def does_not_announce(programme: Programme) -> bool:
    return not programme.announces


def has_decision(facts: Facts) -> bool:
    return bool(facts.case.decision) and facts.case.notice_given_at is None


def has_notice(facts: Facts) -> bool:
    return facts.case.notice_given_at is not None and facts.case.notice_confirmed_at is None


def has_no_service_decision(facts: Facts) -> bool:
    return facts.case.service_decision_on is None


def has_service_decision(facts: Facts) -> bool:
    return facts.case.service_decision_on is not None


def has_offer(facts: Facts) -> bool:
    return facts.case.offered_at is not None


def has_no_offer(facts: Facts) -> bool:
    return facts.case.offered_at is None


def meeting_not_held(facts: Facts) -> bool:
    return facts.case.first_meeting_held_on is None


def meeting_was_held(facts: Facts) -> bool:
    return facts.case.first_meeting_held_on is not None


def not_mapped(facts: Facts) -> bool:
    return facts.case.mapped_at is None


def not_agreed(facts: Facts) -> bool:
    return facts.case.plan_agreed_at is None


def agreed(facts: Facts) -> bool:
    return facts.case.plan_agreed_at is not None


def has_unanswered(facts: Facts) -> bool:
    return bool(facts.unanswered)


TABLE: tuple[Step, ...] = (
    # First of all: what waits for somebody who has left waits for nobody.
    Step(
        id="hand_on",
        label="Lämna över till en kollega",
        verb="Lämna över",
        what="Lämna vidare ärendet",
        clauses=("S12", "W3"),
        kind=(COLLABORATION, CONSULTATION),
        start=OPEN_STATES,
        end=None,
        actors=(REP, CW),
        form=HandOnForm,
        effects=(change_caseworker,),
        waits=w.to_hand_on,
        tells=(CW,),
        receipt="Kollegan du väljer är handläggare i ärendet, får veta det direkt och ser det på sin startsida.",
    ),
    Step(
        id="change_supervisor",
        label="Byt handledare",
        verb="Byt",
        what="Utse en ny handledare",
        clauses=("S14", "W3"),
        kind=(COLLABORATION,),
        start=(State.ALLOCATED, State.ACTIVE),
        end=None,
        actors=(CO,),
        form=AllocateForm,
        effects=(change_supervisor,),
        waits=w.to_change_supervisor,
        tells=(SUP, CW),
        receipt="Den nya handledaren och handläggaren får veta det.",
    ),
    # In every state: nothing goes on without a consent.
    Step(
        id="sign_consent",
        label="Registrera påskrivet samtycke",
        verb="Förnya",
        what="Nytt samtycke eller avbryt",
        clauses=("S4", "K2", "L9", "W1"),
        kind=(COLLABORATION, CONSULTATION),
        start=OPEN_STATES,
        end=None,
        actors=(CW,),
        form=SignForm,
        effects=(sign,),
        reaches_person=True,
        waits=w.to_renew_consent,
        page="consent",
        receipt="Samtycket är registrerat. De parter det namnger ser det som lämnas ut till dem, när det gäller.",
    ),
    # Preparation.
    Step(
        id="hand_over",
        label="Lämna till representanten",
        verb="Skriv",
        what="Skriv klart remissen",
        anew="Lämna till representanten igen",
        what_anew="Komplettera remissen",
        taken_before=is_draft_anew,
        clauses=("S1", "S4", "S5"),
        kind=(COLLABORATION,),
        start=(State.DRAFT,),
        end=State.HANDED_OVER,
        actors=(CW,),
        needs=(n.PARTS, n.NAMES_TEAM),
        effects=(drop_fallen, disclose_sections, disclose_files),
        waits=w.to_hand_over,
        tells=(REP, CW),
        page="check_referral",
        receipt="Representanten går igenom remissen och anmäler ärendet till gruppen, eller hör av sig till dig.",
        where=announces,
    ),
    Step(
        id="hand_over_directly",
        label="Lämna till representanten",
        verb="Skriv",
        what="Skriv klart remissen",
        anew="Lämna till representanten igen",
        what_anew="Komplettera remissen",
        taken_before=is_draft_anew,
        clauses=("L9", "L10"),
        kind=(COLLABORATION,),
        start=(State.DRAFT,),
        end=State.ANNOUNCED,
        actors=(CW,),
        needs=(n.PARTS, n.NAMES_TEAM),
        effects=(drop_fallen, disclose_sections, disclose_files, put_on_next_agenda, open_text),
        waits=w.to_hand_over,
        tells=(REP, PR, CO, CW),
        page="check_referral",
        receipt="Ärendet tas upp på nästa ärendemöte. Representanten lämnar besked till dig efter mötet.",
        where=does_not_announce,
    ),
    Step(
        id="hand_over_consultation",
        label="Lämna till representanten",
        verb="Skriv",
        what="Skriv klart konsultationsremissen",
        anew="Lämna till representanten igen",
        what_anew="Komplettera konsultationsremissen",
        taken_before=is_draft_anew,
        clauses=("K2", "K3"),
        kind=(CONSULTATION,),
        start=(State.DRAFT,),
        end=State.HANDED_OVER,
        actors=(CW,),
        needs=(n.PARTS, n.NAMES_TEAM),
        effects=(disclose_sections, disclose_files),
        waits=w.to_hand_over,
        tells=(REP, CW),
        page="check_referral",
        receipt="Representanten tar med konsultationen till nästa möte. Du presenterar den själv där.",
    ),
    Step(
        id="announce",
        label="Anmäl till gruppen",
        verb="Anmäl",
        what="Anmäl ärendet till gruppen",
        clauses=("S6", "S13"),
        kind=(COLLABORATION,),
        start=(State.HANDED_OVER,),
        end=State.ANNOUNCED,
        actors=(REP, STAND_IN),
        needs=(n.STILL_NAMES_TEAM,),
        form=AnnounceForm,
        effects=(put_on_agenda, open_names, note_orally),
        waits=w.to_announce,
        instead=("send_back",),
        tells=(PR, CO),
        shows=referral_panel,
        receipt="De andra representanterna får se namn och nummer, inget mer, och samlar in vad deras enheter vet.",
    ),
    Step(
        id="announce_consultation",
        label="Lämna konsultationen till gruppen",
        verb="Lämna",
        what="Lämna konsultationen till gruppen",
        clauses=("K4", "S13"),
        kind=(CONSULTATION,),
        start=(State.HANDED_OVER,),
        end=State.ANNOUNCED,
        actors=(REP, STAND_IN),
        needs=(n.STILL_NAMES_TEAM,),
        form=AnnounceForm,
        effects=(put_on_agenda, open_text, note_orally),
        waits=w.to_announce,
        instead=("send_back",),
        tells=(PR, CO, CW),
        shows=referral_panel,
        receipt="De andra representanterna får läsa konsultationsremissen. Handläggaren presenterar den på mötet.",
    ),
    Step(
        id="send_back",
        label="Skicka tillbaka",
        what="Anmäl eller skicka tillbaka",
        clauses=("S13",),
        kind=(COLLABORATION, CONSULTATION),
        start=(State.HANDED_OVER,),
        end=State.DRAFT,
        actors=(REP, STAND_IN),
        form=SendBackForm,
        effects=(send_back,),
        at_last=(close_again,),
        tells=(CW,),
        shows=referral_panel,
        receipt="Handläggaren får veta vad som saknas och kan ändra remissen.",
    ),
    Step(
        id="send_back_directly",
        label="Skicka tillbaka",
        what="Skicka tillbaka",
        clauses=("S13", "L10"),
        kind=(COLLABORATION,),
        start=(State.ANNOUNCED,),
        end=State.DRAFT,
        actors=(REP, STAND_IN),
        form=SendBackForm,
        effects=(send_back, leave_agenda),
        at_last=(close_again,),
        tells=(CW, CO),
        shows=referral_panel,
        receipt="Handläggaren får veta vad som saknas. Ärendet är borta från dagordningen.",
        where=does_not_announce,
    ),
    # Before the meeting.
    Step(
        id="disclose",
        label="Lämna uppgifter",
        verb="Svara",
        what="Lämna uppgifter till mötet",
        clauses=("S6", "K4", "W1"),
        kind=(COLLABORATION, CONSULTATION),
        start=(State.ANNOUNCED,),
        end=None,
        actors=(PR, REP, CW),
        needs=(n.LIVING_CONSENT,),
        form=AnswerForm,
        effects=(answer_for_unit,),
        waits=w.to_answer,
        page="knowledge",
        minds_version=False,
        receipt="Tack. Gruppen ser ert svar på mötet.",
    ),
    Step(
        id="set_agenda",
        label="Sätt upp på dagordningen",
        what="Sätt upp på dagordningen",
        clauses=("S7",),
        kind=(COLLABORATION,),
        start=(State.ANNOUNCED,),
        end=None,
        actors=(CO,),
        needs=(n.ON_AGENDA,),
        effects=(set_on_agenda, open_text),
        minds_version=False,
        is_quiet=True,
    ),
    Step(
        id="move_meeting",
        label="Flytta ärendemötet",
        what="Flytta ärendemötet",
        clauses=("S7",),
        kind=(COLLABORATION, CONSULTATION),
        start=(State.ANNOUNCED,),
        end=None,
        actors=(CO, SYSTEM),
        effects=(follow_meeting,),
        tells=(CW, REP, PR),
        page="meeting",
        is_elsewhere=True,
        is_quiet=True,
    ),
    Step(
        id="note_unanswered",
        label="Notera att uppgifter inte har kommit",
        verb="Notera",
        what="Notera vem som inte har svarat",
        clauses=("S6", "K4"),
        kind=(COLLABORATION, CONSULTATION),
        start=(State.ANNOUNCED,),
        end=None,
        actors=(CO,),
        form=UnansweredForm,
        effects=(note_unanswered, note_orally),
        offered=has_unanswered,
        waits=w.to_ask,
        receipt="Det är noterat. De kan fortfarande svara, så länge gruppen inte är klar med ärendet.",
        minds_version=False,
    ),
    # At the meeting.
    Step(
        id="admit",
        label="Anta till plats",
        verb="Öppna mötet",
        what="Besked på ärendemötet",
        clauses=("S7", "L10"),
        kind=(COLLABORATION,),
        start=(State.ANNOUNCED,),
        end=State.PLACED,
        actors=(CO,),
        needs=(*ADMITS, n.FREE_PLACE),
        form=AdmitForm,
        effects=(decide_place, take_free_place),
        waits=w.to_decide,
        tells=(REP,),
        page="meeting",
        receipt="Representanten lämnar besked till handläggaren.",
    ),
    Step(
        id="queue",
        label="Anta till kön",
        what="Besked på ärendemötet",
        clauses=("S7", "S8"),
        kind=(COLLABORATION,),
        start=(State.ANNOUNCED,),
        end=State.QUEUED,
        actors=(CO,),
        needs=ADMITS,
        form=QueueForm,
        effects=(decide_queue, join_queue),
        tells=(REP,),
        page="meeting",
        receipt="Ärendet står i kön. Handläggaren får veta direkt när en plats erbjuds.",
    ),
    Step(
        id="return",
        label="Återremittera",
        what="Besked på ärendemötet",
        clauses=("S7", "L10"),
        kind=(COLLABORATION,),
        start=(State.ANNOUNCED,),
        end=State.RETURNED,
        actors=(CO,),
        needs=AT_MEETING,
        form=ReturnForm,
        effects=(decide_return,),
        tells=(REP,),
        page="meeting",
        receipt="Representanten berättar för handläggaren varför, och vad som skulle ändra det.",
    ),
    Step(
        id="postpone",
        label="Ta upp på ett senare möte",
        what="Besked på ärendemötet",
        clauses=("S7",),
        kind=(COLLABORATION, CONSULTATION),
        start=(State.ANNOUNCED,),
        end=None,
        actors=(CO,),
        form=PostponeForm,
        effects=(postpone,),
        tells=(CW, REP, PR),
        page="meeting",
        receipt="Ärendet står på det mötets dagordning.",
    ),
    # The besked.
    Step(
        id="give_notice",
        label="Lämna besked",
        verb="Lämna besked",
        what="Lämna besked till handläggaren",
        clauses=("S7", "S13", "L10"),
        kind=(COLLABORATION,),
        start=BESKED,
        end=None,
        actors=(REP, STAND_IN),
        needs=(n.DECISION, n.BESKED_READ),
        form=NoticeForm,
        effects=(give_notice, note_orally),
        offered=has_decision,
        waits=w.to_give_notice,
        tells=(CW,),
        receipt="Handläggaren bekräftar när beskedet har kommit fram.",
    ),
    Step(
        id="confirm_notice",
        label="Bekräfta beskedet",
        verb="Bekräfta",
        what="Bekräfta beskedet",
        clauses=("S7", "S13"),
        kind=(COLLABORATION,),
        start=BESKED,
        end=None,
        actors=(CW,),
        needs=(n.NOTICE_GIVEN,),
        effects=(confirm_notice,),
        offered=has_notice,
        waits=w.to_confirm,
        shows=besked_panel,
        receipt="Nu vet alla att beskedet har kommit fram.",
    ),
    # The queue.
    Step(
        id="offer",
        label="Erbjud plats",
        what="Väntar på en plats",
        clauses=("S8",),
        kind=(COLLABORATION,),
        start=(State.QUEUED,),
        end=None,
        actors=(SYSTEM, CO),
        needs=(n.STILL_NAMES_TEAM, n.FREE_PLACE),
        form=OfferForm,
        effects=(offer_place,),
        offered=has_no_offer,
        tells=(CW, REP),
        receipt="Handläggaren får veta det och svarar tillsammans med personen.",
    ),
    Step(
        id="accept",
        label="Tacka ja till platsen",
        verb="Svara",
        what="Svara på erbjuden plats",
        clauses=("S8",),
        kind=(COLLABORATION,),
        start=(State.QUEUED,),
        end=State.PLACED,
        actors=(CW, CO),
        needs=(n.OFFER, n.OFFER_OVERDUE),
        effects=(accept_offer,),
        offered=has_offer,
        waits=w.to_answer_offer,
        shows=queue_panel,
        instead=("decline",),
        tells=(CO, REP),
        receipt="Platsen är er. Nästa steg står i ärendet.",
    ),
    Step(
        id="decline",
        label="Tacka nej till platsen",
        what="Tacka nej till platsen",
        clauses=("S8",),
        kind=(COLLABORATION,),
        start=(State.QUEUED,),
        end=None,
        actors=(CW, CO),
        needs=(n.OFFER, n.OFFER_OVERDUE),
        form=DeclineForm,
        effects=(decline_offer,),
        offered=has_offer,
        shows=queue_panel,
        instead=("accept",),
        tells=(CO, REP),
        receipt="Platsen erbjuds nästa i kön, om det finns någon mer att fråga. Ärendet står kvar, sist i kön.",
    ),
    Step(
        id="take_back_offer",
        label="Erbjud någon annan",
        what="Ta tillbaka erbjudandet",
        clauses=("S8",),
        kind=(COLLABORATION,),
        start=(State.QUEUED,),
        end=None,
        actors=(CO,),
        needs=(n.OFFER,),
        form=TakeBackForm,
        effects=(take_back_offer,),
        offered=has_offer,
        tells=(CW, REP),
        page="offer_another",
        is_elsewhere=True,
        receipt="Ärendet står kvar i kön där det stod.",
    ),
    # Starting.
    Step(
        id="service_decision",
        label="Registrera beslut om insats",
        verb="Registrera",
        what="Beslut om insats",
        clauses=("S12",),
        kind=(COLLABORATION,),
        start=(State.PLACED, State.ALLOCATED),
        end=None,
        actors=(CW,),
        form=ServiceDecisionForm,
        effects=(decide_service,),
        offered=has_no_service_decision,
        waits=w.to_decide_service,
        tells=(SUP,),
        minds_version=False,
        receipt="Beslutet är registrerat och står i ärendet.",
    ),
    Step(
        id="allocate",
        label="Utse handledare",
        verb="Utse",
        what="Utse handledare",
        clauses=("L11",),
        kind=(COLLABORATION,),
        start=(State.PLACED,),
        end=State.ALLOCATED,
        actors=(CO,),
        needs=(n.STILL_NAMES_TEAM,),
        form=AllocateForm,
        effects=(allocate,),
        waits=w.to_allocate,
        tells=(SUP, CW),
        receipt="Handledaren får veta det och bokar första mötet.",
    ),
    Step(
        id="book_first_meeting",
        label="Boka första mötet",
        anew="Flytta första mötet",
        what_anew="Flytta första mötet",
        taken_before=is_ahead,
        verb="Boka",
        what="Boka första mötet",
        clauses=("S9", "L11"),
        kind=(COLLABORATION,),
        start=(State.ALLOCATED,),
        end=None,
        actors=(SUP,),
        needs=(n.STILL_NAMES_TEAM,),
        form=BookForm,
        effects=(book_first_meeting,),
        offered=meeting_not_held,
        waits=w.to_book,
        tells=(CW,),
        receipt="De inbjudna får veta det och hämtar tiden till sin kalender i ärendet. Skriv ut kontraktet till mötet.",
    ),
    Step(
        id="hold_first_meeting",
        label="Registrera första mötet",
        verb="Registrera",
        what="Håll första mötet",
        clauses=("S9", "L11"),
        kind=(COLLABORATION,),
        start=(State.ALLOCATED,),
        end=None,
        actors=(SUP,),
        needs=(n.MEETING_BOOKED, n.STILL_NAMES_TEAM),
        form=HoldForm,
        effects=(hold_first_meeting,),
        offered=meeting_not_held,
        waits=w.to_hold,
        receipt="Mötet är registrerat. Starta insatsen den dag ni kom överens om: den startar inte av sig själv.",
    ),
    Step(
        id="start",
        label="Starta insatsen",
        verb="Starta",
        what="Starta insatsen",
        clauses=("S9", "S12"),
        kind=(COLLABORATION,),
        start=(State.ALLOCATED,),
        end=State.ACTIVE,
        actors=(SUP,),
        needs=(n.MEETING_HELD, n.CONTRACT, n.PRIVACY, n.SERVICE_DECISION, n.START_DAY, n.STILL_NAMES_TEAM),
        waits=w.to_start,
        tells=(CW, CO),
        receipt="Insatsen har startat. Börja med kartläggningen.",
    ),
    # Registered already, and wrong or agreed anew: with a reason, and what stood before stays.
    Step(
        id="amend_service_decision",
        label="Ändra beslutet om insats",
        what="Ändra beslutet om insats",
        clauses=("S12",),
        kind=(COLLABORATION,),
        start=FROM_PLACED,
        end=None,
        actors=(CW,),
        form=AmendDecisionForm,
        effects=(amend_service_decision,),
        offered=has_service_decision,
        tells=(SUP,),
        receipt="Beslutet är ändrat. Det som stod förut finns kvar, med ditt skäl.",
    ),
    Step(
        id="amend_first_meeting",
        label="Ändra det som kom fram på första mötet",
        what="Ändra det som kom fram på första mötet",
        clauses=("S9", "L11"),
        kind=(COLLABORATION,),
        start=(State.ALLOCATED, State.ACTIVE),
        end=None,
        actors=(SUP,),
        needs=(n.STILL_NAMES_TEAM,),
        form=AmendMeetingForm,
        effects=(amend_first_meeting,),
        offered=meeting_was_held,
        tells=(CW,),
        receipt="Det är ändrat, och handläggaren får veta det. Det som stod förut finns kvar, med ditt skäl.",
    ),
    # Taking part.
    Step(
        id="finish_mapping",
        label="Kartläggningen är klar",
        verb="Kartlägg",
        what="Kartläggning",
        clauses=("S14", "L3"),
        kind=(COLLABORATION,),
        start=(State.ACTIVE,),
        end=None,
        actors=(SUP,),
        needs=(n.MAPPING, n.STILL_NAMES_TEAM),
        effects=(finish_mapping,),
        offered=not_mapped,
        waits=w.to_map,
        page="mapping",
        receipt="Kartläggningen är klar. Skriv planen tillsammans.",
    ),
    Step(
        id="agree_plan",
        label="Kom överens om planen",
        verb="Skriv",
        what="Genomförandeplan",
        clauses=("S14", "L5"),
        kind=(COLLABORATION,),
        start=(State.ACTIVE,),
        end=None,
        actors=(SUP,),
        needs=(n.MAPPED, n.PLAN, n.STILL_NAMES_TEAM),
        form=AgreeForm,
        effects=(agree_plan,),
        offered=not_agreed,
        waits=w.to_plan,
        tells=(CW, PR),
        about=Category.PLANNING,
        page="plan",
        receipt="Planen gäller. De som följer planeringen får veta det och ser den.",
    ),
    Step(
        id="follow_up",
        label="Registrera uppföljning",
        verb="Följ upp",
        what="Uppföljningsmöte",
        clauses=("S10",),
        kind=(COLLABORATION,),
        start=(State.ACTIVE,),
        end=None,
        actors=(SUP,),
        needs=(n.PLAN_AGREED, n.STILL_NAMES_TEAM),
        form=FollowUpForm,
        effects=(record_follow_up,),
        offered=agreed,
        waits=w.to_follow_up,
        tells=(CW, PR),
        about=Category.PLANNING,
        page="follow_up",
        receipt="Uppföljningen är registrerad och nästa datum är satt. De som följer planeringen får veta det.",
    ),
    Step(
        id="close",
        label="Avsluta och lämna över slutdokumentationen",
        verb="Avsluta",
        what="Avslutsmöte",
        clauses=("S11", "S14"),
        kind=(COLLABORATION,),
        start=(State.ACTIVE,),
        end=State.CLOSED,
        actors=(SUP,),
        needs=(n.CLOSING,),
        effects=(hand_over_report, free_place),
        waits=w.to_close,
        tells=(CW, CO, PR),
        about=Category.PLANNING,
        page="closing",
        receipt="Insatsen är avslutad. Slutdokumentationen läses utanför teamet bara med stöd av ett samtycke som "
        "omfattar planeringen. Platsen erbjuds nästa i kön, om det finns någon att fråga.",
    ),
    # Consultation.
    Step(
        id="present",
        label="Konsultationen är presenterad",
        verb="Öppna mötet",
        what="Presentera på ärendemötet",
        clauses=("K5",),
        kind=(CONSULTATION,),
        start=(State.ANNOUNCED,),
        end=State.PRESENTED,
        actors=(CO,),
        needs=(n.ON_AGENDA, n.MEETING_BEGUN, n.STILL_NAMES_TEAM, n.CASEWORKER_PRESENT, n.BEFORE_CASES),
        effects=(take_off_as_advised,),
        waits=w.to_present,
        page="meeting",
        receipt="Skriv ner råden medan ni minns dem.",
    ),
    Step(
        id="close_consultation",
        label="Skicka råden och avsluta",
        way_in="Skriv råden",
        verb="Skriv",
        what="Skriv ner råden",
        clauses=("K5",),
        kind=(CONSULTATION,),
        start=(State.PRESENTED,),
        end=State.CLOSED,
        actors=(CO,),
        form=MeetingAdviceForm,
        effects=(record_advice,),
        waits=w.to_advise,
        tells=(CW,),
        receipt="Råden är skickade till handläggaren.",
    ),
    # Ways back and out.
    Step(
        id="reopen",
        label="Ta upp remissen igen",
        verb="Välj",
        what="Ta upp igen, eller avbryt",
        clauses=("S7",),
        kind=(COLLABORATION,),
        start=(State.RETURNED,),
        end=State.DRAFT,
        actors=(CW,),
        effects=(keep_return, reopen),
        at_last=(close_again,),
        waits=w.to_reopen,
        shows=besked_panel,
        instead=("cancel",),
        receipt="Remissen är ett utkast igen. Kontrollera att samtycket fortfarande gäller.",
    ),
    Step(
        id="cancel",
        label="Avbryt ärendet",
        what="Avbryt ärendet",
        clauses=("S12",),
        kind=(COLLABORATION, CONSULTATION),
        start=OPEN_STATES,
        end=State.CANCELLED,
        actors=(CW,),
        form=CancelForm,
        effects=(keep_reason, share_reason, leave_agenda, leave_queue, free_place, call_off_first_meeting),
        tells=(REP, CO, SUP),
        receipt="Ärendet är avbrutet. Det du har skrivit finns kvar hos din enhet.",
    ),
    Step(
        id="cancel_placed",
        label="Avbryt insatsen",
        what="Avbryt insatsen",
        clauses=("S12",),
        kind=(COLLABORATION,),
        start=FROM_PLACED,
        end=State.CANCELLED,
        actors=(CO, SUP),
        form=CancelForm,
        effects=(keep_reason, share_reason, leave_queue, free_place, call_off_first_meeting),
        tells=(CW, REP, CO, SUP),
        receipt="Ärendet är avbrutet. Platsen erbjuds nästa i kön, om det finns någon att fråga.",
    ),
)

STEPS: dict[str, Step] = {step.id: step for step in TABLE}
