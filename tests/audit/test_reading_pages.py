"""Who has read: the case's page for those with a ground, and the person's own (W4)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.actions import record
from knutpunkten.audit.models import Entry
from knutpunkten.organisations.models import User
from knutpunkten.ui.paging import REST_OF_HOUR, hour_of, sealed, sealed_midnight
from tests import builders
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def amira(cast: Any) -> Any:
    with behind_the_wall():
        account = User.objects.create_user("amira.oqvist@person.example", "Amira Öqvist")
        return builders.make_person("Amira", "Öqvist", account=account)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def grown(
    case: Any,
    cast: Any,
    count: int,
    *,
    apart: str = "1 minute",
    before: timedelta = timedelta(minutes=1),
    event: str = "read",
) -> None:
    """*count* readings of the case, so far apart, by caseworker and coordinator in turn; the last so long before now.

    Or changes, of another *event*.
    """
    last = timezone.now() - before
    with behind_the_wall(), connection.cursor() as cursor:
        cursor.execute(
            "insert into audit_entry (id, at, recorded_at, event, is_reading, user_id, role, unit_id, case_ref,"
            " person_ref, category, detail)"
            " select gen_random_uuid(), %s - n * %s::interval, now(), %s, %s,"
            "  case when n %% 2 = 0 then %s else %s end::uuid, 'caseworker', %s, audit_reference('case', %s),"
            "  audit_reference('person', %s), '', '{\"what\": \"case\"}' from generate_series(1, %s) n",
            [
                last,
                apart,
                event,
                event == "read",
                cast.johan.pk,
                cast.karin.pk,
                case.referring_unit_id,
                case.pk,
                case.person_id,
                count,
            ],
        )
        cursor.execute("analyze audit_entry")


def way(response: Any, to: str) -> str | None:
    """Where *Nyare* ("nyare") or *Äldre* ("aldre") of the page leads, if it is there."""
    found = re.search(rf'href="(\?[^"]*{to}=[^"]+)"', response.content.decode())
    return found and found[1].replace("&amp;", "&")


def is_beside_the_latest(response: Any) -> bool:
    return ">Det senaste</a>" in response.content.decode()


def older(client: Client, response: Any) -> Any:
    query = way(response, "aldre")
    assert query is not None
    return client.get(response.request["PATH_INFO"] + query)


def newer(client: Client, response: Any) -> Any:
    query = way(response, "nyare")
    assert query is not None
    return client.get(response.request["PATH_INFO"] + query)


@pytest.mark.clause("W4")
def test_those_with_a_ground_see_who_read_and_who_changed(cast, make_case, sign_in, take) -> None:
    case = make_case("placed")
    take(case, "allocate", cast.karin, supervisor=cast.elin.pk)
    sign_in(cast.elin).get(reverse("case", args=[case.pk]))
    johan = sign_in(cast.johan)
    page = text_of(johan.get(reverse("case_reads", args=[case.pk])))
    assert "Elin Strand Handledare Knutpunkten, Knutpunktsteamet Läste ärendet" in page
    assert "Johan Wik Handläggare Västerviks kommun, Försörjningsstöd Läste vem som har läst" in page
    assert "Utsåg handledare" not in page
    page = text_of(johan.get(reverse("case_reads", args=[case.pk]), {"visa": "andringar"}))
    assert "Karin Hallgren Samordnare Knutpunkten, Knutpunktsteamet Utsåg handledare" in page


@pytest.mark.clause("W4")
def test_the_same_thing_read_again_in_the_same_hour_is_one_row_and_every_row_of_the_log(
    cast, make_case, sign_in
) -> None:
    case, hour = make_case("active"), hour_of(timezone.now()) - timedelta(hours=1)
    with acting_as(cast.elin) as elin:
        for what, minutes in [("case", -1), ("case", 1), ("plan", 5), ("case", 30), ("case", 59)]:
            at = hour + timedelta(minutes=minutes)
            record("read", by=elin, at=at, case_id=case.pk, person_id=case.person_id, what=what)
    johan = sign_in(cast.johan)
    last = f"{timezone.localtime(hour + timedelta(minutes=59)):%H:%M}"
    page = text_of(johan.get(reverse("case_reads", args=[case.pk])))
    assert re.findall(r"Elin Strand Handledare \S+ \S+ (.*?) \S+ \d\d:\d\d", page) == [
        "Läste ärendet (3 gånger)",
        "Läste planen",
        "Läste ärendet",
    ]
    assert re.search(rf"Läste ärendet \(3 gånger\) \S+ {last}", page)
    events = text_of(johan.get(reverse("events", args=[case.pk]), {"visa": "last"}))
    assert re.findall(r"\(3 gånger\) \S+ (\d\d:\d\d)", events) == [last]
    assert "Elin Strand läste planen" in events
    with behind_the_wall():
        assert Entry.objects.of_case(case.pk).filter(event="read", user_id=cast.elin.pk).count() == 5


@pytest.mark.clause("W4")
def test_a_read_has_its_hat_unit_and_address(cast, make_case, sign_in) -> None:
    case = make_case("active")
    sign_in(cast.elin).get(reverse("case", args=[case.pk]))
    with behind_the_wall():
        entry = Entry.objects.of_case(case.pk).get(event="read")
        assert entry.hat_id == cast.elin.memberships.get().pk
        assert (entry.role, entry.unit_id) == ("supervisor", cast.unit("Knutpunktsteamet").pk)
        assert str(entry.address) == "127.0.0.1"
        assert Entry.objects.of_person(case.person_id).get(event="read") == entry


def test_without_a_ground_there_is_no_page(cast, make_case, sign_in) -> None:
    case = make_case("active")
    assert sign_in(cast.siv).get(reverse("case_reads", args=[case.pk])).status_code == 404


@pytest.mark.clause("W4")
def test_the_start_of_the_log_names_each_case_and_who_read_it_last(cast, make_case, sign_in) -> None:
    case = make_case("active", person=None)
    sign_in(cast.elin).get(reverse("case", args=[case.pk]))
    page = text_of(sign_in(cast.johan).get(reverse("who_has_read")))
    assert re.search(rf"{case.number} \S+ [\d:]+ Elin Strand, handledare Knutpunkten, Knutpunktsteamet", page), page


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def counted(response: Any) -> list[tuple[str, int]]:
    """Each row of the person's own list: who, what and when, and how many times."""
    rows = re.findall(r"<li><div class=\"row\">(.*?)</li>", response.content.decode(), re.DOTALL)
    rows = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
        for row in rows
        if re.search("gånger|Läste|Skrev", row)
    ]
    times = [re.search(r" \((\d+)\sgånger\)", row) for row in rows]
    return [(re.sub(r" \(\d+\sgånger\)", "", row), int(n[1]) if n else 1) for row, n in zip(rows, times, strict=True)]


def every_page(client: Client, url: str) -> list[Any]:
    pages = [client.get(url)]
    while way(pages[-1], "aldre"):
        pages.append(older(client, pages[-1]))
    return pages


@pytest.mark.clause("W4")
def test_the_person_sees_everybody_who_has_read_page_by_page(cast, amira, make_case) -> None:
    case = make_case("active", person=amira)
    grown(case, cast, 120, apart="1 hour")
    client = signed_in(amira)
    pages = every_page(client, reverse("own_reads"))
    assert "Västerviks kommun, Försörjningsstöd, två handläggare Läste ditt ärende" in text_of(pages[0])
    assert "Johan" not in text_of(pages[0]), "agency and role, not who"
    assert len(pages) == 2
    assert "Läste ditt ärende" in text_of(pages[1])
    assert way(pages[0], "nyare") is None
    back = [newer(client, pages[1])]
    while way(back[-1], "nyare"):  # early in the morning today stands on a page of its own
        back.append(newer(client, back[-1]))
    assert [row for page in reversed(back) for row in counted(page)] == counted(pages[0])
    assert "Visa allt, dag för dag" in text_of(client.get(reverse("own_page")))


@pytest.mark.clause("W4")
@pytest.mark.parametrize("apart", ["1 minute", "20 minutes", "1 hour", "9 hours"])
def test_min_sida_and_the_list_count_the_same_readings_alike_and_each_once(cast, amira, make_case, apart) -> None:
    grown(make_case("active", person=amira), cast, 230, apart=apart)
    grown(make_case("closed", person=amira), cast, 30, apart=apart)  # in whichever of their cases
    grown(make_case("draft", person=amira), cast, 70, apart=apart, event="wrote")  # the changes among them
    client = signed_in(amira)
    pages = every_page(client, reverse("own_reads"))
    listed = [row for page in pages for row in counted(page)]
    assert sum(times for _, times in listed) == 330
    assert len({row for row, _ in listed}) == len(listed), "no day stands on two pages"
    on_own_page = counted(client.get(reverse("own_page")))
    # There the last day alone of what each has read, and of what each has changed.
    assert sorted(on_own_page) == sorted(
        next(row for row in listed if kind in row[0]) for kind in ("Läsning", "Ändring")
    )


def test_the_persons_pages_lead_both_ways_and_a_day_made_by_hand_leads_nowhere(cast, amira, make_case) -> None:
    grown(make_case("active", person=amira), cast, 500, apart="1 hour")
    client, url = signed_in(amira), reverse("own_reads")
    pages = every_page(client, url)
    assert len(pages) > 4
    back = [pages[-1]]
    while way(back[-1], "nyare"):
        back.append(newer(client, back[-1]))
    assert sum(times for page in back for _, times in counted(page)) == 500
    assert len({row for page in back for row, _ in counted(page)}) == sum(len(counted(page)) for page in pages)
    assert is_beside_the_latest(pages[1])
    query = (way(pages[0], "aldre") or "").removeprefix("?aldre=")
    day, rest = query.split(".")
    for forged in (day, f"0001-01-01.{rest}", f"9999-12-31.{rest}", "x" * 4000, ""):
        assert counted(client.get(url, {"aldre": forged})) == counted(pages[0])
        assert counted(client.get(url, {"nyare": forged})) == counted(pages[0])


def test_a_search_that_shows_a_name_is_in_that_persons_list(cast, amira, make_case, sign_in) -> None:
    make_case("active", person=amira)
    sign_in(cast.johan).post(reverse("search"), {"q": "Öqvist"})
    client = Client()
    client.force_login(amira.account)
    assert "Försörjningsstöd, handläggare Fick upp ditt namn i en sökning" in text_of(client.get(reverse("own_reads")))


def test_a_participant_is_not_named_where_staff_see_who_read(cast, amira, make_case, sign_in) -> None:
    case = make_case("active", person=amira)
    client = Client()
    client.force_login(amira.account)
    client.get(reverse("own_page"))
    page = text_of(sign_in(cast.johan).get(reverse("case_reads", args=[case.pk])))
    assert "Personen själv Deltagare – Läste Min sida" in page


def moments(response: Any) -> list[str]:
    """When each row of the page says that it was, in order."""
    return re.findall(r'<time[^>]* datetime="([^"]+)"', response.content.decode().partition("<tbody>")[2])


def test_page_after_page_every_row_stands_once_the_latest_first_and_the_way_back_is_the_same(
    cast, make_case, sign_in
) -> None:
    case = make_case("active")
    grown(case, cast, 170, apart="1 hour")
    johan, url = sign_in(cast.johan), reverse("case_reads", args=[case.pk])
    pages = [johan.get(url)]
    while way(pages[-1], "aldre"):
        pages.append(older(johan, pages[-1]))
    shown = [moment for page in pages for moment in moments(page)]
    # Those that were there when the first page was shown, and its own reading; what came meanwhile has moved none.
    assert len(shown) == 171
    assert shown == sorted(set(shown), reverse=True)
    back = newer(johan, newer(johan, pages[-1]))
    assert moments(back) == moments(pages[-3])
    assert way(pages[0], "nyare") is None
    assert not is_beside_the_latest(pages[0])
    assert is_beside_the_latest(pages[1])
    # What has come meanwhile is reached by "Nyare", in the row of its hour.
    top = newer(johan, back)
    while way(top, "nyare"):
        top = newer(johan, top)
    assert "Läste vem som har läst (" in text_of(top)


def test_an_hours_readings_stand_on_one_page(cast, make_case, sign_in) -> None:
    case = make_case("active")
    begun = hour_of(timezone.now()) - timedelta(hours=1)
    grown(case, cast, 170, before=timezone.now() - begun - timedelta(minutes=30))
    karin = sign_in(cast.karin)
    pages = [karin.get(reverse("case_reads", args=[case.pk]))]
    while way(pages[-1], "aldre"):
        pages.append(older(karin, pages[-1]))
    assert len(pages) > 1
    row = re.compile(
        r"(Johan Wik|Karin Hallgren) Handläggare [^:]{1,60} Läste ärendet(?: \((\d+) gånger\))? (\S+ \d\d):"
    )
    told = [found for page in pages for found in row.findall(text_of(page).replace("\N{NO-BREAK SPACE}", " "))]
    assert sum(int(times or 1) for _, times, _ in told) == 170
    hours = [(who, hour) for who, _, hour in told]
    assert len(hours) == len(set(hours))
    assert moments(newer(karin, pages[-1])) == moments(pages[-2])
    latest = karin.get(reverse("case", args=[case.pk]), {"visa": "last"}).context["events"]
    johan = [event["text"] for event in latest if event["who"] == "Johan Wik"]
    assert johan == ["läste ärendet (15\N{NO-BREAK SPACE}gånger)"], "also where the latest few are told"


def test_an_hour_of_many_readings_makes_no_page_longer_than_its_most(cast, make_case, sign_in) -> None:
    case = make_case("active")
    begun = hour_of(timezone.now()) - timedelta(hours=1)
    grown(case, cast, 500, apart="1 second", before=timezone.now() - begun - timedelta(minutes=30))
    karin = sign_in(cast.karin)
    pages = [karin.get(reverse("case_reads", args=[case.pk]))]
    while way(pages[-1], "aldre"):
        pages.append(older(karin, pages[-1]))
    counted = [len(page.context["page"].rows) for page in pages]
    assert sum(counted) == 501  # with the opening of the first page
    assert max(counted) == 50 + REST_OF_HOUR


def test_rows_of_the_same_moment_are_all_shown(cast, make_case, sign_in) -> None:
    case = make_case("active")
    grown(case, cast, 120, apart="0 seconds", event="wrote")
    johan = sign_in(cast.johan)
    pages = [johan.get(reverse("case_reads", args=[case.pk]), {"visa": "andringar"})]
    while way(pages[-1], "aldre"):
        pages.append(older(johan, pages[-1]))
    assert [len(moments(page)) for page in pages] == [50, 50, 20]


def test_what_happened_at_the_same_moment_stands_in_the_same_order_wherever_it_is_told(
    cast, make_case, sign_in
) -> None:
    case, moment = make_case("active"), timezone.now()
    with acting_as(cast.johan) as johan:
        for event in ("begun", "file_added", "sign_consent", "hand_over", "announce", "set_agenda", "admit"):
            record(event, by=johan, at=moment, case_id=case.pk, person_id=case.person_id)
    client = sign_in(cast.johan)
    changes = client.get(reverse("case_reads", args=[case.pk]), {"visa": "andringar"}).context["rows"][:7]
    events = client.get(reverse("events", args=[case.pk])).context["events"][:7]
    assert [event["text"] for event in events] == [row["what"] for row in changes]


def test_an_address_holds_a_place_and_nothing_of_anybody_and_none_made_by_hand(cast, make_case, sign_in) -> None:
    case = make_case("active")
    grown(case, cast, 120)
    johan, url = sign_in(cast.johan), reverse("case_reads", args=[case.pk])
    query = way(johan.get(url), "aldre") or ""
    with behind_the_wall():
        (moment, pk), rest = query.removeprefix("?aldre=").split(".")[0].split("-"), query.split(".")[1]
        assert Entry.objects.filter(pk=pk).exists()
    assert moment.isdecimal()
    assert re.fullmatch(r"[\w-]{43}", rest)
    for forged in (f"{int(moment) - 1}-{pk}.{rest}", f"{moment}-{pk}", "'; select 1", "x" * 4000, ""):
        assert not is_beside_the_latest(johan.get(url, {"aldre": forged}))
    assert is_beside_the_latest(johan.get(url + query))


def plan_of(statement: str, user: Any, role: str | None = None) -> str:
    """How PostgreSQL answers it: by which index, or by going through every row where no index serves.

    That most rows of a test are of one person, or are of another test that was undone, is no reason to go through them all.
    """
    with acting_as(user, role=role), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {statement}")
        return "\n".join(line for (line,) in cursor.fetchall())


def asked(client: Client, url: str, query: str = "") -> list[str]:
    """What the page asks of the database, without where transactions begin and end."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url + query).status_code == 200
    return [q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


@pytest.mark.slow("ten thousand rows")
@pytest.mark.parametrize("which", ["case_reads", "own_reads", "reviewed_account", "reviewed_person"])
def test_of_ten_thousand_rows_every_page_takes_the_same_statements_and_is_found_by_index(
    which: str, cast, amira, make_case, sign_in
) -> None:
    case = make_case("active", person=amira)
    # The person's own pages hold whole days: eighty a day.
    apart = "18 minutes" if which == "own_reads" else "1 second"
    grown(case, cast, 10_000, apart=apart, before=timedelta(minutes=5))
    grown(case, cast, 2_000, apart="50 minutes", event="wrote")
    # Others as often: where nearly all is of one person, the index on days alone would do as well.
    grown(make_case("active"), cast, 10_000 if which == "reviewed_person" else 100, apart="1 second")
    person = Client()
    person.force_login(amira.account)
    client, url, whose = {
        "case_reads": (sign_in(cast.johan), reverse("case_reads", args=[case.pk]), cast.johan),
        "own_reads": (person, reverse("own_reads"), amira.account),
        "reviewed_account": (sign_in(cast.lotta), reverse("reviewed_account", args=[cast.johan.pk]), cast.lotta),
        "reviewed_person": (sign_in(cast.lotta), reverse("reviewed_person", args=[case.person_id]), cast.lotta),
    }[which]
    if which == "reviewed_person":
        client.post(reverse("look_up_person"), {"number": case.person.number, "why": "asked"})
    with behind_the_wall():
        deep = Entry.objects.filter(user_id=cast.johan.pk).order_by("-at")[2_400]
    place = sealed_midnight(deep.at) if which == "own_reads" else sealed(deep)
    # The reviewer's page of an account holds a month: the one with most of the rows, soon after midnight the one before.
    month = f"manad={timezone.localtime(deep.at):%Y-%m}"
    places = [f"?{month}", f"?aldre={place}&{month}", f"?nyare={place}&{month}"]
    client.get(url)  # the session's first request writes in it
    pages = [asked(client, url, place) for place in places]
    assert len({len(page) for page in pages}) == 1
    assert len(pages[0]) <= 12, pages[0]
    for page in pages:
        assert sum("insert into audit_entry" in one for one in page) == 1
        listed = [one for one in page if re.search('FROM "(audit_entry|review_log)"', one)]
        plans = [plan_of(one, whose) for one in listed]
        if which == "reviewed_account":
            assert "audit_subject" not in plans[0], "nothing is looked up for the rows that are not shown"
            continue
        if which == "reviewed_person":
            assert re.search(r"Index Scan (using|on) audit_by_", plans[0])
            assert re.search(r"Index Scan (using|on) audit_by_(person|case)", plans[1]), plans[1]
            assert "cases_case" not in plans[1], "nothing is looked up for the rows that are not shown"
            continue
        for plan in plans:
            assert re.search(r"Index Scan( Backward)? (using|on) audit_by_", plan), plan
        for plan in plans[page is pages[0] :]:
            assert re.search(r"Index Cond: .*\bat [<>]=? ", plan), plan


def test_what_is_recorded_of_a_read_is_one_statement(cast, make_case, sign_in) -> None:
    case = make_case("active")
    client = sign_in(cast.johan)
    client.get(reverse("case", args=[case.pk]))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("case", args=[case.pk]))
    assert sum("audit_reference" in q["sql"] for q in captured) == 1
