"""Figures: aggregates only, for the right hat, and never a number that tells of a person."""

import re
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.closing.models import Closing
from knutpunkten.organisations.models import Membership, Role
from knutpunkten.statistics.actions import count_due
from knutpunkten.statistics.rules import HIDDEN, LEAST_SHOWN, OPEN, as_shown, figures_of, suppress
from tests.conftest import behind_the_wall
from tests.queue.conftest import worker_role

TODAY = date(2026, 3, 2)


def words(cells):
    return [cell.words for cell in cells]


def counts(*numbers):
    """Rows of as many people as cases."""
    return [(str(i), (number, number)) for i, number in enumerate(numbers)]


def shown(*numbers):
    cells, total = suppress(counts(*numbers))
    return words([*cells, total])


def test_below_five_is_never_told():
    assert shown(4, 0, 12) == [HIDDEN, HIDDEN, "12", HIDDEN]
    assert shown(1, 1) == [HIDDEN, HIDDEN, HIDDEN]


def test_a_total_minus_the_others_does_not_give_the_hidden_one_away():
    assert shown(2, 9, 20) == [HIDDEN, "9", "20", HIDDEN]


def test_a_total_that_says_how_few_or_how_many_the_hidden_are_is_hidden():
    assert shown(4, 3, 12) == [HIDDEN, HIDDEN, "12", HIDDEN]  # seven: three at least, of both
    assert shown(1, 2, 12) == [HIDDEN, HIDDEN, "12", HIDDEN]  # three: none of them four
    assert shown(4, 3, 1, 12) == [HIDDEN, HIDDEN, HIDDEN, "12", "20"]
    assert shown(4, 4, 4, 12) == [HIDDEN, HIDDEN, HIDDEN, "12", HIDDEN]


def test_what_the_hidden_come_to_is_never_a_number_under_five():
    assert shown(6, 1, 1, 1, 1, 0)[-1] == HIDDEN  # four remain
    assert shown(6, 8, 2, 2, 0, 0)[-1] == HIDDEN
    assert shown(6, 2, 2, 1, 0, 0)[-1] == "11"
    assert suppress([("a", (6, 6)), ("b", (3, 2)), ("c", (1, 1)), ("d", (1, 1))])[1].words == HIDDEN  # five, of four


def test_that_there_is_nobody_is_hidden_as_well():
    assert shown(0, 6, 0) == [HIDDEN, "6", HIDDEN, HIDDEN]


def test_large_numbers_are_told_as_they_are():
    assert shown(5, 30) == ["5", "30", "35"]


def test_a_large_number_of_a_few_people_is_hidden():
    assert words(suppress([("a", (9, 4)), ("b", (8, 8))])[0]) == [HIDDEN, "8"]


def test_a_sum_of_the_same_few_people_is_hidden():
    few = [("a", (3, 3)), ("b", (3, 3)), ("c", (1, 1))]
    assert suppress(few)[1].words == "7"
    assert suppress(few, each_once=False)[1].words == HIDDEN


def ways_to_read(seen, **of):
    """Every way of filling in the hidden numbers with none to four that, by the rules, would be shown as *seen*."""
    ranges = [range(LEAST_SHOWN) if cell.number is None else [cell.number] for cell in seen[0]]
    return [numbers for numbers in product(*ranges) if suppress(counts(*numbers), **of) == seen]


ANY_COUNT = st.one_of(
    st.integers(0, 6).map(lambda number: (number, number)),
    st.tuples(st.integers(0, 14), st.integers(0, 14)).map(lambda pair: (max(pair), min(pair))),
)


@settings(deadline=None)  # that would tell how busy the machine is
@given(st.lists(ANY_COUNT, min_size=1, max_size=4), st.booleans())
def test_who_knows_the_rules_tells_no_hidden_number_closer_than_none_to_four(rows, each_once):
    cells, total = seen = suppress([(str(i), count) for i, count in enumerate(rows)], each_once=each_once)
    ways = ways_to_read(seen, each_once=each_once)
    for i, cell in enumerate(cells):
        if cell.number is None:
            assert {way[i] for way in ways} == set(range(LEAST_SHOWN)), (rows, words([*cells, total]))
    if total.number is not None:
        rest = total.number - sum(cell.number or 0 for cell in cells)
        assert rest == 0 or rest >= LEAST_SHOWN, rows
    if all(cell.number is None for cell in [*cells, total]):
        assert {sum(way) for way in ways} >= set(range(LEAST_SHOWN)), rows


def came(counted):
    group = next(group for group in as_shown(counted, 2026, TODAY).groups if group.id == "came")
    return words([*group.cells, group.total])


def test_attendance_of_a_few_people_stays_untold_however_often_they_came():
    assert came({("came", "all"): (80, 4)}) == [HIDDEN] * 4
    assert came({("came", "all"): (80, 9), ("came", "part"): (7, 2), ("came", "absent"): (30, 6)}) == [
        "80",
        HIDDEN,
        "30",
        HIDDEN,
    ]
    assert came(SESSIONS) == ["80", "7", "30", "117"]


SESSIONS = {("came", "all"): (80, 9), ("came", "part"): (7, 5), ("came", "absent"): (30, 6)}


def hours(**told):
    """The hours shown where *told* is what differs: of *people*, or the (number, people) of those who came."""
    people = told.pop("people", 9)
    counted = SESSIONS | {("came", what): count for what, count in told.items()} | {("minutes", ""): (9000, people)}
    return as_shown(counted, 2026, TODAY).hours.number


def test_hours_of_a_few_people_stay_untold():
    assert hours(people=4) is None
    assert hours(people=5) == 150


def test_hours_do_not_give_away_who_came_for_a_part():
    assert hours(all=(123, 9), part=(1, 1), absent=(14, 6)) is None
    assert hours(all=(123, 9), part=(7, 5), absent=(2, 2)) is None


def closed(make_case, outcome, times, at):
    for _ in range(times):
        case = make_case("closed", closed_at=at)
        with behind_the_wall():
            Closing.objects.create(
                case=case,
                author_unit=case.programme.team,
                outcome=outcome,
                is_planned=True,
                result="Gick bra.",
                saved_at=at,
                saved_by=case.caseworker,
                handed_over_at=at,
            )


@pytest.fixture
def count(cast):
    """``count(day)``: what the worker does on the night of that day, today if none is said; how many it counted."""

    def count(day=None):
        with worker_role():
            return count_due(day or timezone.localdate())

    return count


@pytest.mark.clause("S0")
def test_the_association_reads_fully_apart_from_more_than_before(cast, sign_in, make_case, count):
    now = timezone.now()
    closed(make_case, "work", 6, now)
    closed(make_case, "more", 7, now)
    for _ in range(5):
        make_case("active")
    count()
    page = sign_in(cast.bengt).get("/siffror/")
    text = " ".join(page.content.decode().split())
    drawn = r'<th scope="row">([^<]+)</th><td><div class="bar-and-number"><svg(?:(?!</td>).)*</svg><span>(\d+)</span>'
    assert dict(re.findall(drawn, text)) == {
        "Helt självförsörjande genom arbete": "6",
        "Närmare egen försörjning än förut": "7",
        "Deltar": "5",
    }
    assert "Knutpunkten LIS" in text
    assert "Sandqvist" not in text


def test_the_coordinator_reads_her_own_programme_only(cast, sign_in, make_case):
    text = sign_in(cast.karin).get("/siffror/").content.decode()
    assert "Knutpunkten LIS" not in text


@pytest.mark.parametrize("person", ["johan", "nadja", "elin", "admin"])
def test_nobody_else_reads_the_figures(cast, sign_in, person):
    assert sign_in(getattr(cast, person)).get("/siffror/").status_code == 403


def counted(user, programme, year, role=None):
    with acting_as(user, role=role):
        return {(cell.label, cell.words) for group in figures_of(programme.pk, year).groups for cell in group.cells}


def test_the_database_itself_answers_only_those_the_figures_are_for(cast, make_case, count):
    for _ in range(6):
        make_case("active")
    count()
    year = timezone.localdate().year
    assert ("Deltar", "6") in counted(cast.bengt, cast.knutpunkten, year)
    assert ("Deltar", "6") in counted(cast.karin, cast.knutpunkten, year)
    for user in (cast.agneta, cast.johan, cast.elin, cast.admin):
        assert {said for _, said in counted(user, cast.knutpunkten, year)} == {HIDDEN}


def test_it_is_the_hat_one_wears_that_counts_not_another_one_at_home(cast, make_case):
    for _ in range(6):
        make_case("active")
    with behind_the_wall():
        Membership.objects.create(
            user=cast.karin, role=Role.CASEWORKER, unit=cast.unit("Vuxenenheten"), starts_on=timezone.localdate()
        )
    year = timezone.localdate().year
    assert ("Deltar", "6") in counted(cast.karin, cast.knutpunkten, year, Role.COORDINATOR)
    assert ("Deltar", "6") not in counted(cast.karin, cast.knutpunkten, year, Role.CASEWORKER)


def test_the_association_has_no_way_to_a_case_behind_the_figures(cast, make_case):
    make_case("active")
    with acting_as(cast.bengt), connection.cursor() as cursor:
        cursor.execute("select count(*) from cases_case")
        assert cursor.fetchone() == (0,)


def test_a_year_without_figures_says_so_and_which_there_are(cast, sign_in):
    client, this_year = sign_in(cast.bengt), timezone.localdate().year
    for year in ("", str(this_year)):
        assert client.get("/siffror/", {"ar": year}).context["year"] == this_year
    for year in ("1999", "2062", "abc", "²⁰²⁶", "99999999999999999999", "-1"):
        none = client.get("/siffror/", {"ar": year})
        assert none.status_code == 404
        assert "Det finns inga siffror för det året" in none.text
        assert f'href="/siffror/?ar={this_year}"' in none.text
    assert client.get("/siffror/tabeller.csv", {"ar": "abc"}).status_code == 404
    answer = client.get("/siffror/tabeller.csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="siffror-{this_year}.csv"'


def test_what_is_open_when_it_is_counted_is_no_figure_of_an_earlier_year():
    counted = {("open", "active"): (8, 8), ("outcome", "work"): (6, 6)}
    assert [group.id for group in as_shown(counted, 2026, TODAY).groups] == ["open", "decided", "outcome", "came"]
    assert [group.id for group in as_shown(counted, 2025, TODAY).groups] == ["decided", "outcome", "came"]
    assert as_shown(counted, 2026, TODAY).groups[0].caption.endswith("2026-03-02, utan konsultationer och återremisser")


def test_cancelled_cases_are_told_of_their_year_from_five_people_on(cast, sign_in, make_case):
    now, client = timezone.now(), sign_in(cast.karin)

    def told():
        page, file = client.get("/siffror/"), client.get("/siffror/tabeller.csv").text
        on_page = re.findall(rf"<dt>Avbrutna ärenden, {now.year}</dt><dd>([^<]*)</dd>", page.text)
        assert "data-print" in page.text
        return on_page, re.findall("I korthet;Avbrutna ärenden;([^;]*);", file)

    for _ in range(5):
        make_case("active")
    for _ in range(4):
        make_case("cancelled", closed_at=now, handed_over_at=now)
    make_case("cancelled", closed_at=now)  # never handed over: nobody but the caseworker knew of it
    make_case("cancelled", closed_at=now - timedelta(days=366), handed_over_at=now - timedelta(days=370))
    assert told() == ([HIDDEN], [HIDDEN])
    make_case("cancelled", closed_at=now, handed_over_at=now)
    assert told() == (["5"], ["5"])


def test_a_year_with_too_few_says_so_once(cast, sign_in, make_case):
    year = timezone.localdate().year - 1
    closed(make_case, "work", 4, datetime(year, 3, 2, 10, tzinfo=ZoneInfo("Europe/Stockholm")))
    client, today = sign_in(cast.karin), timezone.localdate()
    text = client.get("/siffror/", {"ar": year}).text
    assert text.count(f"Få eller inga ärenden {year}, så siffrorna visas inte.") == 1
    assert "Totalt" not in text
    assert f"<dd>{HIDDEN}" not in text
    file = client.get("/siffror/tabeller.csv", {"ar": year}).text
    assert file.splitlines()[1:] == [f"Knutpunkten;{year};Alla tabeller;Alla tal;{HIDDEN};{today}"]
    closed(make_case, "work", 1, datetime(year, 3, 2, 10, tzinfo=ZoneInfo("Europe/Stockholm")))
    text = client.get("/siffror/", {"ar": year}).text
    assert "Få eller inga ärenden" not in text
    assert "Platser" not in text
    file = client.get("/siffror/tabeller.csv", {"ar": year}).text
    assert file.count("Hur det gick;") == 6
    assert f"Närvaro på arbetspass;Alla tal;{HIDDEN};{today}" in file


def test_the_figures_say_of_which_day_and_whose_they_are(cast, sign_in, count):
    count(), count()
    day = timezone.localdate().isoformat()
    for user, said in (
        (cast.bengt, f"Räknade {day}, räknas om den första varje månad"),
        (cast.karin, f"Räknade {day}"),
    ):
        text = re.sub("<time[^>]*>|</time>", "", sign_in(user).get("/siffror/").text)
        assert f"<dt>Platser idag</dt><dd>{cast.knutpunkten.places}</dd>" in text  # and not of the day of the counts
        metas = re.findall(r'<p class="meta">(.*?)</p>', text)
        assert cast.knutpunkten.association.name in metas
        assert said in metas


# Two pages of different days do not tell what happened in between.


def told_in(client):
    """What the file says of cancelled cases, and of those who take part."""
    return re.findall(
        "Knutpunkten;[^;]*;[^;]*;(?:Avbrutna ärenden|Deltar);([^;]*);", client.get("/siffror/tabeller.csv").text
    )


def test_the_association_reads_nothing_of_what_happens_within_a_month_and_the_coordinator_reads_it(
    cast, sign_in, make_case, count
):
    now, bengt, karin = timezone.now(), sign_in(cast.bengt), sign_in(cast.karin)
    this_month = timezone.localdate(now).replace(day=1)

    def cancel():
        make_case("cancelled", closed_at=now, handed_over_at=now)

    for _ in range(5):
        cancel(), make_case("active")
    assert count(this_month) == 2
    assert told_in(bengt) == ["5", "5"]
    cancel()
    assert count(this_month + timedelta(days=27)) == 0
    assert (told_in(bengt), told_in(karin)) == (["5", "5"], ["6", "5"])
    late = (this_month + timedelta(days=40)).replace(day=3)  # after two nights without a worker
    assert (count(late), count(late)) == (2, 0)
    assert told_in(bengt)[0] == "6"


def test_what_is_not_counted_yet_says_when_it_will_be(cast, sign_in):
    year = timezone.localdate().year - 1
    client = sign_in(cast.bengt)
    assert client.get("/siffror/").text.count("Siffrorna är inte räknade än. Det görs i natt.") == 2
    assert "För få" not in client.get("/siffror/", {"ar": year}).text
    lines = client.get("/siffror/tabeller.csv", {"ar": year}).text.splitlines()[1:]
    assert lines[0] == f"Knutpunkten;{year};Alla tabeller;Alla tal;{HIDDEN};inte än"


def test_the_web_has_no_way_of_its_own_to_what_is_counted(cast):
    counts = (
        "select * from statistics_counted",
        "select figures_now(null, 2026)",
        "select count_figures(null, null, null)",
    )
    for asked in counts:
        with (
            acting_as(cast.bengt),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(asked)


def test_each_table_is_named_by_what_it_counts_and_where(cast, sign_in, make_case, count):
    for _ in range(5):
        make_case("active")
    count()
    text = sign_in(cast.bengt).get("/siffror/").text
    names = [re.sub("<[^>]+>", "", name) for name in re.findall("<caption>(.*?)</caption>", text)]
    day = timezone.localdate()
    assert names == [f"Var i rutinen ärendena stod {day}, utan konsultationer och återremisser, Knutpunkten"]
    assert "Visa som tabell" not in text


def test_the_file_has_what_the_page_has_and_hides_what_it_hides(cast, sign_in, make_case):
    for _ in range(5):
        make_case("active")
    make_case("queued")
    year = timezone.localdate().year
    answer = sign_in(cast.karin).get("/siffror/tabeller.csv", {"ar": year})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="siffror-{year}.csv"'
    assert answer.content.startswith("\ufeffInsats;År;Tabell;Vad;Antal;Räknat\r\n".encode())
    lines = [line.split(";") for line in answer.content.decode().splitlines()[1:]]
    assert {line[-1] for line in lines} == {timezone.localdate().isoformat()}
    numbers = dict(line[3:5] for line in lines if line[2].startswith("Öppna"))
    assert numbers == dict.fromkeys((label for _, label in OPEN), HIDDEN) | {"Deltar": "5", "Totalt": HIDDEN}
    with behind_the_wall():
        written = Entry.objects.latest("at")
    assert (written.event, written.detail) == ("opened", {"what": "figures_csv"})


def test_the_file_is_of_the_year_of_the_page(cast, sign_in):
    year = timezone.localdate().year - 1
    client = sign_in(cast.bengt)
    assert f'href="/siffror/tabeller.csv?ar={year}"' in client.get("/siffror/", {"ar": year}).text
    lines = client.get("/siffror/tabeller.csv", {"ar": year}).content.decode().splitlines()[1:]
    assert {line.split(";")[1] for line in lines} == {str(year)}
    assert not any("Platser" in line or "Öppna" in line for line in lines)


def test_days_in_queue_are_told_as_a_median_of_at_least_five(cast, make_case):
    from knutpunkten.meetings.models import Decision, Meeting

    def place_after(days):
        decided = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Europe/Stockholm"))
        case = make_case("active", placed_at=decided + timedelta(days=days))
        with behind_the_wall():
            meeting = Meeting.objects.filter(programme=cast.knutpunkten).first() or Meeting.objects.create(
                programme=cast.knutpunkten, starts_at=decided, ends_at=decided + timedelta(hours=2), place="Stadshuset"
            )
            Decision.objects.create(
                case=case,
                author_unit=cast.knutpunkten.team,
                meeting=meeting,
                which="queue",
                reason="Fullt.",
                decided_at=decided,
                decided_by=cast.karin,
            )

    for days in (3, 10, 20, 30):
        place_after(days)
    with acting_as(cast.karin):
        assert figures_of(cast.knutpunkten.pk, 2026).waited.number is None
    place_after(40)
    with acting_as(cast.karin):
        assert figures_of(cast.knutpunkten.pk, 2026).waited.number == 20
