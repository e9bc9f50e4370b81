"""Who may open what: the policy as it was decided, written out apart from the code that keeps it.

Read it as a document. ``tests/access/test_matrix.py`` walks every address as every kind of user and holds the
answers against it; an address that is not here fails, and so does one here that is gone.
"""

from dataclasses import dataclass

EVERYBODY = "everybody"  # also without an account
SIGNED_IN = "signed in"  # an account is enough
OWN_LOGIN = "own login"  # as above, and how the account signs in decides what the page says
NOTHING = "404"

# The roles of access.roles, by the words of docs/routine.md.
ROLES = {
    "CW": "caseworker",
    "REP": "representative",
    "CO": "coordinator",
    "SUP": "supervisor",
    "ASS": "association",
    "ADM": "administrator",
    "PAR": "participant",
    "REV": "reviewer",
}
NEAR = "CW REP CO SUP"
OWN = f"{NEAR} PAR"
GROUP = "REP CO"
TEAM = "CO SUP"


@dataclass(frozen=True)
class Row:
    """Addresses that open alike: to *roles* (or one of the words above), by *methods*.

    *of_case*: only to who has a ground for the case. *own*: a thing of a unit or programme, open to these kinds of user
    alone. In both the others of the role are told that it does not exist. *unless*: kinds of user (none: all) who are
    answered otherwise as the case stands. *tells*: kinds (none: all) who may hear the name although they have no ground.
    *hidden*: as *unless*, first, where the case's person is protected.
    """

    routes: str
    roles: str
    methods: str = "GET HEAD"
    of_case: bool = False
    own: str | None = None
    unless: tuple[str, ...] = ()
    tells: str = ""
    hidden: tuple[str, ...] = ()

    def answer(self, key: str, is_hidden: bool = False) -> str:
        for line in (*(self.hidden if is_hidden else ()), *self.unless):
            kinds, _, answer = line.partition(": ")
            if key in (kinds.split() or [key]):
                return answer
        return "open"

    def shown(self, key: str) -> set[str]:
        *kinds, what = self.tells.split() or [""]
        return {what} if what and key in (kinds or [key]) else set()


# Lists and searches: every kind of user walks them, to hear what they tell.
LISTS = ("start", "cases", "search", "who_has_read", "inbox", "queue", "week", "participants", "meetings", "visits")
LISTS += ("protected_cases", "statuses", "to_hand_on", "remind_several", "own_page", "own_reads", "own_account", "hats")
LISTS += ("figures", "figures_csv")
# Django's admin site: accounts and reference data, and of everything else nothing.
ADMIN = Row("", "ADM", "GET HEAD POST")

POLICY = (
    # Without an account.
    Row("favicon accessibility", EVERYBODY, "GET HEAD"),
    Row("sign_in account_login mfa_authenticate", EVERYBODY, "GET HEAD POST"),
    Row("mfa_login_webauthn account_inactive open_account invitation", EVERYBODY, "GET HEAD POST"),
    Row("openid_connect_callback", EVERYBODY, "GET HEAD POST"),
    Row("openid_connect_login sign_out", EVERYBODY, "POST"),
    # In the demo alone, where one steps in as somebody of its cast.
    Row("step_in demo_post", EVERYBODY, "GET HEAD POST", tells="name"),
    Row("components", EVERYBODY, "GET"),
    Row("components_saved", EVERYBODY, "POST"),
    # How one signs in: the page says what is lacking first.
    Row("second_factor change_password mfa_activate_totp mfa_deactivate_totp", OWN_LOGIN, "GET HEAD POST"),
    Row("mfa_add_webauthn mfa_remove_webauthn", OWN_LOGIN, "GET HEAD POST"),
    Row("mfa_index mfa_view_recovery_codes", OWN_LOGIN, "GET HEAD"),
    Row("mfa_generate_recovery_codes account_reauthenticate mfa_reauthenticate", OWN_LOGIN, "GET HEAD POST"),
    Row("mfa_reauthenticate_webauthn", OWN_LOGIN, "GET HEAD POST"),
    Row("stay", SIGNED_IN, "POST"),
    Row("keep_words give_back_words", OWN_LOGIN, "POST"),
    # Also who has no role any more: told so, and led on; reference data says nothing of anybody's case.
    Row("start", SIGNED_IN),
    Row("hats", SIGNED_IN, "GET HEAD POST"),
    Row("routines routine_document contact_list how_it_works", SIGNED_IN),
    # Lists: of what one has a ground for.
    Row("inbox", NEAR),
    Row("mark_read", NEAR, "POST"),
    Row("cases", NEAR),
    Row("search", NEAR, "GET HEAD POST"),
    Row("who_has_read", OWN),
    Row("withdrawal_call", NEAR, "GET HEAD POST"),
    Row("new_referral", "CW", "GET HEAD POST"),
    Row("visits", "CW REP CO"),
    Row("book_visit", "CW REP CO", "GET HEAD POST"),
    Row("meetings", GROUP),
    Row("queue", "CO"),
    # The whole team takes attendance, so it reads the names of those who take part in its mornings.
    Row("week participants", TEAM, tells="peter name"),
    Row("new_session", TEAM, "GET HEAD POST"),
    Row("copy_week", TEAM, "POST"),
    Row("figures figures_csv", "CO ASS"),
    Row("own_page own_reads own_account", "PAR"),
    # The log, by its references: never a case.
    Row("log_review reviewed_accounts", "REV"),
    Row("reviewed_account", "REV"),
    Row("look_up_person", "REV", "GET HEAD POST"),
    Row("reviewed_person", "REV", own=""),  # nobody has looked them up
    Row("review_item", "REV", "GET HEAD POST", own=""),  # there is no such item
    Row("protected_cases statuses", GROUP),
    Row("to_hand_on", GROUP, "GET HEAD POST"),
    Row("remind_several", NEAR, "GET HEAD POST"),
    # A thing of one's unit or programme.
    Row("change_visit_time", "CW REP CO", "GET HEAD POST", own="johan sara nadja karin"),
    Row("cancel_booking", "CW REP CO", "GET HEAD POST", own="johan sara nadja karin"),
    Row("report_visit", "CW REP CO", "GET HEAD POST", own="johan sara nadja karin"),
    Row("visit_ics", "CW REP CO", own="johan sara nadja karin"),
    Row("confirm_slot", "CO", "POST"),  # another programme's: refused in words, for times carry nobody
    Row("move_slot cancel_slot", "CO", "GET HEAD POST", own="karin"),
    Row("agenda meeting_mode", GROUP, own="karin nadja mats ulrika helena gun siv bosse"),
    Row("meeting_case", GROUP, "GET HEAD POST", own=""),  # the case is not on that meeting's agenda
    Row("new_meeting", "CO", "GET HEAD POST"),
    Row("change_meeting call_off_meeting meeting_attendance", "CO", "GET HEAD POST", own="karin"),
    Row("restore_meeting set_agenda begin_meeting end_meeting take_up_later", "CO", "POST", own="karin"),
    Row("order_agenda", "CO", "POST", own=""),  # without an item of the agenda
    Row("session", TEAM, "GET HEAD POST", own="karin elin peter", tells="peter name"),
    Row("enrol attendance", TEAM, "GET HEAD POST", own="karin elin peter"),
    Row("cancel_session restore_session undo_attendance", TEAM, "POST", own="karin elin peter"),
    # The person is not protected; if they are, each unit names its own.
    Row("name_reader", GROUP, "GET HEAD POST", own="", hidden=("nadja: open", f": {NOTHING}")),
    Row("end_reader", GROUP, "POST", own=""),
    # A case: by a ground, or not at all.
    Row("case events case_reads read_referral", NEAR, of_case=True),
    Row("own_case", "PAR", of_case=True),
    # What is on paper, and what was enclosed: to the person themself too.
    Row("referral_pdf consent_pdf", OWN, of_case=True, unless=(f"former: {NOTHING}",)),
    Row("first_meeting_ics", NEAR, of_case=True, unless=(f"former: {NOTHING}",)),
    Row("mapping plan follow_up closing", NEAR, "GET", of_case=True),
    Row("consent", NEAR, "GET HEAD POST", of_case=True),
    # By who plays the part: here the supervisor alone.
    Row("step", NEAR, "GET HEAD POST", of_case=True, unless=(f"johan sara nadja karin mats ulrika former: {NOTHING}",)),
    # What is in a category that the ground does not open.
    Row("contract_pdf", NEAR, of_case=True, unless=(f"ulrika former: {NOTHING}",)),
    Row("compare_plans", NEAR, "GET", of_case=True, unless=(f"ulrika former: {NOTHING}",)),
    Row("plan_pdf", OWN, "GET", of_case=True, unless=(f"ulrika former: {NOTHING}",)),
    Row("file", OWN, "GET", of_case=True, unless=(f"ulrika former: {NOTHING}",)),
    Row("report_pdf", OWN, "GET", of_case=True, unless=(f": {NOTHING}",)),  # not written yet
    # The unit that referred the person answers what has been shared; nobody else's page.
    Row("shared", NEAR, of_case=True, unless=(f"karin elin mats ulrika former: {NOTHING}",)),
    Row("remind_actor", NEAR, "POST", of_case=True, unless=(f": {NOTHING}",)),  # nobody is awaited
    Row("remove_file", NEAR, "POST", of_case=True, unless=(f": {NOTHING}",)),  # it is disclosed
    Row("protect", NEAR, "GET HEAD POST", of_case=True, unless=(f"former: {NOTHING}",), hidden=(f": {NOTHING}",)),
    # The person is not protected; and if they are, the one responsible says that it is over.
    Row("end_protection", "CW", "GET HEAD POST", of_case=True, unless=(f": {NOTHING}",), hidden=("johan: open",)),
    Row("meeting", GROUP, of_case=True),
    Row("offer_another", "CO", "GET HEAD POST", of_case=True),
    Row("knowledge", NEAR, "GET HEAD POST", of_case=True),
    Row("upload_file", NEAR, "GET HEAD POST", of_case=True, unless=(f"former: {NOTHING}",)),
    Row("withdraw_consent", NEAR, "GET HEAD POST", of_case=True, unless=(f"former: {NOTHING}",)),
    Row("referral check_referral referral_receipt", "CW", of_case=True),
    Row("referral_part", "CW", "GET HEAD POST", of_case=True),
    Row("save_area disclose_area begin_plan", "SUP", "POST", of_case=True),
    Row("edit_plan", "SUP", "GET HEAD POST", of_case=True),
    Row("mark_sub_goal remind_sub_goal", "SUP", "POST", of_case=True, unless=(f": {NOTHING}",)),  # without a state
    Row("new_placement placement", "SUP", "GET HEAD POST", of_case=True),
    Row("end_placement", "SUP", "POST", of_case=True),
    Row("closing_part", "SUP", "GET HEAD POST", of_case=True),
)


@dataclass(frozen=True)
class Kind:
    """A kind of user. *sees*: the categories of the case's text that the ground opens; None where there is no ground.

    *unit_sees*: what the database alone lets the unit read; it knows units, and not how a role narrows within one.
    """

    key: str
    is_who: str
    role: str | None
    sees: str | None = None
    unit_sees: str | None = None

    @property
    def has_ground(self) -> bool:
        return self.sees is not None

    @property
    def by_unit(self) -> str | None:
        return self.sees if self.unit_sees is None else self.unit_sees


ALL = "grund social halsa arbete arbetsmarknad planering"
KINDS = (
    Kind("signed_out", "nobody", None),
    Kind("closed", "an account that is closed", None),
    Kind("left", "somebody whose membership of the referring unit ended yesterday", None),
    Kind("johan", "the case's caseworker", "CW", ALL),
    Kind("sara", "a colleague in the same unit and role", "CW", ALL),
    Kind("nadja", "the representative of the same unit: another role", "REP", ALL),
    Kind("karin", "the programme's coordinator", "CO", ALL),
    Kind("elin", "the case's supervisor", "SUP", ALL),
    Kind("peter", "another supervisor of the team", "SUP", None, ALL),
    Kind("agneta", "another programme's coordinator", "CO"),
    Kind("olle", "another programme's supervisor", "SUP"),
    Kind("mats", "the representative of another agency that a living consent names in all", "REP", ALL),
    Kind("disa", "a caseworker of that agency", "CW", None, ALL),
    Kind("ulrika", "of an agency that the consent names in some categories only", "REP", "grund arbete"),
    Kind("helena", "of an agency that no consent names", "REP"),
    Kind("gun", "of an agency whose consent ended yesterday", "REP"),
    Kind("siv", "of an agency whose consent begins tomorrow", "REP"),
    Kind("bosse", "of an agency whose consent is withdrawn", "REP"),
    Kind("former", "of an agency whose consent is withdrawn, and that wrote something in the case", "REP", ""),
    Kind("bengt", "the association", "ASS"),
    Kind("admin", "the administrator", "ADM"),
    Kind("lotta", "the reviewer of the log", "REV"),
    Kind("participant", "the person whose case it is", "PAR", ALL),
    Kind("amira", "another participant", "PAR"),
)

# The same case, when its person is protected (W5): it is there for those who are named, as far as their ground went
# before, and for nobody else. Responsible are the caseworker and the supervisor; a unit has named its representative.
READERS = ("johan", "elin", "ulrika")
HIDDEN_FROM = ("sara", "nadja", "karin", "peter", "mats", "disa")
