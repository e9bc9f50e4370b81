"""Loggkontroll: what a month draws, and what the reviewer sees, says and may not see (W4)."""

import re
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Section
from knutpunkten.organisations.models import Agency, Association, Contact, Membership, Role, Unit, User
from knutpunkten.protection.actions import end_reader, name_reader
from knutpunkten.review import actions, views, words
from knutpunkten.review.models import Item, LogRow, Outcome, Round
from knutpunkten.review.rules import following, previous
from knutpunkten.routine.table import STEPS
from knutpunkten.ui.dates import midnight, month_and_year
from tests import builders
from tests.access.addresses import addresses
from tests.audit.addresses import ADDRESSES, THE_STEPS_OWN
from tests.audit.test_seals import as_role
from tests.conftest import behind_the_wall
from tests.settings_pages import account_page, as_sent, settings_of, yesterday

pytestmark = pytest.mark.django_db
WRITE = """
insert into audit_entry (id, at, recorded_at, event, is_reading, user_id, hat_id, role, unit_id, case_ref, person_ref,
                         category, detail, address)
select gen_random_uuid(), %s, now(), %s, %s, m.user_id, m.id, m.role, m.unit_id, audit_reference('case', %s),
       audit_reference('person', %s), 'halsa', %s, '192.0.2.7' from organisations_membership m where m.user_id = %s
"""


@pytest.fixture
def month() -> date:
    return previous(timezone.localdate().replace(day=1))


@pytest.fixture
def reads(month: date) -> Any:
    """``reads(user, case, on=15)``: a row of last month, as the middleware or a page would have written it."""

    def reads(user: Any, case: Any, *, on: int = 15, event: str = "read", at: datetime | None = None) -> None:
        moment = at or midnight(month.replace(day=on)) + timedelta(hours=9)
        person = None if event == "denied" else case.person_id
        values = [moment, event, event != "denied", case.pk, person, '{"what": "mapping"}', user.pk]
        with behind_the_wall(), connection.cursor() as cursor:
            cursor.execute(WRITE, values)

    return reads


@pytest.fixture
def drawn(cast: Any, month: date, monkeypatch: Any) -> Any:
    """Draws the month and answers what was found: (whose, why, how many times), the sample apart."""

    def drawn(sample: int = 0, unusual: int = 20) -> list[tuple[str, str, int]]:
        monkeypatch.setattr(actions, "SAMPLE", sample)
        monkeypatch.setattr(actions, "UNUSUAL", unusual)
        with as_role("knutpunkten_worker"):
            actions.draw(cast.association, month, timezone.now())
        with behind_the_wall():
            found = Item.objects.select_related("user")
            return sorted((one.user.name, rule, times) for one in found for rule, times in one.reasons.items())

    return drawn


@pytest.fixture
def case_of(make_case: Any, month: date) -> Any:
    """``case_of("Johan", "Wik", state=...)``: a case of somebody with that name, begun as the month began."""

    def case_of(first: str, last: str, state: str = "active", **of: Any) -> Any:
        with behind_the_wall():
            person = builders.make_person(first, last, **of)
        return make_case(state, person=person, at=midnight(month))

    return case_of


# What a month draws: each rule with what it finds and what it lets be.


def test_ones_own_name(cast, case_of, reads, drawn) -> None:
    own = case_of("Johan", "Wik")
    reads(cast.johan, own)
    reads(cast.sara, own)
    assert drawn() == [("Johan Wik", "own_name", 1)]


def test_ones_own_case_under_another_name(cast, case_of, reads, drawn) -> None:
    reads(cast.johan, case_of("Anders", "Ek", account=cast.johan))
    assert drawn() == [("Johan Wik", "own_name", 1)]


def test_the_same_surname_once_for_each_person_with_how_often(cast, case_of, reads, drawn) -> None:
    named = case_of("Berta", "Wik")
    for day in (3, 4, 9):
        reads(cast.johan, named, on=day)
    reads(cast.johan, case_of("Berta", "Wiklund"))
    assert drawn() == [("Johan Wik", "same_surname", 3)]


def test_the_same_phone_however_it_is_written_or_mail(cast, case_of, reads, drawn) -> None:
    with_phone, with_mail, with_none = case_of("Ada", "Ett"), case_of("Bo", "Två"), case_of("Cia", "Tre")
    reach = (
        (with_phone, {"phone": cast.johan.phone.replace(" ", "")}),
        (with_mail, {"mail": cast.johan.email.upper()}),
        (with_none, {"phone": "", "mail": ""}),
    )
    for case, data in reach:
        with behind_the_wall():
            Section.objects.update_or_create(
                case=case,
                key="person",
                defaults={
                    "category": "grund",
                    "author_unit": case.referring_unit,
                    "data": data,
                    "saved_at": timezone.now(),
                    "saved_by": cast.sara,
                },
            )
        reads(cast.johan, case)
    assert drawn() == [("Johan Wik", "same_contact", 1)] * 2


def test_a_protected_person(cast, case_of, reads, drawn) -> None:
    reads(cast.johan, case_of("Disa", "Fyr", protection="sekretessmarkering"))
    reads(cast.johan, case_of("Esa", "Fem"))
    assert drawn() == [("Johan Wik", "protected", 1)]


def test_outside_ones_own_unit(cast, case_of, reads, drawn) -> None:
    """A denial, and a unit with no consent; not the parties, the referring unit or the team."""
    case = case_of("Frans", "Sex")
    reads(cast.siv, case, event="denied")
    reads(cast.gun, case)
    for user in (cast.johan, cast.nadja, cast.mats, cast.elin):
        reads(user, case)
    assert drawn() == [("Gun Palm", "outside", 1), ("Siv Aronsson", "outside", 1)]


@pytest.mark.parametrize(
    ("begins_on", "ends_on", "withdrawn_on", "is_drawn"),
    [
        (-200, 200, None, False),
        (0, 0, None, False),
        (-200, -100, None, True),
        (-200, -1, None, True),
        (1, 200, None, True),
        (-200, 200, -1, True),
        (-200, 200, 1, False),
    ],
)
def test_a_consent_is_a_ground_for_the_days_it_lived(
    begins_on: int, ends_on: int, withdrawn_on: int | None, is_drawn: bool, cast, case_of, reads, drawn, month
) -> None:
    """Counted in days from the reading: what ran out, had not begun or was taken back then is no ground for it."""
    case, day = case_of("Frans", "Sex"), month.replace(day=15)
    taken_back = None if withdrawn_on is None else midnight(day + timedelta(days=withdrawn_on))
    with behind_the_wall():
        case.parties.filter(unit=cast.unit("Arbetsförmedlingen"), basis="consent").update(
            valid_from=day + timedelta(days=begins_on),
            valid_until=day + timedelta(days=ends_on),
            withdrawn_at=taken_back,
        )
    reads(cast.mats, case, on=15)
    assert drawn() == ([("Mats Lindahl", "outside", 1)] if is_drawn else [])


def test_what_several_rules_find_is_one_row_with_all_its_reasons_and_not_drawn_by_chance_too(
    cast, case_of, reads, drawn, sign_in
) -> None:
    namesake = case_of("Berta", "Wik", protection="sekretessmarkering")
    for day in (3, 9):
        reads(cast.johan, namesake, on=day)
    reads(cast.johan, case_of("Ina", "Nio"))
    assert drawn(sample=20) == [
        ("Johan Wik", rule, times) for rule, times in (("protected", 2), ("same_surname", 2), ("sample", 1))
    ]
    page = sign_in(cast.lotta).get(reverse("log_review"))
    assert len(page.context["rows"]) == 2
    assert "Samma efternamn 2 gånger Skyddade personuppgifter 2 gånger" in text_of(page)


def test_unusually_many_in_a_day_against_what_is_usual_for_the_role(cast, case_of, reads, drawn) -> None:
    cases = [case_of("Greta", f"Sju{n}") for n in range(4)]
    for day, count in ((2, 1), (3, 1), (4, 4)):
        for case in cases[:count]:
            reads(cast.karin, case, on=day)
            reads(cast.karin, case, on=day)
    for day in (2, 3, 4):  # usual for supervisors
        for case in cases:
            reads(cast.elin, case, on=day)
    assert drawn(unusual=4) == [("Karin Hallgren", "volume", 4)]


def test_few_are_never_unusual(cast, case_of, reads, drawn) -> None:
    cases = [case_of("Hans", f"Åtta{n}") for n in range(4)]
    for day, count in ((2, 1), (3, 1), (4, 4)):
        for case in cases[:count]:
            reads(cast.karin, case, on=day)
    assert drawn(unusual=5) == []


def test_a_sample_of_as_many_as_is_said_from_that_month_and_association_alone(
    cast, case_of, reads, drawn, month
) -> None:
    case = case_of("Ina", "Nio")
    for day in range(1, 6):
        reads(cast.johan, case, on=day)
    reads(cast.sara, case, at=midnight(month) - timedelta(minutes=1))
    reads(cast.sara, case, at=midnight(timezone.localdate().replace(day=1)))
    assert drawn(sample=3) == [("Johan Wik", "sample", 1)] * 3
    with behind_the_wall():
        other = Association.objects.create(name="Samordningsförbundet Annat")
    with as_role("knutpunkten_worker"):
        assert not actions.draw(other, month, timezone.now()).items.exists()


def test_a_month_is_from_its_first_moment_to_its_last(cast, case_of, reads, drawn, month) -> None:
    case, after = case_of("Ina", "Nio"), midnight(timezone.localdate().replace(day=1))
    for moment in (midnight(month), after - timedelta(microseconds=1)):
        reads(cast.johan, case, at=moment)
    for moment in (midnight(month) - timedelta(microseconds=1), after):
        reads(cast.sara, case, at=moment)
    assert drawn(sample=20) == [("Johan Wik", "sample", 1)] * 2


def test_each_association_is_drawn_once_a_month_also_after_nights_without_a_worker(cast) -> None:
    now = timezone.now()
    with as_role("knutpunkten_worker"):
        assert actions.draw_due(date(2027, 3, 9), now) == 1
        assert actions.draw_due(date(2027, 3, 10), now) == 0
        assert actions.draw_due(date(2027, 4, 1), now) == 1
    with behind_the_wall():
        assert [str(one) for one in Round.objects.order_by("month")] == ["2027-02", "2027-03"]


# What the reviewer sees and does.


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def seen_on(response: Any) -> str:
    """What an item's page says that its reader has seen, which is sent along."""
    found = re.search(r'name="seen" value="([^"]*)"', response.text)
    assert found
    return found[1]


@pytest.fixture
def found(cast, case_of, reads, drawn) -> Any:
    """An item: Johan read the mapping of somebody with his surname. Answers the case and the item."""
    case = case_of("Berta", "Wik")
    reads(cast.johan, case)
    drawn()
    with behind_the_wall():
        return case, Item.objects.select_related("round").get()


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "next", "2026-13", "förra"])
def test_a_month_that_no_log_reaches_is_this_month(month: str, cast, sign_in) -> None:
    lotta, address = sign_in(cast.lotta), reverse("reviewed_account", args=[cast.johan.pk])
    this = timezone.localdate().replace(day=1)
    answer = lotta.get(address, {"manad": f"{following(this):%Y-%m}" if month == "next" else month})
    assert answer.status_code == 200
    assert answer.context["month"] == this


@pytest.mark.clause("W4")
def test_the_reviewer_sees_who_when_what_and_from_where_and_no_person(cast, found, sign_in) -> None:
    case, item = found
    lotta = sign_in(cast.lotta)
    for url in (
        reverse("log_review"),
        reverse("review_item", args=[item.pk]),
        f"{reverse('reviewed_account', args=[cast.johan.pk])}?manad={item.round}",
    ):
        page = text_of(lotta.get(url))
        assert "Johan Wik" in page
        assert "Läste kartläggningen" in page
        assert case.number in page
        assert re.search(r"person [0-9A-F]{8}", page)
        assert "Berta" not in page
        assert "halsa" not in page.lower()
    # What leads to the item is what it is about, and not the colleague's name, which stands in many rows.
    leads = re.findall(
        rf'href="{reverse("review_item", args=[item.pk])}">([^<]+)<', lotta.get(reverse("log_review")).text
    )
    assert [re.sub(r"[0-9A-F]{8}", "…", one) for one in leads] == [f"Läste kartläggningen: {case.number}, person …"]
    assert "Varifrån 192.0.2.7" in text_of(lotta.get(reverse("review_item", args=[item.pk])))
    assert text_of(lotta.get(reverse("reviewed_accounts"))).count("Johan Wik") == 1


@pytest.mark.clause("W4")
def test_a_row_is_commented_left_open_and_closed_and_that_is_in_the_log(cast, found, sign_in) -> None:
    _, item = found
    lotta, url = sign_in(cast.lotta), reverse("review_item", args=[item.pk])
    assert "<h1>Granska: Johan Wik läste kartläggningen</h1>" in lotta.get(url).text
    page = text_of(lotta.post(url, {"outcome": "", "comment": "", "close": "1"}))
    assert "Välj vad du kom fram till innan du avslutar" in page
    nothing = text_of(lotta.post(url, {"outcome": "", "comment": " "}))
    assert "Det finns inget att spara än." in nothing
    assert "Skriv vem du har frågat" in text_of(lotta.post(url, {"outcome": "wrong", "comment": "", "close": "1"}))
    page = text_of(lotta.post(url, {"outcome": "asked", "comment": "Ringt chefen.", "close": "1"}))
    assert "Välj vad svaret blev innan du avslutar." in page, "to have asked is no conclusion"
    page = text_of(lotta.post(url, {"outcome": "wrong", "comment": "x" * 2001, "close": "1"}))
    assert "Korta kommentaren: högst 2000 tecken, nu 2001" in page
    assert "Skriv vem du har frågat" not in page  # it is written, only too long
    page = text_of(lotta.post(url, {"outcome": "", "comment": "Gällde 19121212-1212."}))
    assert "Ta bort personnumret. Kommentaren ska inte säga vem det gäller." in page
    assert "Gällde" not in text_of(lotta.get(url))
    lotta.post(url, {"outcome": "", "comment": "Ringt chefen."})
    assert "Ringt chefen." in lotta.get(url).content.decode()
    said = {"outcome": "right", "comment": "Chefen: hans deltagare.", "close": "1"}
    with behind_the_wall():
        Item.objects.update(reviewed_by=cast.bengt)
    assert seen_on(lotta.post(url, said | {"outcome": "", "seen": "since"})) == "since", (
        "what is to mend has seen no more"
    )
    page = text_of(lotta.post(url, said))
    assert "Bengt Lund har också skrivit här: inget valt än. ”Ringt chefen.” Skicka igen om ditt ska gälla." in page
    assert "Chefen: hans deltagare.</textarea>" in lotta.post(url, said).text, "what the later wrote is still there"
    lotta.post(url, said | {"seen": seen_on(lotta.get(url))})
    page = text_of(lotta.get(url))
    assert "Hör till arbetet Chefen: hans deltagare. Lotta Brink" in page
    name, today = month_and_year(item.round.month), timezone.localdate()
    done = f"{name.capitalize()} är klar Den enda är avslutad, av Lotta Brink {today} . Visa avslutade"
    assert done in text_of(lotta.get(reverse("log_review")))
    assert "går inte att ändra eller lägga till något i" in page
    closed = lotta.get(reverse("log_review"), {"manad": str(item.round), "visa": "alla"})
    # As it is printed: which month, how far it has come, what was found, by whom and when.
    assert f"Loggkontroll, {name}" in text_of(closed)
    assert "Den enda är avslutad. Här: alla skäl." in text_of(closed)
    assert re.search(rf"Hör till arbetet Lotta Brink {today} \d\d:\d\d Chefen: hans deltagare\.", text_of(closed))
    assert "data-print" in closed.text
    assert re.search(r'class="off-paper"> Du ser vem[^<]*<a [^>]*>Slå upp personen</a></span>', closed.text)
    own = text_of(lotta.get(reverse("reviewed_account", args=[cast.lotta.pk])))
    assert f"Granskade en rad i loggen Johan Wik {item.round.month.replace(day=15)}" in own
    late = lotta.post(url, {"outcome": "wrong", "comment": "Återkallas!", "close": "1"})
    assert late.status_code == 409
    for told in ("Raden är redan avslutad.", "Obehörig, anmäld till chefen", "Återkallas!"):
        assert told in late.text, "what was written in another tab is given back"
    assert "Återkallas" not in text_of(lotta.get(url)), "what is closed stays as it was closed"
    with behind_the_wall():
        events = list(Entry.objects.filter(user_id=cast.lotta.pk).values_list("event", flat=True))
        assert events.count("log_reviewed") == 2
        assert events.count("log_read") >= 4
        assert not Entry.objects.filter(detail__icontains="chefen").exists()


@pytest.mark.parametrize(
    ("outcome", "is_closed", "shown"),
    [
        ("", False, ("state", "Ny")),
        (Outcome.ASKED, False, ("ongoing", "Frågat enhetens chef, väntar på svar")),
        (Outcome.RIGHT, True, ("done", "Hör till arbetet")),
        (Outcome.WRONG, True, ("late", "Obehörig, anmäld till chefen")),
    ],
)
def test_what_was_wrong_does_not_look_right_nor_what_is_begun_new(
    outcome: str, is_closed: bool, shown: tuple[str, str]
) -> None:
    at = timezone.now()
    assert (
        words.standing(Item(outcome=outcome, reviewed_at=at if outcome else None, closed_at=at if is_closed else None))
        == shown
    )


def test_what_an_account_did_in_a_month_is_from_its_first_moment_to_its_last(
    cast, case_of, reads, month, sign_in, monkeypatch
) -> None:
    case, after = case_of("Ina", "Nio"), midnight(timezone.localdate().replace(day=1))
    within = [midnight(month), after - timedelta(microseconds=1)]
    for moment in (*within, midnight(month) - timedelta(microseconds=1), after):
        reads(cast.siv, case, at=moment)
    lotta, address = sign_in(cast.lotta), reverse("reviewed_account", args=[cast.siv.pk])
    page = lotta.get(address, {"manad": f"{month:%Y-%m}"})
    assert [row.at for row in page.context["rows"]] == within[::-1]
    assert "inte hela månaden" not in page.text
    monkeypatch.setattr(views, "ROWS_ON_PAPER", 1)
    last = f"{timezone.localtime(within[1]):%Y-%m-%d %H:%M}"
    told = f"Här: från {last} till {last}. Det är inte hela månaden: resten står på nästa sida."
    assert told in text_of(lotta.get(address, {"manad": f"{month:%Y-%m}"})), "as it is printed"


def test_the_accounts_are_those_of_units_of_the_association_itself_and_of_administrators(cast, sign_in) -> None:
    page = text_of(sign_in(cast.lotta).get(reverse("reviewed_accounts")))
    for user in (cast.johan, cast.bengt, cast.lotta, cast.admin):
        assert user.name in page


def test_what_is_open_stands_before_what_is_closed_and_is_counted(
    cast, case_of, reads, drawn, sign_in, monkeypatch
) -> None:
    for person in ({"protection": "sekretessmarkering"}, {}):
        reads(cast.johan, case_of("Berta", "Åsberg" if person else "Wik", **person))
    assert [rule for _, rule, _ in drawn()] == ["protected", "same_surname"]
    lotta = sign_in(cast.lotta)

    def rules(**query: str) -> list[str]:
        return [rule for item, *_ in lotta.get(reverse("log_review"), query).context["rows"] for rule in item.reasons]

    assert rules(regel="same_surname") == ["same_surname"]
    with behind_the_wall():
        item = Item.objects.get(reasons__has_key="protected")
    lotta.post(reverse("review_item", args=[item.pk]), {"outcome": "right", "comment": "", "close": "1"})
    assert rules() == ["same_surname"]
    assert rules(visa="alla") == ["same_surname", "protected"]
    with monkeypatch.context() as patch:
        patch.setattr(views, "PER_PAGE", 1)
        assert (rules(visa="alla"), rules(visa="alla", page="2")) == (["same_surname"], ["protected"])
        assert "page=2" in lotta.get(reverse("log_review"), {"visa": "alla"}).text
    assert "(1 kvar av 2)" in lotta.get(reverse("log_review")).text


def test_of_what_is_open_the_latest_stands_first_whatever_the_reason_and_whose(
    cast, case_of, reads, drawn, month, sign_in
) -> None:
    hidden, namesake = case_of("Berta", "Åsberg", protection="sekretessmarkering"), case_of("Berta", "Wik")
    for user, case, day in ((cast.karin, hidden, 3), (cast.johan, namesake, 9), (cast.elin, hidden, 20)):
        reads(user, case, on=day)
    drawn()
    rows = sign_in(cast.lotta).get(reverse("log_review")).context["rows"]
    assert [(row.who, row.at.day) for _, _, row in rows] == [
        ("Elin Strand", 20),
        ("Johan Wik", 9),
        ("Karin Hallgren", 3),
    ]


def test_a_reason_with_nothing_left_says_what_is_left_of_the_others(cast, case_of, reads, drawn, sign_in) -> None:
    reads(cast.johan, case_of("Berta", "Wik"))
    drawn()
    lotta = sign_in(cast.lotta)
    page = text_of(lotta.get(reverse("log_review"), {"regel": "volume"}))
    assert "Inget med det skälet En läsning med ett annat skäl är kvar." in page
    for last in ("Wiklund", "Wikberg"):
        reads(cast.johan, case_of("Berta", last, protection="sekretessmarkering"))
    with behind_the_wall():
        Item.objects.all().delete()
        Round.objects.all().delete()
    drawn()
    page = text_of(lotta.get(reverse("log_review"), {"regel": "volume"}))
    assert "Inget med det skälet Tre läsningar med andra skäl är kvar." in page
    assert "avslutat" not in page
    assert "Inget med det skälet" not in text_of(lotta.get(reverse("log_review")))


def test_a_month_that_is_done_says_by_whom_and_when_and_leads_to_what_is_closed(
    cast, case_of, reads, drawn, month, sign_in
) -> None:
    reads(cast.johan, case_of("Berta", "Wik"))
    reads(cast.johan, case_of("Bo", "Wik"))
    reads(cast.johan, case_of("Berta", "Åsberg", protection="sekretessmarkering"))
    drawn()
    at = timezone.now()
    done = {"outcome": "right", "reviewed_by": cast.lotta, "closed_at": at}
    with behind_the_wall():
        Item.objects.filter(reasons__has_key="same_surname").update(**done)
    lotta, url, name = sign_in(cast.lotta), reverse("log_review"), month_and_year(month)
    by = f"den sista av Lotta Brink {timezone.localdate(at)} ."
    page = lotta.get(url, {"regel": "same_surname"})
    left = "En läsning med ett annat skäl är kvar. Visa avslutade"
    assert f"Inget kvar med skälet ”Samma efternamn” Alla 2 är avslutade, {by} {left}" in text_of(page)
    (leads,) = re.findall(r'href="(\?manad[^"]+alla)"', page.text)
    assert len(lotta.get(url + unescape(leads)).context["rows"]) == 2
    with behind_the_wall():
        Item.objects.filter(reasons__has_key="protected").update(**done)
    assert f"{name.capitalize()} är klar Alla 3 är avslutade, {by} Visa avslutade" in text_of(lotta.get(url))
    assert f"Inget med det skälet Allt annat för {name} är avslutat." in text_of(lotta.get(url, {"regel": "volume"}))
    with behind_the_wall():
        Item.objects.all().delete()
    assert f"Varken stickprovet eller reglerna hittade något i {name}." in text_of(lotta.get(url))


def test_the_reviewer_comes_to_no_case_and_nobody_else_to_the_review(cast, found, sign_in) -> None:
    case, item = found
    lotta = sign_in(cast.lotta)
    assert lotta.get(reverse("start")).url == reverse("log_review")
    for name in ("case", "case_reads", "plan", "events"):
        assert lotta.get(reverse(name, args=[case.pk])).status_code in (403, 404)
    for user in (cast.karin, cast.johan, cast.nadja, cast.bengt, cast.admin):
        client = sign_in(user)
        assert client.get(reverse("log_review")).status_code == 403
        assert client.get(reverse("review_item", args=[item.pk])).status_code == 403
        assert client.get(reverse("reviewed_account", args=[cast.johan.pk])).status_code == 403


def test_the_database_says_so_too(cast, found) -> None:
    """Without the pages' gates: the view is empty for others, and the reviewer reads neither case nor person."""
    case, _ = found
    for user in (cast.karin, cast.johan, cast.admin):
        with acting_as(user):
            assert not LogRow.objects.exists()
            assert not Item.objects.exists()
    with acting_as(cast.lotta):
        assert LogRow.objects.filter(number=case.number).exists()
        assert not Entry.objects.of_case(case.pk).exists()
        for table in ("cases_case", "people_person", "cases_section", "cases_party"):
            with connection.cursor() as cursor:
                cursor.execute(f"select count(*) from {table}")
                assert cursor.fetchone()[0] == 0, table
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("select review_draw(null, now(), now(), 1, 1)")


def test_another_associations_reviewer_sees_nothing_of_it(cast, found) -> None:
    with behind_the_wall():
        other = Association.objects.create(name="Samordningsförbundet Annat")
        cast.lotta.memberships.update(association=other)
    with acting_as(cast.lotta):
        assert not Round.objects.exists()
        assert not Item.objects.exists()
        assert not LogRow.objects.filter(user_id=cast.johan.pk).exists()


def test_nobody_reviews_what_they_did_themselves(cast, found, sign_in) -> None:
    _, item = found
    with behind_the_wall():
        Item.objects.update(user=cast.lotta)
    lotta, url = sign_in(cast.lotta), reverse("review_item", args=[item.pk])
    assert "Det här gjorde du själv." in text_of(lotta.get(url))
    lotta.post(url, {"outcome": "right", "close": "1"})
    with behind_the_wall():
        item.refresh_from_db()
        assert item.closed_at is None
        with pytest.raises(DatabaseError, match="nobody_reviews_themselves"), transaction.atomic():
            Item.objects.update(reviewed_by=cast.lotta)


def test_what_somebody_did_is_told_by_its_kind_and_no_more(cast, make_case, take, sign_in) -> None:
    case = make_case("placed")
    take(case, "allocate", cast.karin, supervisor=cast.elin.pk)
    page = text_of(sign_in(cast.lotta).get(reverse("reviewed_account", args=[cast.karin.pk])))
    assert f"Utsåg handledare {case.number}" in page
    assert cast.elin.name not in page


@pytest.mark.clause("W4")
def test_what_concerns_a_colleague_says_whom(cast, case_of, take, sign_in, namesake_of) -> None:
    case, hidden = case_of("Ina", "Nio"), case_of("Disa", "Fyr", "announced", protection="sekretessmarkering")
    take(case, "hand_on", cast.johan, colleague=cast.sara.pk)
    until = timezone.localdate() + timedelta(days=9)
    with acting_as(cast.mats) as mats:
        named = {"case_id": hidden.pk, "unit_id": mats.unit_id, "user_id": cast.mats.pk, "until": until}
        reader = name_reader(**named, reason="Tar emot remissen", by=mats, at=timezone.now())
        end_reader(reader_id=reader, by=mats, at=timezone.now())
    lotta = sign_in(cast.lotta)

    def told(user: User) -> list[tuple[str, str]]:
        rows = lotta.get(reverse("reviewed_account", args=[user.pk])).context["rows"]
        return [(row.what, re.sub("[0-9A-F]{8}", "…", row.about)) for row in rows if cast_named(row.about)]

    def cast_named(about: str) -> bool:
        return any(user.name in about for user in (cast.sara, cast.mats, cast.elin, cast.johan))

    assert told(cast.johan) == [("Lämnade över ärendet till en kollega", f"{case.number}, person …, till Sara Lind")]
    assert [about for _, about in told(cast.mats)] == [f"{hidden.number}, Mats Lindahl"] * 2
    sign_in(cast.admin).post(account_page(cast.elin), as_sent(cast.elin, **{"memberships-0-ends_on": yesterday()}))
    assert told(cast.admin) == [(f"Satte sista dag för ett uppdrag: Handledare, {yesterday()}", "Elin Strand")]
    here, there = cast.unit("Försörjningsstöd"), cast.unit("Arbetsförmedlingen")
    elsewhere = {"memberships-0-unit": str(there.pk)}
    refused = sign_in(cast.admin).post(account_page(cast.johan), as_sent(cast.johan, **elsewhere))
    assert f"Uppdraget stannar i {here}" in refused.text
    cast.johan.memberships.update(starts_on=timezone.localdate())  # one given today, by mistake, may be mended
    moved = as_sent(cast.johan, **{"memberships-0-unit": str(there.pk), "memberships-0-ends_on": "2030-06-30"})
    assert sign_in(cast.admin).post(account_page(cast.johan), moved).status_code == 302
    changed = (
        f"Ändrade ett uppdrag: Handläggare, sista dagen 2030-06-30; enhet från {here.full_name} till {there.full_name}"
    )
    assert told(cast.admin)[0] == (changed, "Johan Wik")
    namesake_of(cast.sara)
    assert told(cast.johan)[0][1].endswith(f"till Sara Lind, {cast.sara.email}"), "told from another of the same name"
    assert told(cast.lotta)[0] == ("Läste loggen för ett konto", "Johan Wik")


@pytest.mark.clause("W4")
def test_that_access_was_given_says_what_and_to_whom(cast, sign_in) -> None:
    admin, lotta = sign_in(cast.admin), sign_in(cast.lotta)
    admin.post("/installningar/organisations/user/add/", {"email": "ylva@forbund.example", "name": "Ylva Ask"})
    with behind_the_wall():
        ylva = User.objects.get(name="Ylva Ask")
    role = {"role": Role.REVIEWER, "association": str(cast.association.pk), "starts_on": str(timezone.localdate())}
    given = {f"memberships-0-{name}": value for name, value in (role | {"user": str(ylva.pk)}).items()}
    admin.post(
        account_page(ylva), as_sent(ylva, **given) | {"memberships-TOTAL_FORMS": 1, "email": "ya@forbund.example"}
    )
    rows = lotta.get(reverse("reviewed_account", args=[cast.admin.pk])).context["rows"]
    told = [(row.what, row.about) for row in rows if row.about]
    assert sorted(told) == [
        ("Gav ett uppdrag: Granskare", "Ylva Ask"),
        ("Lade till ett konto", "Ylva Ask"),
        ("Ändrade ett konto: e-post", "Ylva Ask"),
    ]
    assert not [row.what for row in rows if row.what.startswith("Skickade ett formulär")]


@pytest.mark.clause("W4")
def test_what_was_changed_in_the_settings_is_said_by_its_fields_and_never_what_somebody_wrote(cast, sign_in) -> None:
    admin, lotta, settings = sign_in(cast.admin), sign_in(cast.lotta), "/installningar/organisations"
    page = f"{settings}/programme/{cast.knutpunkten.pk}/change/"
    sent = settings_of(cast.knutpunkten)
    changed = (
        sent
        | {"initial-themes": sent["themes"], "places": "14", "visit_weekday": "2"}
        | {"themes": "Yoga", "announces": ""}
    )
    assert admin.post(page, changed).status_code == 302
    assert admin.post(page, changed | {"places": "0"}).status_code == 200
    contact = Contact.objects.select_related("unit").first()
    assert contact is not None
    chosen = {"action": "delete_selected", "_selected_action": str(contact.pk), "post": "yes"}
    assert admin.post(f"{settings}/contact/", chosen).status_code == 302
    assert (
        admin.post(f"{settings}/unit/add/", {"agency": cast.knutpunkten.host_id, "name": "Ny enhet"}).status_code == 302
    )
    new = Unit.objects.get(name="Ny enhet")
    assert admin.post(f"{settings}/unit/{new.pk}/delete/", {"post": "yes"}).status_code == 302
    agency = cast.unit("Arbetsförmedlingen").agency
    sent = {"association": agency.association_id, "name": agency.name, "kind": "region", "mark": agency.mark}
    sent |= {"data_protection_officer": "ombud@af.example", "units-TOTAL_FORMS": 1, "units-INITIAL_FORMS": 0}
    changed_with_unit = sent | {"units-0-name": "Kundtjänst", "units-0-phone": ""}
    assert admin.post(f"{settings}/agency/{agency.pk}/change/", changed_with_unit).status_code == 302
    rows = lotta.get(reverse("reviewed_account", args=[cast.admin.pk])).context["rows"]
    assert "data-print" in lotta.get(reverse("reviewed_account", args=[cast.admin.pk])).text
    assert [row.what for row in rows] == [
        "Ändrade myndigheten Arbetsförmedlingen: slag från Arbetsförmedlingen till Region; dataskyddsombud; ny enhet",
        f"Tog bort enheten {new}",
        f"Lade till enheten {new}",
        f"Tog bort en kontakt för {contact.unit.name}",
        "Skickade ett formulär: inställningarna",
        "Ändrade insatsen Knutpunkten: platser från 12 till 14; studiebesök, veckodag från Tisdag till Onsdag; teman; "
        "representanten anmäler ärendet före mötet från ja till nej",
    ]


@pytest.mark.clause("W4")
def test_a_closed_account_is_said_to_be_so_and_since_when(cast, sign_in) -> None:
    lotta, url = sign_in(cast.lotta), reverse("reviewed_account", args=[cast.elin.pk])
    assert "stängt" not in text_of(lotta.get(url))
    sign_in(cast.admin).post(account_page(cast.elin), as_sent(cast.elin) | {"is_active": ""})
    assert re.search(rf"Kontot är stängt sedan {timezone.localdate()} \d\d:\d\d", text_of(lotta.get(url)))
    listed = text_of(lotta.get(reverse("reviewed_accounts")))
    assert re.search(rf"Elin Strand {cast.elin.email} Stängt konto Handledare, [^–]+ – ", listed), "until when is over"
    assert "Stängde ett konto Elin Strand" in text_of(lotta.get(reverse("reviewed_account", args=[cast.admin.pk])))


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (("admit", "queue", "return", "postpone"), "Antecknade gruppens besked"),
        (("accept", "decline"), "Svarade på den erbjudna platsen"),
        (("disclose",), "Svarade vad enheten vet"),
    ],
)
def test_how_it_went_for_the_person_is_not_told(events, told, cast, case_of, reads, month, sign_in) -> None:
    case = case_of("Ina", "Nio")
    for event in events:
        reads(cast.siv, case, event=event)
    with acting_as(cast.lotta):
        known = set(LogRow.objects.filter(user_id=cast.siv.pk).values_list("event", flat=True))
    assert len(known) == 1, "the database says no more either"
    page = sign_in(cast.lotta).get(reverse("reviewed_account", args=[cast.siv.pk]), {"manad": f"{month:%Y-%m}"})
    assert {row.what for row in page.context["rows"]} == {told}


def test_every_event_that_the_log_holds_has_words_for_the_reviewer() -> None:
    written = ", ".join(f"{one.shown}, {one.sent}" for one in ADDRESSES.values())
    events = {event.split()[0] for event in re.split(", | or ", written) if event and event != THE_STEPS_OWN}
    untold = "Ändrade eller skrev"
    assert sorted(e for e in events | set(STEPS) if words.what_was_done(LogRow(event=e, what="")) == untold) == []
    assert words.what_was_done(LogRow(event="of_another_time", what="")) == untold


@pytest.mark.parametrize(
    ("event", "what", "told"),
    [
        ("read", "step", "Öppnade ett formulär i ärendet"),
        ("read", "plan", "Läste planen"),
        ("opened", "look_up_person", "Öppnade Slå upp person"),
        ("opened", "invite", "Öppnade sidan för att bjuda in någon"),
        ("denied", "log_review", "Fick inte öppna loggkontrollen"),
        ("denied", "invite", "Fick inte bjuda in någon"),
        ("sent", "invite", "Skickade ett formulär för att bjuda in någon"),
        ("sent", "attendance", "Skickade ett formulär: närvaron i ett pass"),
        ("sent", "keep_words", "Sparade ett utkast"),
        ("sent", "give_back_words", "Fick tillbaka ett utkast"),
    ],
)
def test_what_was_done_is_told_as_one_says_it(event: str, what: str, told: str) -> None:
    assert words.what_was_done(LogRow(event=event, what=what)) == told


def test_every_page_has_a_name_in_the_log_and_none_is_called_by_its_route() -> None:
    names = {row.name for _, row in addresses() if row.name} - {"favicon"}
    assert sorted(name for name in names if words.page(name) == words.UNNAMED) == []
    assert words.page("reviewed_accounts") == "loggens konton"
    assert words.page("organisations_unit_change") == "inställningarna"
    assert words.page("of_another_time") == words.UNNAMED


def test_that_a_colleague_also_takes_part_is_not_told(cast, case_of, sign_in) -> None:
    case = case_of("Anders", "Ek", account=cast.johan)
    johan, lotta = sign_in(cast.johan), sign_in(cast.lotta)
    johan.get(reverse("start"))
    johan.post(reverse("hats"), {"hat": "None"})
    assert case.number in johan.get(reverse("own_page")).text
    with behind_the_wall():
        assert Entry.objects.filter(user_id=cast.johan.pk, role="participant").exists()
    page = text_of(lotta.get(reverse("reviewed_account", args=[cast.johan.pk])))
    assert "Handläggare, Västerviks kommun" in page
    assert "deltagare" not in page.lower()
    assert case.number not in page
    with acting_as(cast.lotta):
        assert set(LogRow.objects.filter(user_id=cast.johan.pk).values_list("role", flat=True)) == {"caseworker"}


def test_an_account_is_told_from_a_namesakes_with_all_that_it_was_given(cast, sign_in, namesake_of) -> None:
    other = namesake_of(cast.elin)
    with behind_the_wall():
        Membership.objects.create(user=other, role=Role.ADMINISTRATOR, starts_on=timezone.localdate())
    lotta = sign_in(cast.lotta)
    listed, account = (
        text_of(lotta.get(url)) for url in (reverse("reviewed_accounts"), reverse("reviewed_account", args=[other.pk]))
    )
    for user in (cast.elin, other):
        assert f"{user.name} {user.email} " in listed
    assert f"{other.email}. Handledare, " in account
    assert "Administratör. Allt kontot gjorde" in account


def test_another_associations_staff_are_not_listed(cast, sign_in) -> None:
    with behind_the_wall():
        other = Association.objects.create(name="Samordningsförbundet Annat")
        agency = Agency.objects.create(association=other, name="Annan kommun", kind=Agency.Kind.MUNICIPALITY, mark="AK")
        unit = Unit.objects.create(agency=agency, name="Annan enhet")
        for email, name, place in (
            ("rut@annan.example", "Rut Alm", {"unit": unit, "role": Role.CASEWORKER}),
            ("per@annan.example", "Per Alm", {"association": other, "role": Role.REVIEWER}),
        ):
            user = User.objects.create(email=email, name=name, password="!")
            Membership.objects.create(user=user, starts_on=date(2020, 1, 1), **place)
    page = text_of(sign_in(cast.lotta).get(reverse("reviewed_accounts")))
    assert "Johan Wik" in page
    assert "Alm" not in page
