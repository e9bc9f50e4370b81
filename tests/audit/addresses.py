"""Every address of the product, and what it writes in the audit. A new one must be put in here.

*shown*: what a page writes as it is shown (GET); *sent*: what it writes as its form is taken (POST).
An event is given with what was read or opened: ``read case`` is the event "read" of what "case". "the step's own" is the
event called after the step; what a form writes one or the other time stands apart by "or". ``nothing`` stands with its reason.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Writes:
    shown: str = ""
    sent: str = ""
    nothing: str = ""

    def taken(self, step: str = "", of: int = 0) -> list[str]:
        """The events that the form writes, in order. *step* stands for the step's own; *of*: which of several."""
        return [step if event == THE_STEPS_OWN else event for event in self.sent.split(" or ")[of].split(", ")]


OPENED = "opened"  # by the middleware, for every page that writes nothing of its own
THE_STEPS_OWN = "the step's own"

ADDRESSES: dict[str, Writes] = {
    "start": Writes(OPENED),
    "cases": Writes("listed"),
    "statuses": Writes("listed"),
    "new_referral": Writes(OPENED, "begun"),
    "case": Writes("read case"),
    "events": Writes("read events"),
    "case_reads": Writes("read reads"),
    "remind_actor": Writes(sent="remind"),
    "search": Writes(OPENED, "searched"),
    "withdrawal_call": Writes(OPENED, "withdrawn, withdrawal_call"),
    "who_has_read": Writes("listed"),
    "hats": Writes(OPENED, "sent"),
    # Signing in: nobody is, until signed_in is written, or sign_in_failed.
    "sign_in": Writes(sent="sign_in_failed", nothing="nobody is signed in before the second factor"),
    "account_login": Writes(nothing="the library's name for sign_in"),
    "mfa_authenticate": Writes(sent="signed_in or sign_in_failed", nothing="nobody is signed in yet"),
    "mfa_login_webauthn": Writes(sent="signed_in or sign_in_failed", nothing="nobody is signed in yet"),
    "openid_connect_login": Writes(nothing="nobody is signed in yet"),
    "openid_connect_callback": Writes("signed_in or sign_in_failed", nothing="an agency may answer by a form"),
    "account_inactive": Writes(nothing="nobody is signed in"),
    "second_factor": Writes(nothing="nobody is signed in before the second factor"),
    "open_account": Writes(sent="invitation_used", nothing="nobody is signed in yet"),
    "invitation": Writes(nothing="nobody is signed in yet"),
    "stay": Writes(sent="sent"),
    "keep_words": Writes(sent="sent"),
    "give_back_words": Writes(sent="sent"),
    "sign_out": Writes(sent="sent"),
    "mfa_index": Writes(OPENED),
    "change_password": Writes(OPENED, "password_changed"),
    "mfa_activate_totp": Writes(OPENED, "second_factor_added"),
    "mfa_deactivate_totp": Writes(OPENED, "second_factor_removed"),
    "mfa_add_webauthn": Writes(OPENED, "second_factor_added"),
    "mfa_remove_webauthn": Writes(OPENED, "second_factor_removed"),
    "mfa_view_recovery_codes": Writes(OPENED),
    "mfa_generate_recovery_codes": Writes(OPENED, "second_factor_added"),
    "account_reauthenticate": Writes(OPENED, "sent"),
    "mfa_reauthenticate": Writes(OPENED, "sent"),
    "mfa_reauthenticate_webauthn": Writes(OPENED, "sent"),
    "shared": Writes("read shared"),
    "remind_several": Writes("listed", "remind"),
    "to_hand_on": Writes("listed", "hand_on or change_supervisor"),
    "protected_cases": Writes(OPENED),
    "name_reader": Writes(OPENED, "reader_named"),
    "end_reader": Writes(sent="reader_ended"),
    "protect": Writes("read case", "protected"),
    "end_protection": Writes("read case", "protection_ended"),
    "meeting": Writes("read meeting"),
    "meeting_mode": Writes(OPENED),
    "meeting_case": Writes("read meeting", THE_STEPS_OWN),
    "set_agenda": Writes(sent="set_agenda, fix_agenda"),
    "new_meeting": Writes(OPENED, "plan_meeting"),
    "restore_meeting": Writes(sent="restore_meeting or restore_meeting, move_meeting"),
    "call_off_meeting": Writes(OPENED, "postpone, call_off_meeting"),
    "meeting_attendance": Writes(OPENED, "note_attendance"),
    "begin_meeting": Writes(sent="begin_meeting"),
    "offer_another": Writes("read step", "take_back_offer, offer"),
    "end_meeting": Writes(sent="hold_meeting"),
    "take_up_later": Writes(sent="take_up_later"),
    "queue": Writes(OPENED),
    "routines": Writes(OPENED),
    "routine_document": Writes(OPENED),
    "contact_list": Writes(OPENED),
    "how_it_works": Writes(OPENED),
    "favicon": Writes(nothing="a picture"),
    "accessibility": Writes(OPENED),
    "inbox": Writes(OPENED),
    "mark_read": Writes(sent="sent"),
    "own_page": Writes("read own_page"),
    "own_case": Writes("read own_page"),
    "own_reads": Writes("read own_reads"),
    "own_account": Writes(OPENED),
    "figures": Writes(OPENED),
    "figures_csv": Writes(OPENED),
    "log_review": Writes("log_read"),
    "review_item": Writes("log_read", "log_reviewed"),
    "reviewed_accounts": Writes(OPENED),
    "reviewed_account": Writes("log_read"),
    "look_up_person": Writes(OPENED, "looked_up"),
    "reviewed_person": Writes("read reviewed_person"),
    "visits": Writes(OPENED),
    "book_visit": Writes(OPENED, "visit_booked"),
    "change_visit_time": Writes(OPENED, "visit_time_changed"),
    "cancel_booking": Writes(OPENED, "visit_cancelled"),
    "report_visit": Writes(OPENED, "visit_reported"),
    "visit_ics": Writes(OPENED),
    "confirm_slot": Writes(sent="slot_confirmed"),
    "cancel_slot": Writes(sent="slot_cancelled"),
    "move_slot": Writes(OPENED, "slot_moved"),
    "meetings": Writes(OPENED),
    "agenda": Writes(OPENED),
    "order_agenda": Writes(sent="order_agenda"),
    "change_meeting": Writes(OPENED, "change_meeting or change_meeting, move_meeting"),
    "knowledge": Writes(
        "read knowledge",
        "knowledge_saved or file_removed or knowledge_taken_back",
    ),
    "week": Writes(OPENED),
    "participants": Writes(OPENED),
    "copy_week": Writes(sent="week_copied"),
    "new_session": Writes(OPENED, "session_planned"),
    "session": Writes(OPENED, "session_changed"),
    "enrol": Writes(sent="enrolled or unenrolled"),
    "cancel_session": Writes(sent="session_cancelled"),
    "restore_session": Writes(sent="session_restored"),
    "attendance": Writes(sent="attendance"),
    "undo_attendance": Writes(sent="attendance_undone"),
    "step": Writes("read step", THE_STEPS_OWN),
    "withdraw_consent": Writes("read consent", "withdrawn"),
    "referral": Writes("read referral"),
    "check_referral": Writes("read referral"),
    "referral_receipt": Writes("read referral"),
    "read_referral": Writes("read referral"),
    "referral_pdf": Writes("read referral_pdf"),
    "referral_part": Writes("read referral", "wrote"),
    "consent": Writes("read consent", "consent_written"),
    "consent_pdf": Writes("read consent_pdf"),
    "upload_file": Writes("read files", "file_added"),
    "file": Writes("read_file"),
    "remove_file": Writes(sent="file_removed"),
    "contract_pdf": Writes("read contract"),
    "first_meeting_ics": Writes("read first_meeting"),
    "new_placement": Writes("read placement", "placement_planned"),
    "placement": Writes("read placement", "placement_changed"),
    "end_placement": Writes(sent="placement_ended"),
    "mapping": Writes("read mapping"),
    "save_area": Writes(sent="mapping_saved"),
    "disclose_area": Writes(sent="mapping_disclosed or mapping_taken_back"),
    "plan": Writes("read plan"),
    "begin_plan": Writes(sent="plan_begun"),
    "edit_plan": Writes(sent="plan_saved"),
    "compare_plans": Writes("read plan"),
    "mark_sub_goal": Writes(sent="sub_goal_marked"),
    "remind_sub_goal": Writes(sent="sub_goal_reminded"),
    "plan_pdf": Writes("read plan_pdf"),
    "follow_up": Writes("read follow_up"),
    "closing": Writes("read closing"),
    "closing_part": Writes(sent="closing_saved"),
    "report_pdf": Writes("read report_pdf"),
}
# The settings are Django's own admin: each page of theirs writes "opened", each form "sent", with the page's name.
THE_ADMINS = "installningar/"
# The demo's own, absent where people are real.
THE_DEMOS = {"components", "components_saved", "step_in", "demo_post"}

# Forms that need the answer of an authenticator: a browser with one sends them in this test.
BY_A_BROWSER = "tests/journeys/test_real_start.py::test_the_document_leads_from_an_empty_server_to_the_first_case"
DRIVEN_ELSEWHERE = dict.fromkeys(
    ("mfa_add_webauthn", "mfa_login_webauthn", "mfa_reauthenticate_webauthn"), BY_A_BROWSER
)
