"""Min sida: the person's own case, read-only, the same next step as everybody sees, and who has read."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.actions import record
from knutpunkten.audit.models import READINGS, Entry
from knutpunkten.cases.models import Case, Party
from knutpunkten.first_meeting.models import FirstMeeting
from knutpunkten.meetings.models import Knowledge
from knutpunkten.organisations.models import User
from knutpunkten.plans.models import Goal, Plan, SubGoal
from knutpunkten.portal.rules import how_near, took_part
from knutpunkten.portal.words import CHANGED, NOT_TOLD
from knutpunkten.routine.engine import withdraw_consent
from knutpunkten.routine.event_words import EVENTS
from knutpunkten.routine.table import STEPS
from knutpunkten.ui import dates
from tests import builders
from tests.activities.test_week import text_of
from tests.builders import make_person
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
OVER = (("closed", "collaboration"), ("closed", "consultation"))
WAITING = ("draft", "handed_over", "announced", "queued", "placed")


@pytest.fixture
def amira(cast):
    """A person with an account of their own."""
    with behind_the_wall():
        account = User.objects.create_user("amira@deltagare.example", "Amira Haddad")
        person = make_person("Amira", "Haddad")
        person.account = account
        person.save()
    return person


def open_page(person, **query):
    client = Client()
    client.force_login(person.account)
    return client.get("/min-sida/", query)


def said(day):
    """A day as it is said to the participant: in words, and the date beside."""
    return f"{dates.long_date(day)} {day.isoformat()}"


def with_plan(case, cast, responsible="Elin Strand", **of_sub_goal):
    with behind_the_wall():
        today = timezone.localdate()
        plan = Plan.objects.create(
            case=case,
            author_unit=cast.knutpunkten.team,
            version=1,
            participation="Vi skrev tillsammans",
            agreed_on=today,
            begun_at=timezone.now(),
            begun_by=cast.elin,
        )
        goal = Goal.objects.create(
            plan=plan,
            case=case,
            author_unit=cast.knutpunkten.team,
            position=1,
            own_words="Jag vill jobba i ett kök igen",
            score=6,
            scores=[{"on": "2026-10-01", "score": 5}, {"on": "2026-11-01", "score": 6}],
        )
        SubGoal.objects.create(
            goal=goal,
            case=case,
            author_unit=cast.knutpunkten.team,
            position=1,
            what="Provvecka i skolköket",
            responsible=responsible,
            due_on=today + timedelta(days=9),
            **of_sub_goal,
        )


@pytest.mark.clause("W2")
def test_the_participant_sees_the_same_next_step_as_everybody_else(cast, amira, make_case, sign_in):
    case = make_case("allocated", person=amira, service_decision_on=timezone.localdate())
    own = text_of(open_page(amira))
    staff = text_of(sign_in(cast.elin).get(f"/arenden/{case.pk}/"))
    case.refresh_from_db()
    for words in ("Boka första mötet", "Elin Strand", case.due_on.isoformat()):
        assert words in own
    assert "Boka första mötet" in staff
    start = timezone.now() + timedelta(days=5)
    with behind_the_wall():
        FirstMeeting.objects.create(
            case=case,
            author_unit=cast.knutpunkten.team,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            place="Hamngatan 3",
            invited=[{"name": "Elin Strand", "role": "Handledare"}, {"name": "Amira Haddad", "role": "Deltagare"}],
            booked_at=timezone.now(),
            booked_by=cast.elin,
        )
        with connection.cursor() as cursor:
            cursor.execute("update cases_case set first_meeting_at = %s where id = %s", [start, case.pk])
    moved = text_of(open_page(amira))
    assert "Ditt nästa möte" in moved
    assert "Hamngatan 3" in moved
    assert timezone.localdate(start).isoformat() in moved


def test_goals_stand_in_the_persons_own_words_with_zero_to_ten(cast, amira, make_case):
    case = make_case(
        "active", person=amira, plan_agreed_at=timezone.now(), follow_up_on=timezone.localdate() + timedelta(days=9)
    )
    with_plan(case, cast)
    page = text_of(open_page(amira))
    assert "”Jag vill jobba i ett kök igen”" in page
    assert "Var är du nu? 6 , förra gången 5" in page
    assert "Provvecka i skolköket" in page
    assert "Du deltar." in page


@pytest.mark.parametrize("name", ["Amira", "amira haddad", "Amira Haddad ", "Deltagaren", "jag"])
def test_what_the_person_does_themself_is_said_to_them_as_du(cast, amira, make_case, name):
    with_plan(make_case("active", person=amira, plan_agreed_at=timezone.now()), cast, name)
    page = text_of(open_page(amira))
    assert "Ansvarig: du." in page
    assert "Ansvarig: Amira" not in page


@pytest.mark.parametrize(
    ("written", "said_to_her"),
    [
        ("Amira\nElin Strand, handledare", "du\nElin Strand, handledare"),
        ("Elin Strand och Amira Haddad", "Elin Strand och du"),
        ("Johan Wik, Amira, Elin Strand", "Johan Wik, du, Elin Strand"),
        ("Amira Ek, kurator", "Amira Ek, kurator"),
    ],
)
def test_of_those_who_took_part_the_person_is_du(amira, make_case, written, said_to_her):
    assert took_part(Plan(who_took_part=written), make_case("active", person=amira)) == said_to_her


def test_somebody_else_of_the_same_name_is_not_the_person(cast, amira, make_case):
    case = make_case("active", person=amira, plan_agreed_at=timezone.now())
    with_plan(case, cast, "Amira", responsible_unit=cast.unit("Arbetsförmedlingen"))
    assert "Ansvarig: Amira, Arbetsförmedlingen." in text_of(open_page(amira))
    with behind_the_wall():
        Party.objects.filter(case=case, unit=cast.unit("Arbetsförmedlingen")).update(withdrawn_at=timezone.now())
        Goal.objects.filter(case=case).update(own_words='"Jag vill jobba i ett kök"')
    page = text_of(open_page(amira))
    assert "”Jag vill jobba i ett kök”" in page
    assert "Ansvarig: ingen just nu." in page
    assert "Ansvarig: Amira" not in page


def test_every_day_is_said_in_words_with_the_date_beside(cast, amira, make_case, sign_in):
    today = timezone.localdate()
    case = make_case("active", person=amira, plan_agreed_at=timezone.now(), due_on=today + timedelta(days=40))
    with_plan(case, cast)
    sign_in(cast.elin).get(f"/arenden/{case.pk}/")
    with behind_the_wall(), connection.cursor() as cursor:
        Party.objects.filter(case=case, unit=cast.unit("Arbetsförmedlingen")).update(
            valid_until=today - timedelta(days=1)
        )
        cursor.execute(
            "update cases_case set turn_since = %s where id = %s", [timezone.now() - timedelta(days=3), case.pk]
        )
    page = text_of(open_page(amira))
    assert f"Sedan {said(today - timedelta(days=3))}" in page
    assert f"Nu: Provvecka i skolköket, senast {said(today + timedelta(days=9))} . Ansvarig: Elin Strand." in page
    assert f"ni kom överens {said(today)}" in page
    to_come = today + timedelta(days=2)
    with behind_the_wall():
        SubGoal.objects.filter(case=case).update(from_on=to_come)
    assert f"Härnäst, från {said(to_come)} : Provvecka i skolköket" in text_of(open_page(amira))
    with behind_the_wall():
        of_goal = {"case": case, "author_unit": cast.knutpunkten.team, "goal": Goal.objects.get(case=case)}
        SubGoal.objects.create(**of_goal, position=2, what="Ringa köket", due_on=today + timedelta(days=30))
    assert "Nu: Ringa köket" in text_of(open_page(amira))
    assert f"Gällde till {said(today - timedelta(days=1))}" in page
    for iso in re.finditer(r"\d{4}-\d\d-\d\d", page.partition("Hej Amira!")[2]):
        assert re.search(r"\w+dag \d+ \w+ (kl\. \d\d:\d\d )?$", iso.string[: iso.start()]), iso.string[: iso.end()][
            -60:
        ]


@pytest.mark.parametrize(
    ("state", "kind", "goals"),
    [
        *(
            (state, "collaboration", "Om du får en plats skriver du och din handledare")
            for state in (*WAITING, "returned")
        ),
        (
            "active",
            "collaboration",
            "Du och din handledare skriver dina mål tillsammans. När ni är överens står de här",
        ),
        ("draft", "consultation", "Här skrivs inga mål."),
        *((state, kind, "Det blev ingen plan med mål i det här ärendet.") for state, kind in OVER),
    ],
)
def test_the_page_works_in_every_state_before_there_is_any_plan(amira, make_case, state, kind, goals):
    make_case(state, kind=kind, person=amira)
    page = open_page(amira)
    assert page.status_code == 200
    assert goals in text_of(page)


@pytest.mark.clause("W1", "W4")
def test_each_of_ones_cases_has_its_page_and_one_is_greeted_by_ones_own_name(cast, amira, make_case):
    closed, active = make_case("closed", person=amira), make_case("active", person=amira)
    builders.CALLED[amira.pk] = "Berit", "Ek"  # as another unit wrote, which mistook the number
    draft = make_case("draft", person=amira, caseworker=cast.tove, parties={})
    client = Client()
    client.force_login(amira.account)
    with acting_as(cast.elin) as elin:
        record("attendance", by=elin, at=timezone.now(), case_id=active.pk, person_id=amira.pk)
    home = client.get(reverse("own_page"))
    assert "Fyllde i din närvaro" in home.text
    assert "Inget möte är bokat i något av dina ärenden just nu." in text_of(home)
    for case in (closed, draft):
        address = reverse("own_case", args=[case.pk])
        assert f'href="{address}"' in home.text
        assert f"En remiss, påbörjad {said(timezone.localdate(case.created_at))}" in text_of(home)
        page = client.get(address)
        assert f"Min sida, ärende {case.number}" in page.text.partition("</title>")[0]
        about = f"Knutpunkten, ärende {case.number} Du har flera ärenden Den här sidan handlar om Knutpunkten, ärende {case.number}."
        assert about in text_of(page)
        assert f"Inget möte är bokat i ärende {case.number}" in text_of(page)
        assert f'href="{reverse("own_case", args=[active.pk])}"' in page.text
        assert f'href="{address}#samtycke"' in page.text.partition('class="tabbar"')[2]
        assert "Berit" not in page.text
        assert "Fyllde i din närvaro" not in page.text
        with behind_the_wall():
            assert Entry.objects.of_case(case.pk).filter(user_id=amira.account_id, event="read").exists()
    assert f"De här får läsa i ärende {closed.number} nu:" in text_of(client.get(reverse("own_case", args=[closed.pk])))
    make_case("cancelled", person=amira)
    with behind_the_wall():
        active.parties.filter(basis="self").update(person=make_person("Jens", "Hult"))
    assert "Hej Amira!" in text_of(client.get(reverse("own_page")))
    assert client.get(reverse("own_case", args=[active.pk])).status_code == 404


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"state": "active", "started_on": date(2026, 2, 2)}, {"state": "announced"}),
        ({"state": "announced"}, {"state": "presented", "kind": "consultation"}),
        ({"state": "announced"}, {"state": "draft", "handed_over_at": None}),
        ({"state": "draft", "handed_over_at": None}, {"state": "closed"}),
        ({"state": "cancelled"}, {"state": "cancelled", "handed_over_at": None}),
    ],
)
def test_the_case_one_takes_part_in_stands_first_and_what_was_never_sent_after_what_was(first, then):
    older = Case(**{"handed_over_at": LONG_AGO, **first}, created_at=LONG_AGO)
    newer = Case(**{"handed_over_at": LONG_AGO, **then}, created_at=LONG_AGO + timedelta(days=5))
    assert sorted([newer, older], key=how_near) == [older, newer]


def test_without_a_case_the_page_says_what_comes(amira):
    assert "Det finns inget att visa än" in text_of(open_page(amira))


@pytest.mark.clause("W4")
def test_the_person_sees_who_has_read_by_agency_and_role(cast, amira, make_case, sign_in):
    case = make_case("active", person=amira)
    for _ in range(2):
        sign_in(cast.elin).get(f"/arenden/{case.pk}/")
    sign_in(cast.johan).get(f"/arenden/{case.pk}/")
    page = text_of(open_page(amira))
    assert "Knutpunkten, Knutpunktsteamet, handledare Läste ditt ärende (2 gånger) Läsning" in page
    assert "Västerviks kommun, Försörjningsstöd, handläggare Läste ditt ärende" in page
    assert "deltagare Läste" not in text_of(open_page(amira))  # one's own reading is no news
    with behind_the_wall():
        assert Entry.objects.of_case(case.pk).filter(user_id=amira.account_id, event="read").exists()


def deeds(page):
    """Each row of who has read and changed: what was done, of which kind by its word and by its shape."""
    rows = re.findall(r'<li><div class="row">(.*?)</div></div></li>', page.partition('id="vem-har-sett"')[2], re.DOTALL)
    found = []
    for row in rows:
        who = re.search(r"<strong>(.*?)</strong>", row)[1]
        what, shape, kind = re.search(r"<p>([^<]*)</p>.*icons[^#]*#([\w-]+).*?</svg> (\w+),", row, re.DOTALL).groups()
        found.append((who, what, shape, kind))
    return found


@pytest.mark.clause("W4")
def test_the_person_sees_who_has_changed_what_beside_who_has_read(cast, amira, make_case, take, sign_in):
    case = make_case("placed", person=amira)
    sign_in(cast.johan).get(f"/arenden/{case.pk}/")
    take(case, "allocate", cast.karin, supervisor=cast.elin.pk)
    team = "Knutpunkten, Knutpunktsteamet"
    changed = (f"{team}, samordnare", "Utsåg din handledare", "pencil", "Ändring")
    read = ("Västerviks kommun, Försörjningsstöd, handläggare", "Läste ditt ärende", "eye", "Läsning")
    assert set(deeds(open_page(amira).text)) == {changed, read}
    assert "Karin" not in text_of(open_page(amira)).partition("Vem har sett och ändrat?")[2]
    client = Client()
    client.force_login(amira.account)
    for asked, kept in (
        ("", {changed, read}),
        ("andringar", {changed}),
        ("lasningar", {read}),
        ("nonsens", {changed, read}),
    ):
        page = client.get("/min-sida/vem-har-sett/", {"visa": asked}).text.replace('class="chips"', 'id="vem-har-sett"')
        assert set(deeds(page)) == kept, asked


@pytest.mark.clause("W4")
def test_who_has_read_is_seen_at_a_glance_though_attendance_is_taken_day_after_day(cast, amira, make_case, sign_in):
    case = make_case("active", person=amira)
    with acting_as(cast.elin) as elin:
        for days in range(20):
            at = timezone.now() - timedelta(days=days)
            record("attendance", by=elin, at=at, case_id=case.pk, person_id=amira.pk)
            record("read", by=elin, at=at, case_id=case.pk, person_id=amira.pk, what="case")
        record("read", by=elin, at=timezone.now(), case_id=case.pk, person_id=amira.pk, what="plan")
    with acting_as(cast.mats) as mats:
        at = timezone.now() - timedelta(days=18)
        record("read", by=mats, at=at, case_id=case.pk, person_id=amira.pk, what="referral")
    supervisor = "Knutpunkten, Knutpunktsteamet, handledare"
    page = open_page(amira)
    assert deeds(page.text) == [
        (supervisor, "Läste din plan och ditt ärende", "eye", "Läsning"),
        (supervisor, "Fyllde i din närvaro", "pencil", "Ändring"),
        ("Arbetsförmedlingen, representant", "Läste din remiss", "eye", "Läsning"),
    ]
    client = Client()
    client.force_login(amira.account)
    everything = text_of(client.get("/min-sida/vem-har-sett/"))
    assert everything.count("Fyllde i din närvaro") == 20
    assert f"Ser något fel ut? Ring Elin Strand: {cast.elin.phone}" in everything
    assert reverse("own_reads") in page.text


@pytest.mark.clause("W4")
def test_of_two_supervisors_it_is_not_said_that_both_read_what_each_of_them_read(cast, amira, make_case, namesake_of):
    case, now = make_case("active", person=amira), timezone.now()
    for supervisor, what in ((cast.elin, "plan"), (namesake_of(cast.elin), "mapping")):
        with acting_as(supervisor) as who:
            record("read", by=who, at=now, case_id=case.pk, person_id=amira.pk, what=what)
    of_one = "Knutpunkten, Knutpunktsteamet, handledare"
    assert sorted(deeds(open_page(amira).text)) == [
        (of_one, "Läste din kartläggning", "eye", "Läsning"),
        (of_one, "Läste din plan", "eye", "Läsning"),
    ]


@pytest.mark.clause("W4")
def test_each_thing_has_its_own_number_and_several_people_are_counted(cast, amira, make_case):
    case, now = make_case("active", person=amira), timezone.now()
    with behind_the_wall():
        colleague = User.objects.create_user("siri@vastervik.example", "Siri Nord")
        membership = cast.johan.memberships.get()
        membership.pk, membership.user = None, colleague
        membership.save()
    read = [("case", 5), ("case", 4), ("referral", 3), ("plan_pdf", 2)]
    for caseworker, things in ((cast.johan, read), (colleague, [("case", 1)])):
        with acting_as(caseworker) as who:
            for what, minutes in things:
                at = now - timedelta(minutes=minutes)
                record("read", by=who, at=at, case_id=case.pk, person_id=amira.pk, what=what)
    of_them = "Västerviks kommun, Försörjningsstöd, två handläggare"
    moment = f"{timezone.localtime(now - timedelta(minutes=1)):%H:%M}"
    page = text_of(open_page(amira))
    assert re.search(rf"{of_them} Läste ditt ärende \(3 gånger\) Läsning, \D*{moment}", page)
    assert "Försörjningsstöd, handläggare Läste din remiss Skrev ut din plan Läsning" in page


@pytest.mark.clause("W1", "W4")
@pytest.mark.parametrize("is_party", [True, False])
def test_who_was_shown_nothing_of_the_plan_is_not_said_to_have_read_it(cast, amira, make_case, sign_in, is_party):
    parties = {"Försörjningsstöd": ["grund"], "Knutpunktsteamet": ["grund"], "Arbetsförmedlingen": ["grund", "arbete"]}
    case = make_case("active", person=amira, parties=parties)
    if not is_party:
        with acting_as(cast.mats) as mats:
            facts = {"category": "arbete", "text": "Lager.", "written_at": timezone.now(), "written_by": cast.mats}
            Knowledge.objects.create(case=case, author_unit_id=mats.unit_id, **facts)
        with acting_as(cast.johan) as johan:
            withdraw_consent(case.pk, unit_ids=None, how="phone", taken_by="Johan Wik", by=johan, at=timezone.now())
    assert "Delas inte med er enhet" in sign_in(cast.mats).get(reverse("plan", args=[case.pk])).text
    page = text_of(open_page(amira))
    assert "Arbetsförmedlingen, representant Öppnade sidan med din plan, men fick inte se något" in page
    assert "Läste din plan" not in page


@pytest.mark.clause("W1", "W4")
def test_what_a_unit_has_not_answered_yet_and_who_was_denied_is_not_told_the_person(cast, amira, make_case, sign_in):
    case = make_case("announced", person=amira, readers=())
    mats = sign_in(cast.mats)
    typed = {"text_arbetsmarknad": "Inskriven sedan i våras.", "answer": "disclosed", "share": []}
    mats.post(f"/arenden/{case.pk}/uppgifter/", typed)
    file = {"file": SimpleUploadedFile("Intyg.pdf", b"%PDF-1.7 ett intyg"), "category": "arbetsmarknad"}
    mats.post(f"/arenden/{case.pk}/filer/", file)
    assert sign_in(cast.siv).get(f"/arenden/{case.pk}/").status_code == 404
    kinds = {kind for *_, kind in deeds(open_page(amira).text)}
    assert "Ändring" not in kinds
    with behind_the_wall():
        events = set(Entry.objects.of_case(case.pk).values_list("event", flat=True))
    assert {"knowledge_saved", "file_added", "denied"} <= events


def test_every_event_is_told_to_the_person_in_words_or_left_out_on_purpose():
    known = {*EVENTS, *STEPS} - {*READINGS}
    assert known == {*CHANGED, *NOT_TOLD}
    assert not {*CHANGED} & {*NOT_TOLD}


@pytest.mark.clause("W1")
def test_the_person_sees_who_has_a_part_until_when_and_who_has_lost_it(cast, amira, make_case):
    case = make_case("active", person=amira)
    page = text_of(open_page(amira))
    assert "Arbetsförmedlingen Vad de får läsa Grunduppgifter, Tidigare arbete, Arbetsmarknad, Planering" in page
    assert "Får inte läsa längre" not in page
    with behind_the_wall():
        Party.objects.filter(case=case, unit=cast.unit("Arbetsförmedlingen")).update(withdrawn_at=timezone.now())
    page = text_of(open_page(amira))
    assert "Arbetsförmedlingen Vad de får läsa" not in page
    assert f"Arbetsförmedlingen Taget tillbaka {said(timezone.localdate())}" in page


@pytest.mark.clause("W1")
def test_each_agency_has_its_own_time_and_one_that_begins_later_does_not_read_now(cast, amira, make_case):
    case, today = make_case("active", person=amira), timezone.localdate()
    begins, ends = today + timedelta(days=10), today + timedelta(days=20)
    with behind_the_wall():
        rows = Party.objects.filter(case=case, basis="consent")
        rows.filter(unit=cast.unit("Öppenpsykiatrin")).update(valid_until=ends)
        rows.filter(unit=cast.unit("Arbetsförmedlingen")).update(valid_from=begins)
    now, _, later = text_of(open_page(amira)).partition("De här får läsa först senare:")
    assert f"{ends}" in now
    assert "Arbetsförmedlingen Vad de får läsa" not in now
    assert re.search(rf"Arbetsförmedlingen Vad de får läsa .* Från \w+ \d+ \w+ {begins} till \w+ ", later)


def test_the_supervisors_phone_stands_on_the_page_and_before_them_the_caseworkers(cast, amira, make_case):
    case = make_case("announced", person=amira)
    assert cast.johan.phone in text_of(open_page(amira))
    with behind_the_wall(), connection.cursor() as cursor:
        cursor.execute("update cases_case set supervisor_id = %s where id = %s", [cast.elin.pk, case.pk])
    page = open_page(amira)
    assert f'href="tel:{cast.elin.phone.replace(" ", "")}"' in page.content.decode()
    assert "Ring Elin Strand" in text_of(page).partition("Din handledare 0")[2]


def test_a_person_with_protected_identity_reads_their_own_page(amira, make_case):
    with behind_the_wall():
        amira.protection = "sekretessmarkering"
        amira.save()
    make_case("active", person=amira)
    assert "Hej Amira!" in text_of(open_page(amira))


def test_one_sees_ones_own_and_nobody_elses(cast, amira, make_case):
    other = make_case("active", person=None)
    make_case("active", person=amira)
    page = text_of(open_page(amira))
    assert other.number not in page
    client = Client()
    client.force_login(amira.account)
    for address in (f"/arenden/{other.pk}/", "/arenden/", "/veckan/", "/siffror/"):
        assert client.get(address).status_code in (403, 404)


@pytest.mark.parametrize("person", ["karin", "elin", "johan", "mats", "bengt", "admin"])
def test_staff_have_no_page_of_their_own(cast, sign_in, person):
    assert sign_in(getattr(cast, person)).get("/min-sida/").status_code == 403


def test_the_page_costs_at_most_twelve_statements_beside_the_frame(cast, amira, make_case):
    case = make_case("active", person=amira, plan_agreed_at=timezone.now())
    with_plan(case, cast)
    client = Client()
    client.force_login(amira.account)
    client.get("/min-sida/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/min-sida/")
    own = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    frame = [
        sql
        for sql in own
        if "django_session" in sql
        or "begin_as" in sql
        or 'INTO "audit_entry"' in sql
        or ('organisations_user"."password' in sql and "cases_case" not in sql)
    ]
    assert len(own) - len(frame) <= 12, "\n".join(own)


def test_those_one_meets_stand_as_in_a_sentence_and_of_the_plan_nobody_who_may_not_read_it(cast, amira, make_case):
    case = make_case("active", person=amira, follow_up_on=timezone.localdate() + timedelta(days=9))
    assert f"{cast.elin.name} och {cast.johan.name}. Ni pratar om din plan." in text_of(open_page(amira))
    with behind_the_wall():
        Party.objects.filter(case=case, unit=cast.johan.memberships.get().unit).update(withdrawn_at=timezone.now())
    page = text_of(open_page(amira))
    assert f"{cast.elin.name}. Ni pratar om din plan." in page
    assert f"{cast.johan.name}. Ni pratar" not in page


@pytest.mark.parametrize(
    ("address", "status", "words", "not_hers"),
    [
        ("/siffror/", 403, "Den här sidan är för personalen.", "i ditt arbete"),
        ("/finns-inte/", 404, "Adressen kan vara fel, eller så är sidan för personalen.", "din enhet"),
        ("/kontaktlista/", 200, "fråga först din handledare eller handläggare", "innan du skriver en remiss"),
    ],
)
def test_what_staff_read_of_their_work_is_not_said_to_the_person(
    cast, amira, make_case, sign_in, address, status, words, not_hers
):
    make_case("active", person=amira)
    client = Client()
    client.force_login(amira.account)
    page = client.get(address)
    assert page.status_code == status
    assert words in text_of(page)
    assert not_hers not in text_of(page)
    assert not_hers in text_of(sign_in(cast.johan).get(address))
