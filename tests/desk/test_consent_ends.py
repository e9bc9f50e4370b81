"""A consent that runs out is warned of 30 and 7 days before, once each, to those who can have it renewed."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Basis, Case, Level, Party
from knutpunkten.cases.rules import covered_until, left_out
from knutpunkten.desk.consent_ends import warn
from knutpunkten.desk.jobs import settle
from knutpunkten.notices.models import Mail, Notice
from knutpunkten.notices.outbox import SUBJECTS, TEXTS
from tests import builders
from tests.conftest import behind_the_wall
from tests.referrals.filling import consent_answers, sign_consent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SO_LONG = ("30 dagar", "en vecka")


def warned(case: Any) -> dict[str, set[str]]:
    """Who has been told what of the case's consent: event to names."""
    found: dict[str, set[str]] = {}
    for notice in Notice.objects.filter(case_id=case.pk, event__startswith="consent_ends").select_related("user"):
        found.setdefault(notice.event, set()).add(notice.user.name)
    return found


def ending_in(make_case: Any, days: int, state: str = "active", **fields: Any) -> Any:
    return make_case(state, valid_until=timezone.localdate() + days * DAY, **fields)


def follow_on(case: Any, cast: Any, begins: Any) -> None:
    """A new consent, signed to follow the one that runs out."""
    consent = builders.sign_for(case, builders.USUAL, cast, Level.TEXT, begins + 200 * DAY)
    Party.objects.filter(consent_id=consent.pk).update(valid_from=begins)
    builders.settle(Case.objects.select_related("programme").get(pk=case.pk), timezone.now())


@pytest.mark.clause("W1", "W3")
def test_the_caseworker_and_the_coordinator_are_told_thirty_and_seven_days_before_once_each(
    make_case, cast, sign_in
) -> None:
    case = ending_in(make_case, 40)
    both = {"Johan Wik", "Karin Hallgren"}
    start = timezone.now()
    with behind_the_wall():
        for days, expected in (
            (9, {}),
            (10, {"consent_ends_30": both}),
            (11, {"consent_ends_30": both}),
            (33, {"consent_ends_30": both, "consent_ends_7": both}),
            (40, {"consent_ends_30": both, "consent_ends_7": both}),
            (41, {"consent_ends_30": both, "consent_ends_7": both}),
        ):
            warn(start + days * DAY)
            assert warned(case) == expected, days
        assert Notice.objects.filter(case_id=case.pk).count() == 4
        assert Entry.objects.of_case(case.pk).filter(event="consent_warned").count() == 2
    for user in (cast.johan, cast.karin):
        page = sign_in(user).get(reverse("inbox")).text
        assert [page.count(f">Ett samtycke löper ut inom {so_long}<") for so_long in SO_LONG] == [1, 1]


def test_the_night_warns_and_the_mail_names_nobody(make_case, cast) -> None:
    case = ending_in(make_case, 5)
    with behind_the_wall():
        settle(timezone.now())
        assert set(warned(case)) == {"consent_ends_7"}
        assert Mail.objects.filter(user=cast.johan).exists()
    said = " ".join([*SUBJECTS.values(), *TEXTS.values()])
    assert case.number not in said
    assert case.last_name not in said


@pytest.mark.parametrize("state", ["closed", "cancelled", "returned"])
def test_a_case_that_waits_for_nothing_is_not_warned_of(state: str, make_case, cast) -> None:
    case = ending_in(make_case, 5, state)
    with behind_the_wall():
        warn(timezone.now())
        assert warned(case) == {}


def test_of_a_draft_its_own_caseworker_alone_is_told(make_case, cast) -> None:
    case = ending_in(make_case, 5, "draft")
    with behind_the_wall():
        warn(timezone.now())
        assert warned(case) == {"consent_ends_7": {"Johan Wik"}}


def test_a_newer_consent_that_follows_is_enough(make_case, cast) -> None:
    case = ending_in(make_case, 5)
    with behind_the_wall():
        follow_on(case, cast, timezone.localdate() + 6 * DAY)
        warn(timezone.now())
        assert warned(case) == {}


def test_a_newer_consent_after_a_gap_is_not_enough(make_case, cast) -> None:
    case = ending_in(make_case, 5)
    with behind_the_wall():
        follow_on(case, cast, timezone.localdate() + 7 * DAY)
        warn(timezone.now())
        assert set(warned(case)) == {"consent_ends_7"}


def test_a_consent_taken_back_is_not_warned_of(make_case, cast, sign_in) -> None:
    case = ending_in(make_case, 5)
    whole = {"what": "whole", "how": "phone", "taken_by": "Johan Wik"}
    sign_in(cast.johan).post(reverse("withdraw_consent", args=[case.pk]), whole)
    with behind_the_wall():
        warn(timezone.now())
        assert warned(case) == {}


@pytest.mark.clause("W1", "W3")
def test_it_stands_on_the_caseworkers_start_page_and_among_what_the_coordinator_waits_for(
    make_case, cast, sign_in
) -> None:
    with behind_the_wall():
        amira = builders.make_person("Amira", "Öqvist")
    case = ending_in(make_case, 20, person=amira)
    johan = sign_in(cast.johan).get(reverse("start")).text
    tasks = johan.partition('id="vantar-pa-andra"')[0]
    assert "Förnya samtycket: Amira Öqvist" in tasks
    assert f"{reverse('consent', args=[case.pk])}?nytt=1#nytt" in tasks
    karin = sign_in(cast.karin).get(reverse("start")).text
    awaited = karin.partition('id="vantar-pa-andra"')[2]
    assert "Förnya samtycket innan det löper ut" in awaited
    assert "Johan Wik" in awaited.partition("Förnya samtycket innan")[2].partition("</tr>")[0]
    for other in (cast.sara, cast.mats, cast.agneta):
        assert "Förnya samtycket" not in sign_in(other).get(reverse("start")).text
    panel = sign_in(cast.johan).get(reverse("case", args=[case.pk])).text
    assert f"Löper ut {case.consent_until}" in strip_tags(panel)
    assert "Skriv ett nytt samtycke" in panel
    team = {"what": str(case.programme.team_id), "how": "phone", "taken_by": "Johan Wik"}
    sign_in(cast.johan).post(reverse("withdraw_consent", args=[case.pk]), team)
    for user in (cast.johan, cast.karin):
        start = sign_in(user).get(reverse("start")).text
        assert "Nytt samtycke eller avbryt" in start
        assert "Förnya samtycket" not in start, "one row for the case"


def test_a_case_without_a_ground_for_the_coordinator_is_named_by_number_alone(make_case, cast, sign_in) -> None:
    with behind_the_wall():
        amira = builders.make_person("Amira", "Öqvist")
    case = ending_in(make_case, 20, "handed_over", person=amira)
    seen = sign_in(cast.karin).get(reverse("start")).text
    assert "Öqvist" not in seen
    assert f"{case.number}" in seen.partition("Förnya samtycket")[0]


def leave_out(case: Any, cast: Any, *names: str) -> None:
    """A new consent that follows the one that runs out, and does not name the units *names*."""
    ends = case.parties.filter(basis=Basis.CONSENT).first().valid_until
    named = {name: categories for name, categories in builders.USUAL.items() if name not in names}
    consent = builders.sign_for(case, named, cast, Level.TEXT, ends + 200 * DAY)
    Party.objects.filter(consent_id=consent.pk).update(valid_from=ends + DAY)
    builders.settle(Case.objects.select_related("programme").get(pk=case.pk), timezone.now())


def told_of_parts(case: Any) -> list[tuple[str, str]]:
    notices = Notice.objects.filter(case_id=case.pk, event__startswith="party_ends").order_by("at", "user__name")
    return list(notices.values_list("event", "user__name"))


@pytest.mark.clause("W1", "W3")
def test_of_a_unit_that_a_newer_consent_leaves_out_the_caseworker_is_told_at_thirty_and_seven_days(
    make_case, cast, sign_in
) -> None:
    """The coordinator is not: whether it was meant is between the person and their caseworker."""
    case, start = ending_in(make_case, 40), timezone.now()
    first, second = ("party_ends_30", "Johan Wik"), ("party_ends_7", "Johan Wik")
    with behind_the_wall():
        leave_out(case, cast, "Öppenpsykiatrin")
        for days, expected in (
            (9, []),
            (10, [first]),
            (11, [first]),
            (33, [first, second]),
            (40, [first, second]),
            (41, [first, second]),
        ):
            warn(start + days * DAY)
            assert told_of_parts(case) == expected, days
        assert warned(case) == {}
        rows = Entry.objects.of_case(case.pk).filter(event="party_warned").order_by("at")
        unit = str(cast.unit("Öppenpsykiatrin").pk)
        assert [(row.detail["unit"], row.detail["days"]) for row in rows] == [(unit, 30), (unit, 7)]
    for user, expected in ((cast.johan, [1, 1]), (cast.karin, [0, 0])):
        page = sign_in(user).get(reverse("inbox")).text
        assert [page.count(f">En enhets del i samtycket löper ut inom {so_long}<") for so_long in SO_LONG] == expected


def test_two_units_that_are_left_out_are_one_notice_and_two_rows(make_case, cast) -> None:
    case = ending_in(make_case, 5)
    with behind_the_wall():
        leave_out(case, cast, "Öppenpsykiatrin", "Arbetsförmedlingen")
        settle(timezone.now())
        settle(timezone.now())
        assert told_of_parts(case) == [("party_ends_7", "Johan Wik")]
        assert Entry.objects.of_case(case.pk).filter(event="party_warned").count() == 2


@pytest.mark.parametrize("state", ["closed", "cancelled", "returned"])
def test_where_nothing_waits_nobody_is_told_of_a_part_either(state: str, make_case, cast) -> None:
    case = ending_in(make_case, 5, state)
    with behind_the_wall():
        leave_out(case, cast, "Öppenpsykiatrin")
        warn(timezone.now())
        assert told_of_parts(case) == []


@pytest.mark.parametrize("names", [(), ("Smärtenheten",)])
def test_where_the_newer_consent_names_them_all_there_is_nothing_to_tell(names, make_case, cast) -> None:
    case = ending_in(make_case, 5)
    with behind_the_wall():
        leave_out(case, cast, *names)
        warn(timezone.now())
        assert told_of_parts(case) == []


def test_a_unit_whose_part_was_taken_back_is_not_spoken_of(make_case, cast) -> None:
    case = ending_in(make_case, 5)
    with behind_the_wall():
        leave_out(case, cast, "Öppenpsykiatrin")
        case.parties.filter(unit=cast.unit("Öppenpsykiatrin")).update(withdrawn_at=timezone.now())
        warn(timezone.now())
        assert told_of_parts(case) == []


@pytest.mark.clause("W1", "W3")
def test_the_case_says_which_unit_is_left_out_and_from_when(make_case, cast, sign_in) -> None:
    case = ending_in(make_case, 20)
    ends = timezone.localdate() + 20 * DAY
    with behind_the_wall():
        leave_out(case, cast, "Öppenpsykiatrin")
        warn(timezone.now())
    johan = sign_in(cast.johan)
    page = johan.get(reverse("case", args=[case.pk])).text
    said = " ".join(re.sub("<[^>]+>", "", page).split())
    assert f"{cast.unit('Öppenpsykiatrin').full_name} är part till och med {ends}" in said
    assert f"{reverse('consent', args=[case.pk])}?nytt=1#nytt" in page
    assert "En enhets del i samtycket löper ut inom 30 dagar" in johan.get(reverse("inbox")).text
    karin = sign_in(cast.karin).get(reverse("case", args=[case.pk])).text
    assert "är part till och med" in karin
    assert "Ska den vara med även sedan?" not in karin


@pytest.mark.clause("W1")
def test_of_several_consents_the_case_says_when_each_was_signed_each_partys_own_time_and_what_no_consent_covers(
    make_case, cast, sign_in
) -> None:
    case, today = ending_in(make_case, 60), timezone.localdate()
    health, office = cast.unit("Öppenpsykiatrin"), cast.unit("Arbetsförmedlingen")

    def said() -> str:
        return words_of(sign_in(cast.johan).get(reverse("case", args=[case.pk])).text)

    assert f"Gäller till {today + 60 * DAY}" in said()
    with behind_the_wall():
        first = case.consents.get()
        follow_on(case, cast, today + 70 * DAY)
        case.consents.exclude(pk=first.pk).update(signed_on=today)
    page = said()
    assert f"skrev på {first.signed_on}. De här parterna" in page, "what holds is the first"
    assert f"Efter {today + 60 * DAY} gäller inget samtycke förrän {today + 70 * DAY}." in page
    again = f"till och med {today + 60 * DAY}, och igen från {today + 70 * DAY} till och med {today + 270 * DAY}"
    assert page.count(again) == len(builders.USUAL)
    with behind_the_wall():
        Party.objects.filter(case=case, valid_from__gt=today).update(valid_from=today + 61 * DAY)
    page = said()
    assert f"Gäller till {today + 270 * DAY}" in page
    assert f"skrev på {first.signed_on} och {today}. De här parterna" in page, "the second goes on where the first ends"
    with behind_the_wall():
        Party.objects.filter(case=case, unit=office, valid_from__gt=today).update(valid_from=today + 61 * DAY)
        Party.objects.filter(case=case, unit=health, valid_from__gt=today).delete()
        Party.objects.filter(case=case, unit=health).update(valid_until=today + 20 * DAY)
    page = said()
    assert "gäller inget samtycke förrän" not in page
    assert f"{office.name} till och med {today + 270 * DAY}" in page
    assert f"{health.name} till och med {today + 20 * DAY}" in page
    assert f"Gäller till {today + 270 * DAY}" not in page


@pytest.mark.clause("W1")
def test_whoever_writes_the_new_consent_reads_which_party_it_leaves_out_before_it_is_signed(
    make_case, cast, sign_in
) -> None:
    case, johan = ending_in(make_case, 20), sign_in(cast.johan)
    ends = timezone.localdate() + 20 * DAY

    def leaves_out(**named: list[str]) -> list[str]:
        team = {"Knutpunktsteamet": ["planering"], "Arbetsförmedlingen": ["arbetsmarknad"]}
        johan.post(reverse("consent", args=[case.pk]), consent_answers(cast, **team, **named))
        said = " ".join(re.sub("<[^>]+>", "", johan.get(reverse("consent", args=[case.pk])).text).split())
        return re.findall(rf"(\w+) är part till och med {ends} och står inte med här", said)

    assert leaves_out() == ["Öppenpsykiatrin"]
    assert leaves_out(Öppenpsykiatrin=["halsa"]) == []


def words_of(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", "", page).split()).replace(" ,", ",")


@pytest.mark.clause("W1")
def test_whoever_writes_a_new_consent_reads_which_categories_the_older_one_still_gives(
    make_case, cast, sign_in
) -> None:
    """A consent never narrows another: a category that is left out stays until the older one ends, or is taken back."""
    case, johan = make_case("announced", valid_until=timezone.localdate() + 40 * DAY), sign_in(cast.johan)
    ends = timezone.localdate() + 40 * DAY
    everybody = {
        "Försörjningsstöd": [c for c in builders.ALL if c != "grund"],
        "Knutpunktsteamet": [c for c in builders.ALL if c != "grund"],
        "Öppenpsykiatrin": ["halsa", "planering"],
    }
    agency = cast.unit("Arbetsförmedlingen").full_name

    def keeps(**named: list[str]) -> list[str]:
        with behind_the_wall():
            draft = case.consents.filter(signed_on=None).first()
        answers = {**consent_answers(cast, **everybody, **named), "seen": draft.saved_at.isoformat() if draft else ""}
        assert johan.post(reverse("consent", args=[case.pk]), answers).status_code == 302
        page = johan.get(reverse("consent", args=[case.pk])).text
        said = re.findall(rf"(\S+) har kvar (.+?) till och med {ends}, enligt det förra samtycket", words_of(page))
        assert bool(said) == ("Ta tillbaka enhetens del</a> först" in page)
        return [what for unit, what in said if agency.endswith(unit)]

    assert keeps(Arbetsförmedlingen=["arbetsmarknad"]) == ["Tidigare arbete, Planering"]
    assert keeps(Arbetsförmedlingen=["arbetsmarknad", "arbete", "planering", "social"]) == []


@pytest.mark.clause("W1")
def test_the_case_says_which_categories_an_older_consent_still_gives(make_case, cast, sign_in) -> None:
    case, johan = make_case("announced", valid_until=timezone.localdate() + 40 * DAY), sign_in(cast.johan)
    ends, name = timezone.localdate() + 40 * DAY, cast.unit("Arbetsförmedlingen").full_name
    said = f"{name} har kvar Tidigare arbete, Planering till och med {ends}, enligt det förra samtycket"
    assert "har kvar" not in johan.get(reverse("case", args=[case.pk])).text
    sign_consent(johan, case, cast, Knutpunktsteamet=["planering"], Arbetsförmedlingen=["arbetsmarknad"])
    page = johan.get(reverse("case", args=[case.pk])).text
    assert said in words_of(page)
    assert "Ta tillbaka enhetens del" in page
    # Taken back, and given again as it should be: then nothing more is kept.
    call = {"what": str(cast.unit("Arbetsförmedlingen").pk), "how": "phone", "taken_by": "Johan Wik"}
    johan.post(reverse("withdraw_consent", args=[case.pk]), call)
    sign_consent(johan, case, cast, Knutpunktsteamet=["planering"], Arbetsförmedlingen=["arbetsmarknad"])
    assert said not in words_of(johan.get(reverse("case", args=[case.pk])).text)


def shorten(case: Any, cast: Any, days: int, name: str = "Öppenpsykiatrin") -> None:
    """The person gave one party fewer days than the others, in the same consent."""
    rows = case.parties.filter(basis=Basis.CONSENT, unit=cast.unit(name))
    rows.update(valid_until=timezone.localdate() + days * DAY)
    builders.settle(Case.objects.select_related("programme").get(pk=case.pk), timezone.now())


@pytest.mark.clause("W1", "W3")
def test_a_party_whose_own_time_is_shorter_is_warned_of_as_one_whose_part_ends(make_case, cast, sign_in) -> None:
    case, start = ending_in(make_case, 200), timezone.now()
    first, second = ("party_ends_30", "Johan Wik"), ("party_ends_7", "Johan Wik")
    with behind_the_wall():
        shorten(case, cast, 40)
        for days, expected in ((9, []), (10, [first]), (33, [first, second]), (41, [first, second])):
            warn(start + days * DAY)
            assert told_of_parts(case) == expected, days
        assert warned(case) == {}
        shorten(case, cast, 20)
        case.refresh_from_db()
    assert case.consent_until == timezone.localdate() + 200 * DAY
    johan = sign_in(cast.johan)
    said = words_of(johan.get(reverse("case", args=[case.pk])).text)
    ends = timezone.localdate() + 20 * DAY
    unit = cast.unit("Öppenpsykiatrin").full_name
    assert f"{unit} är part till och med {ends}, kortare tid än de andra" in said
    assert "Det nya samtycket" not in said
    assert "Det nya samtycket" not in johan.get(reverse("inbox")).text


def test_of_the_teams_own_shorter_time_the_coordinator_is_told_too(make_case, cast) -> None:
    case, draft = ending_in(make_case, 200), ending_in(make_case, 200, "draft")
    with behind_the_wall():
        for one in (case, draft):
            shorten(one, cast, 20, "Knutpunktsteamet")
        warn(timezone.now())
        assert told_of_parts(case) == [("party_ends_30", "Johan Wik"), ("party_ends_30", "Karin Hallgren")]
        assert told_of_parts(draft) == [("party_ends_30", "Johan Wik")]


def test_where_all_parties_have_a_shorter_time_it_is_the_whole_that_ends(make_case, cast) -> None:
    case = ending_in(make_case, 200)
    with behind_the_wall():
        for name in builders.USUAL:
            shorten(case, cast, 5, name)
        warn(timezone.now())
        assert set(warned(case)) == {"consent_ends_7"}
        assert told_of_parts(case) == []


def party(begins: int, ends: int | None, **fields: Any) -> Party:
    today = timezone.localdate()
    until = None if ends is None else today + ends * DAY
    return Party(basis=Basis.CONSENT, valid_from=today + begins * DAY, valid_until=until, **fields)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], None),
        ([(-10, -1)], None),
        ([(1, 10)], None),
        ([(0, 0)], 0),
        ([(-10, 5), (-20, 3)], 5),
        ([(-10, 5), (6, 20)], 20),
        ([(6, 20), (-10, 5), (21, 30)], 30),
        ([(-10, 5), (7, 20)], 5),
    ],
)
def test_a_ground_holds_until_the_first_day_that_none_covers(spans, expected) -> None:
    today = timezone.localdate()
    found = covered_until([party(*span) for span in spans], today)
    assert found == (None if expected is None else today + expected * DAY)


def test_left_out_is_who_ends_before_the_whole_does() -> None:
    today, one, other = timezone.localdate(), uuid4(), uuid4()
    rows = [party(-10, 5, unit_id=one), party(-10, 5, unit_id=other), party(6, 50, unit_id=one)]
    assert [(found.party.unit_id, found.until) for found in left_out(rows, today)] == [(other, today + 5 * DAY)]
    assert left_out(rows[:2], today) == []
    assert left_out([], today) == []
    assert left_out([*rows, party(3, 50, unit_id=other)], today) == []
    shorter = [party(-10, 5, unit_id=one, consent_id=one), party(-10, 50, unit_id=other, consent_id=one)]
    assert [(found.party.unit_id, found.is_own_time) for found in left_out(shorter, today)] == [(one, True)]
    newer = [party(-10, 5, unit_id=one, consent_id=one), party(-10, 50, unit_id=other, consent_id=other)]
    assert [(found.party.unit_id, found.is_own_time) for found in left_out(newer, today)] == [(one, False)]
    many = [party(-10, ends, unit_id=unit, consent_id=one) for ends, unit in ((5, one), (3, other), (50, uuid4()))]
    assert [found.party.unit_id for found in left_out(many, today)] == [other, one], "the nearest first"
    # Its own days in an older consent are not what ends its part now.
    older = [party(-10, 2, unit_id=one, consent_id=one), party(-10, 30, unit_id=other, consent_id=one)]
    newer = [party(-5, 5, unit_id=one, consent_id=other), party(-5, 5, unit_id=other, consent_id=other)]
    assert [(found.party.unit_id, found.is_own_time) for found in left_out([*older, *newer], today)] == [(one, False)]
    # After a gap it ends all the same, and so does the whole.
    assert left_out([rows[0], party(7, 50, unit_id=one)], today) == []
