"""The roles and what each may do. Read it as a document; nothing else grants a permission.

A permission opens a *kind of page*. Whether a certain case opens is decided by its grounds
(``cases.rules``), and which steps a role may take by the routine's table.
"""

from dataclasses import dataclass
from enum import StrEnum

from knutpunkten.organisations.models import Role


class Permission(StrEnum):
    SEE_CASES = "see cases one has a ground for"
    READ_PAPERS = "read referral, consent, plan and final report on paper, and files, of a case one has a ground for"
    WRITE_REFERRAL = "write referrals and consents"
    BOOK_VISIT = "book study visits"
    KEEP_VISITS = "keep the study visits' calendar"
    SHARE_KNOWLEDGE = "write and disclose what one's unit knows"
    ATTEND_MEETING = "see the agenda of case meetings"
    RUN_MEETING = "run case meetings and record what they decide"
    KEEP_QUEUE = "see and keep places and queue"
    GUIDE = "work with the participant: mapping, plan, follow-up, closing"
    TAKE_ATTENDANCE = "keep the timetable and attendance"
    NAME_READERS = "say who in the unit reads about a protected person"
    WITHDRAW_CONSENT = "register that a person withdraws their consent"
    SEE_FIGURES = "see aggregated figures, never a case"
    SET_UP = "keep accounts and reference data, never a case"
    REVIEW_LOG = "review who has read what, never a case"
    SEE_OWN = "see one's own pages as a participant"


P = Permission


@dataclass(frozen=True)
class RoleRow:
    role: Role
    description: str
    permissions: frozenset[Permission]


ROLES: dict[Role, RoleRow] = {
    row.role: row
    for row in (
        RoleRow(
            Role.CASEWORKER,
            "Refers the person and stays responsible throughout (S12).",
            frozenset(
                {P.SEE_CASES, P.READ_PAPERS, P.WRITE_REFERRAL, P.BOOK_VISIT, P.SHARE_KNOWLEDGE, P.WITHDRAW_CONSENT}
            ),
        ),
        RoleRow(
            Role.REPRESENTATIVE,
            "A unit's link to the programme; member of the group (S13).",
            frozenset(
                {
                    P.SEE_CASES,
                    P.READ_PAPERS,
                    P.SHARE_KNOWLEDGE,
                    P.ATTEND_MEETING,
                    P.WITHDRAW_CONSENT,
                    P.BOOK_VISIT,
                    P.NAME_READERS,
                }
            ),
        ),
        RoleRow(
            Role.COORDINATOR,
            "Runs the programme: study visits, meetings, queue (S2, S7, S8).",
            frozenset(
                {
                    P.SEE_CASES,
                    P.READ_PAPERS,
                    P.BOOK_VISIT,
                    P.KEEP_VISITS,
                    P.SHARE_KNOWLEDGE,
                    P.ATTEND_MEETING,
                    P.RUN_MEETING,
                    P.KEEP_QUEUE,
                    P.TAKE_ATTENDANCE,
                    P.WITHDRAW_CONSENT,
                    P.NAME_READERS,
                    P.SEE_FIGURES,
                }
            ),
        ),
        RoleRow(
            Role.SUPERVISOR,
            "Works with the participant (S14).",
            frozenset({P.SEE_CASES, P.READ_PAPERS, P.GUIDE, P.TAKE_ATTENDANCE, P.WITHDRAW_CONSENT, P.SHARE_KNOWLEDGE}),
        ),
        RoleRow(Role.ASSOCIATION, "Part-funds the programmes; figures only.", frozenset({P.SEE_FIGURES})),
        RoleRow(Role.ADMINISTRATOR, "Accounts and reference data; no case.", frozenset({P.SET_UP})),
        RoleRow(Role.REVIEWER, "Reviews the log; no case content (W4).", frozenset({P.REVIEW_LOG})),
        RoleRow(Role.PARTICIPANT, "Whose life it is.", frozenset({P.SEE_OWN, P.READ_PAPERS})),
    )
}


def may(role: str, permission: Permission) -> bool:
    """Whether *role* has *permission*. An unknown or empty role has none."""
    return role in Role.values and permission in ROLES[Role(role)].permissions
