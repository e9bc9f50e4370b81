"""What every page's frame shows: the menu of the hat, who one is, the footer. No statements."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.sittings import KEPT, WARNED, lasts_anyway, seconds_left
from knutpunkten.access.who import NOBODY, Who
from knutpunkten.organisations.models import NEAR_CASES, Role

# Menu rows: what it says, the address's name, and the start of the addresses under it.
START = ("Start", "start")
CASES = ("Ärenden", "cases")
MEETINGS = ("Ärendemöten", "meetings")
WEEK = ("Veckan", "week")
VISITS = ("Studiebesök", "visits")
CONTACTS = ("Kontaktlista", "contact_list")

MENUS: dict[str, tuple[tuple[str, str], ...]] = {
    Role.COORDINATOR: (START, CASES, MEETINGS, ("Kö och platser", "queue"), WEEK, VISITS),
    # Supervisors are not of the group that meets: no "Ärendemöten".
    Role.SUPERVISOR: (START, CASES, WEEK, ("Deltagare", "participants")),
    Role.REPRESENTATIVE: (START, CASES, MEETINGS, VISITS, CONTACTS),
    Role.CASEWORKER: (START, CASES, VISITS, ("Så fungerar det", "how_it_works"), CONTACTS),
    Role.ASSOCIATION: (("Siffror", "figures"), ("Så fungerar det", "how_it_works")),
    Role.ADMINISTRATOR: (("Inställningar", "admin:index"), CONTACTS),
    Role.REVIEWER: (
        ("Loggkontroll", "log_review"),
        ("Konton", "reviewed_accounts"),
        ("Slå upp person", "look_up_person"),
    ),
    Role.PARTICIPANT: (),
}
# The participant's places at the thumb: what it says, its icon, the address's name and where on that page.
PLACES = (
    ("Hem", "house", "own_page", "innehall"),
    ("Mina mål", "trend-up", "own_page", "mina-mal"),
    ("Samtycke", "handshake", "own_page", "samtycke"),
    ("Vem har sett", "eye", "own_page", "vem-har-sett"),
)
FOOTER = (
    ("Rutiner", "routines"),
    ("Kontaktlista", "contact_list"),
    ("Vem har sett vad?", "who_has_read"),
    ("Tillgänglighetsredogörelse", "accessibility"),
)
FOOTER_OUTSIDE = (("Tillgänglighetsredogörelse", "accessibility"),)
# Only in the demo: back to "Kliv in som …", and the mails that would have been sent.
FOOTER_OF_THE_DEMO = (("Byt person", "step_in"), ("Demons post", "demo_post"))


@cache
def address(name: str) -> str:
    """The address of that name, which takes no arguments: every page asks for the same twenty."""
    return reverse(name)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context that ``ui/base.html`` reads (see knutpunkten/ui/README.md)."""
    who: Who = getattr(request, "who", NOBODY)
    # Roles with no way to a case have nothing to see at "Vem har sett vad?".
    near = who.role in NEAR_CASES
    # "Deltagare" stands under "Veckan": the longest address that holds is where one is.
    current = max((url for _, url, name in menu(who) if is_under(request.path, url, name)), key=len, default="")
    return {
        "who": who,
        "drawn_for": who.hat.key if who.hat else "",
        "large_targets": who.role == Role.PARTICIPANT,
        "demo_mode": settings.DEMO,
        "session_time": sitting(request) if who.user_id else None,
        "home_url": address("start"),
        "menu": [(label, url, url == current) for label, url, _ in menu(who)],
        "own_places": own_places(request) if who.role == Role.PARTICIPANT else [],
        "me": me(who),
        "programme": who.hat.programme if who.hat and who.hat.programme else "Knutpunkten",
        "footer_links": [
            (label, address(name))
            for label, name in footer(who)
            if name != "who_has_read" or near or who.role == Role.PARTICIPANT
        ],
        "search_url": address("search") if near else "",
        "other_hats": [hat for hat in who.hats if hat != who.hat],
        "hats_url": address("hats"),
        "account_url": address(account(who)) if who.user_id else "",
        "sign_out_url": address("sign_out") if who.user_id else "",
    }


def sitting(request: HttpRequest) -> dict[str, Any]:
    """How long one is signed in yet, for the page that warns before it ends."""
    now = timezone.now()
    return {
        "left": seconds_left(request.session, now),
        "last": lasts_anyway(request.session, now),
        "warned": int(WARNED.total_seconds()),
        "stay_url": address("stay"),
        "ended_url": address("sign_in"),
        "keep_url": address("keep_words"),
        "give_back_url": address("give_back_words"),
        "words_wait": request.session.get(KEPT, ()),
    }


def footer(who: Who) -> tuple[tuple[str, str], ...]:
    links = FOOTER if who.user_id else FOOTER_OUTSIDE
    return links + FOOTER_OF_THE_DEMO if settings.DEMO else links


def menu(who: Who) -> list[tuple[str, str, str]]:
    return [(label, address(name), name) for label, name in MENUS.get(who.role, ())]


def account(who: Who) -> str:
    """The name of the page of one's account: a participant's tells what is known of them, staff's of their roles."""
    return "own_account" if who.role == Role.PARTICIPANT else "hats"


def own_places(request: HttpRequest) -> list[tuple[str, str, str, bool]]:
    """The participant's places, the one marked that one is on; on a page beside them none.

    Within "Min sida" ``portal/places.js`` follows where one reads. The log is a page of its own, and a part of that page.
    The page of another of one's cases has parts of its own, and "Hem" leads from it.
    """
    path, found = request.path, []
    is_other_case = request.resolver_match is not None and request.resolver_match.url_name == "own_case"
    for label, icon, name, part in PLACES:
        is_home, is_log = part == "innehall", part == "vem-har-sett" and path == address("own_reads")
        page = path if is_other_case and not is_home else address(name)
        found.append((label, icon, path if is_log else f"{page}#{part}", is_log or (is_home and path == page)))
    return found


def is_under(path: str, url: str, name: str) -> bool:
    return path == url if name == "start" else path.startswith(url)


def me(who: Who) -> dict[str, str] | None:
    if who.user_id is None:
        return None
    role = "Ingen roll"
    if who.hat:
        role = who.hat.words if len(who.hats) > 1 else who.hat.label
    initials = "".join(word[0] for word in who.name.split()[:2]).upper()
    return {"initials": initials, "name": who.name, "role": role, "unit_mark": who.hat.mark if who.hat else ""}
