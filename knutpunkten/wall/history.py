"""Of which tables the database keeps what a row said before it was changed or removed (``history.sql``), and from when.

What nobody but its writer could read yet is written freely, and its earlier words are nobody's: a draft is not kept.
What somebody else could have read is, whoever changes it and by whatever tool.
"""

FROM_THE_FIRST = ""
SHARED = "old.disclosed_at is not null"
# The words that were shared: what is written on in a referral that came back is shared when it is handed over anew.
# Between colleagues: what the representative sent back, which the caseworker reads at once.
SHARED_AS_IT_STANDS = "old.disclosed_at >= old.saved_at or old.key = 'sent_back'"

# The condition, of ``old``, under which a changed row is kept as it was.
KEPT: dict[str, str] = {
    "people_person": FROM_THE_FIRST,
    "cases_case": FROM_THE_FIRST,
    "cases_party": FROM_THE_FIRST,
    "cases_section": SHARED_AS_IT_STANDS,
    "protection_namedreader": FROM_THE_FIRST,
    "cases_amendment": FROM_THE_FIRST,
    "documents_storedfile": FROM_THE_FIRST,  # without its content, which its hash tells of
    "consents_consent": "old.signed_on is not null",
    "meetings_knowledge": SHARED,
    "meetings_decision": FROM_THE_FIRST,
    "meetings_notice": FROM_THE_FIRST,
    "consultations_advice": FROM_THE_FIRST,
    "queue_waiting": FROM_THE_FIRST,
    "queue_offer": FROM_THE_FIRST,
    "queue_answer": FROM_THE_FIRST,
    "queue_holding": FROM_THE_FIRST,
    "first_meeting_servicedecision": FROM_THE_FIRST,
    "first_meeting_firstmeeting": FROM_THE_FIRST,
    "first_meeting_signature": FROM_THE_FIRST,
    "activities_enrolment": FROM_THE_FIRST,
    "activities_attendance": FROM_THE_FIRST,
    "activities_placement": FROM_THE_FIRST,
    "plans_mappingarea": SHARED,
    "plans_plan": "old.agreed_on is not null",
    "plans_goal": FROM_THE_FIRST,
    "plans_subgoal": FROM_THE_FIRST,
    "followup_followup": FROM_THE_FIRST,
    "closing_closing": "old.handed_over_at is not null",
    "closing_onwardplan": FROM_THE_FIRST,
}

# Of these, once their plan has been agreed: history.sql asks, for a trigger's condition may ask no other table.
OF_A_PLAN = ("plans_goal", "plans_subgoal")

# The other protected tables, each with its reason.
NOT_KEPT: dict[str, str] = {
    "cases_change": "what is kept is not changed",
    "cases_status": "written by the database from the case, which is kept",
    "cases_turn": "worked out anew from the case, which is kept",
    "audit_entry": "only grows",
    "review_round": "of the log, and of no case",
    "review_item": "of the log, and of no case",
    "notices_notice": "all that changes is that it was read",
    "notices_mail": "all that changes is that it was sent",
    "accounts_keptwords": "what somebody has not sent",
    "visits_booking": "of no case; what becomes of it stands in it",
    "procrastinate_jobs": "the queue's own",
    "procrastinate_events": "the queue's own",
    "procrastinate_periodic_defers": "the queue's own",
    "procrastinate_workers": "the queue's own",
}


def when(table: str) -> str:
    """From when a row of *table* is kept, in words."""
    if table in OF_A_PLAN:
        return "once its plan has been agreed"
    return f"where `{KEPT[table]}`" if KEPT[table] else "always"


def statements() -> list[str]:
    """The triggers: on each table that is kept, and on what is kept itself, which nothing rewrites."""
    made = [
        f"create or replace trigger keep_what_was after update or delete on {table} for each row"
        + (
            f" when ({condition}) execute function keep_what_was('whole')"
            if condition
            else " execute function keep_what_was()"
        )
        for table, condition in KEPT.items()
    ]
    made.append(
        "create or replace trigger only_grows before update or truncate on cases_change"
        " for each statement execute function only_grows()"
    )
    made.append(
        "create or replace trigger history_stays after delete on cases_change"
        " for each statement execute function history_stays()"
    )
    return made
