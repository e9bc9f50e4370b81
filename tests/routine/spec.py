"""What steps.md says of each step, written down a second time and apart from the table.

The table is what the product does; this is what it must do. The walk holds one against the other.
Columns: where from, where to (None: stays), who, which needs.
"""

OPEN = "draft handed_over announced queued placed returned allocated active presented"

SPEC: dict[str, tuple[str, str | None, str, str]] = {
    "hand_on": (OPEN, None, "representative caseworker", ""),
    "change_supervisor": ("allocated active", None, "coordinator", ""),
    "sign_consent": (OPEN, None, "caseworker", ""),
    "hand_over": ("draft", "handed_over", "caseworker", "parts names_team"),
    "hand_over_directly": ("draft", "announced", "caseworker", "parts names_team"),
    "hand_over_consultation": ("draft", "handed_over", "caseworker", "parts names_team"),
    "announce": ("handed_over", "announced", "representative stand_in", "names_team"),
    "announce_consultation": ("handed_over", "announced", "representative stand_in", "names_team"),
    "send_back": ("handed_over", "draft", "representative stand_in", ""),
    "send_back_directly": ("announced", "draft", "representative stand_in", ""),
    "disclose": ("announced", None, "party representative caseworker", "living_consent"),
    "set_agenda": ("announced", None, "coordinator", "on_agenda"),
    "move_meeting": ("announced", None, "coordinator system", ""),
    "note_unanswered": ("announced", None, "coordinator", ""),
    "admit": (
        "announced",
        "placed",
        "coordinator",
        "on_agenda meeting_begun consultations_first readable names_team everybody_answered free_place",
    ),
    "queue": (
        "announced",
        "queued",
        "coordinator",
        "on_agenda meeting_begun consultations_first readable names_team everybody_answered",
    ),
    "return": ("announced", "returned", "coordinator", "on_agenda meeting_begun consultations_first readable"),
    "postpone": ("announced", None, "coordinator", ""),
    "give_notice": ("placed queued returned allocated active", None, "representative stand_in", "decision besked_read"),
    "confirm_notice": ("placed queued returned allocated active", None, "caseworker", "notice_given"),
    "offer": ("queued", None, "system coordinator", "names_team free_place"),
    "accept": ("queued", "placed", "caseworker coordinator", "offer offer_overdue"),
    "decline": ("queued", None, "caseworker coordinator", "offer offer_overdue"),
    "take_back_offer": ("queued", None, "coordinator", "offer"),
    "service_decision": ("placed allocated", None, "caseworker", ""),
    "allocate": ("placed", "allocated", "coordinator", "names_team"),
    "book_first_meeting": ("allocated", None, "supervisor", "names_team"),
    "hold_first_meeting": ("allocated", None, "supervisor", "meeting_booked names_team"),
    "start": (
        "allocated",
        "active",
        "supervisor",
        "meeting_held contract privacy service_decision start_day names_team",
    ),
    "amend_service_decision": ("placed allocated active", None, "caseworker", ""),
    "amend_first_meeting": ("allocated active", None, "supervisor", "names_team"),
    "finish_mapping": ("active", None, "supervisor", "mapping names_team"),
    "agree_plan": ("active", None, "supervisor", "mapped plan names_team"),
    "follow_up": ("active", None, "supervisor", "plan_agreed names_team"),
    "close": ("active", "closed", "supervisor", "closing"),
    "present": (
        "announced",
        "presented",
        "coordinator",
        "on_agenda meeting_begun names_team caseworker_present before_cases",
    ),
    "close_consultation": ("presented", "closed", "coordinator", ""),
    "reopen": ("returned", "draft", "caseworker", ""),
    "cancel": (OPEN, "cancelled", "caseworker", ""),
    "cancel_placed": ("placed allocated active", "cancelled", "coordinator supervisor", ""),
}

CONSULTATION_ONLY = {"hand_over_consultation", "announce_consultation", "present", "close_consultation"}
BOTH = {"hand_on", "sign_consent", "send_back", "disclose", "move_meeting", "note_unanswered", "postpone", "cancel"}
ANNOUNCES = {"hand_over": True, "hand_over_directly": False, "send_back_directly": False}

# Who is told that a step was taken. The steps that are not here tell nobody.
TELLS = {
    "hand_on": "caseworker",
    "change_supervisor": "supervisor caseworker",
    "hand_over": "representative caseworker",
    "hand_over_directly": "representative party coordinator caseworker",
    "hand_over_consultation": "representative caseworker",
    "announce": "party coordinator",
    "announce_consultation": "party coordinator caseworker",
    "send_back": "caseworker",
    "send_back_directly": "caseworker coordinator",
    "move_meeting": "caseworker representative party",
    "admit": "representative",
    "queue": "representative",
    "return": "representative",
    "postpone": "caseworker representative party",
    "give_notice": "caseworker",
    "offer": "caseworker representative",
    "accept": "coordinator representative",
    "decline": "coordinator representative",
    "take_back_offer": "caseworker representative",
    "service_decision": "supervisor",
    "allocate": "supervisor caseworker",
    "book_first_meeting": "caseworker",
    "amend_service_decision": "supervisor",
    "amend_first_meeting": "caseworker",
    "start": "caseworker coordinator",
    "agree_plan": "caseworker party",
    "follow_up": "caseworker party",
    "close": "caseworker coordinator party",
    "close_consultation": "caseworker",
    "cancel": "representative coordinator supervisor",
    "cancel_placed": "caseworker representative coordinator supervisor",
}
