"""One party's own time in a consent: fewer days than the others, if the person wants it so."""

import io
import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pypdf
import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Case, Party
from knutpunkten.cases.provenance import consent_from
from knutpunkten.consents.models import Consent
from knutpunkten.desk.jobs import to_refresh
from knutpunkten.portal.rules import where
from knutpunkten.routine import engine
from tests.access.test_wall_probes import as_the_routine, ground
from tests.conftest import behind_the_wall
from tests.referrals.filling import consent_answers, day, printed

pytestmark = pytest.mark.django_db
AGENCY = "Arbetsförmedlingen"
DAY = timedelta(days=1)


@pytest.fixture
def johan(cast, sign_in):
    return sign_in(cast.johan)


@pytest.fixture
def draft(make_case):
    return make_case("draft", parties={})


def url(case: Any) -> str:
    return reverse("consent", args=[case.pk])


def own(cast: Any, begins: str = "", ends: str = "", name: str = AGENCY) -> dict[str, str]:
    """The two fields of one unit."""
    unit = cast.unit(name).pk
    return {f"from_{unit}": begins, f"until_{unit}": ends}


def write(client: Any, case: Any, answers: dict[str, Any]) -> Any:
    with behind_the_wall():
        seen = Consent.objects.filter(case=case, signed_on=None).values_list("saved_at", flat=True).first()
    return client.post(url(case), {**answers, "seen": seen.isoformat() if seen else ""})


def drafted(case: Any, unit: Any) -> dict[str, Any]:
    with behind_the_wall():
        rows = Consent.objects.get(case=case).draft_parties
    return next(row for row in rows if row["unit"] == str(unit.pk))


def sign(client: Any, case: Any, **data: str) -> Any:
    with behind_the_wall():
        case.refresh_from_db()
    signed = {"signed_on": day(0), "witness": "Sara Lind", "has_notice": "on", "version": case.version}
    return client.post(reverse("step", args=[case.pk, "sign_consent"]), {**signed, **printed(case), **data})


def as_if_written_long_ago(case: Any, cast: Any, ends: str) -> None:
    """The draft with an own last day that has passed since it was written."""
    with behind_the_wall():
        consent = Consent.objects.get(case=case)
        for row in consent.draft_parties:
            if row["unit"] == str(cast.unit(AGENCY).pk):
                row["until"] = ends
        consent.saved_at -= timedelta(days=30)
        consent.save()


def words_of(response: Any) -> str:
    return " ".join(re.sub("<[^>]+>", " ", response.text).split()).replace(" ,", ",")


def spans(case: Any) -> dict[str, tuple[str, str]]:
    with behind_the_wall():
        rows = Party.objects.filter(case=case, basis="consent").select_related("unit")
        return {row.unit.name: (str(row.valid_from), str(row.valid_until)) for row in rows}


# Written.


@pytest.mark.parametrize("quiet", [{}, {"HX-Request": "true"}])
def test_it_is_kept_while_one_writes_with_and_without_javascript(quiet, johan, draft, cast) -> None:
    days = own(cast, day(-10), day(-90))
    johan.post(url(draft), {**consent_answers(cast), **days}, headers=quiet)
    row = drafted(draft, cast.unit(AGENCY))
    assert (row["from"], row["until"]) == (day(-10), day(-90))
    assert drafted(draft, cast.knutpunkten.team).keys() == {"unit", "categories"}
    page = johan.get(url(draft)).text
    for name, value in days.items():
        assert re.search(rf'name="{name}" value="{value}"', page)
    assert "Lämna tomt om samma tid som samtycket" in page


def test_the_consents_own_days_written_twice_follow_the_consent(johan, draft, cast) -> None:
    answers = consent_answers(cast)
    write(johan, draft, {**answers, **own(cast, answers["valid_from"], answers["valid_until"])})
    assert drafted(draft, cast.unit(AGENCY)).keys() == {"unit", "categories"}


@pytest.mark.parametrize(
    ("begins", "ends", "sentence"),
    [
        (day(1), "", f"Skriv tidigast {day(0)} för {AGENCY}"),
        ("", day(1), f"Skriv tidigast {day(0)} för {AGENCY}"),
        (day(-181), "", f"Skriv senast {day(-180)} för {AGENCY}"),
        ("", day(-181), f"Skriv senast {day(-180)} för {AGENCY}"),
        (day(-60), day(-59), f"Skriv ett slutdatum för {AGENCY}"),
        ("snart", "", f"Skriv datumet för {AGENCY}"),
    ],
)
def test_a_time_that_the_consent_does_not_give_is_told_by_the_units_name(
    begins, ends, sentence, johan, draft, cast
) -> None:
    answers = {**consent_answers(cast), **own(cast, begins, ends)}
    response = johan.post(url(draft), answers)
    assert words_of(response).count(sentence) == 2  # in the summary, and at the field
    wrong = own(cast).keys()
    assert any(f'href="#id_{name}"' in response.text for name in wrong)
    assert all(f'value="{value}"' in response.text for value in (begins, ends) if value)
    quiet = johan.post(url(draft), answers, headers={"HX-Request": "true"})
    assert quiet.status_code == 422
    assert sentence in words_of(quiet)
    with behind_the_wall():
        assert not Consent.objects.filter(case=draft).exists()


def test_a_partys_last_day_that_has_passed_is_not_saved_and_a_draft_from_then_says_so(johan, draft, cast) -> None:
    answers = {**consent_answers(cast), "valid_from": day(30)}
    refused = write(johan, draft, {**answers, **own(cast, "", day(1))})
    assert words_of(refused).count(f"Skriv ett slutdatum för {AGENCY} som inte har passerat") == 2
    write(johan, draft, {**answers, **own(cast, "", day(0))})
    as_if_written_long_ago(draft, cast, day(1))
    page = johan.get(url(draft))
    assert f"Slutdatumet har passerat för {AGENCY}. Det skulle inte" in words_of(page)
    assert f'name="until_{cast.unit(AGENCY).pk}" value="{day(1)}"' in page.text


def test_the_first_and_last_day_of_the_consent_and_a_single_day_are_right(johan, draft, cast) -> None:
    for begins, ends in ((day(0), day(-180)), (day(-180), ""), ("", day(0)), (day(-7), day(-7))):
        assert write(johan, draft, {**consent_answers(cast), **own(cast, begins, ends)}).status_code == 302


def test_a_time_for_a_unit_that_is_no_party_is_asked_about(johan, draft, cast) -> None:
    named = cast.unit("Smärtenheten").full_name
    answers = {**consent_answers(cast), **own(cast, "", day(-20), "Smärtenheten")}
    assert f"Kryssa i vad {named} får dela, eller ta bort datumen där" in johan.post(url(draft), answers).text


def test_a_shorter_consent_tells_which_party_now_is_outside_it(johan, draft, cast) -> None:
    write(johan, draft, {**consent_answers(cast), **own(cast, "", day(-90))})
    shorter = {**consent_answers(cast), **own(cast, "", day(-90)), "valid_until": day(-60)}
    assert f"Skriv senast {day(-60)} för {AGENCY}" in words_of(write(johan, draft, shorter))


# Signed.


@pytest.mark.clause("S4", "W1")
def test_each_party_reads_for_as_long_as_the_person_gave_it(johan, draft, cast) -> None:
    write(johan, draft, {**consent_answers(cast), **own(cast, day(-10), day(-90))})
    assert sign(johan, draft).status_code == 302
    found = spans(draft)
    assert found.pop(AGENCY) == (day(-10), day(-90))
    assert set(found.values()) == {(day(0), day(-180))}
    page = words_of(johan.get(url(draft)))
    assert f"från {day(-10)} till {day(-90)}" in page
    assert f"till {day(-180)}" in page
    with behind_the_wall():
        assert Case.objects.get(pk=draft.pk).consent_until == date.fromisoformat(day(-180))


def test_the_case_says_who_becomes_a_party_later_and_a_consent_that_has_not_begun_has_not_run_out(
    johan, make_case, cast
) -> None:
    case = make_case("announced", parties={})
    page = reverse("case", args=[case.pk])
    write(johan, case, {**consent_answers(cast), **own(cast, day(-10), "")})
    sign(johan, case)
    assert f"{AGENCY} blir part {day(-10)} ." in words_of(johan.get(page))
    later = make_case("announced", parties={})
    write(johan, later, {**consent_answers(cast), "valid_from": day(-5)})
    sign(johan, later)
    said = words_of(johan.get(reverse("case", args=[later.pk])))
    assert f"Samtycket börjar gälla {day(-5)}, och ingen" in said
    assert "Samtycket har löpt ut" not in said


@pytest.mark.clause("W1", "W3")
def test_a_consent_that_begins_later_does_not_say_that_it_holds(johan, make_case, cast) -> None:
    case = make_case("announced")
    call = {"what": "whole", "how": "phone", "taken_by": "Johan Wik"}
    johan.post(reverse("withdraw_consent", args=[case.pk]), call)
    begins = f"Ett nytt samtycke börjar gälla {day(-30)}"
    assert "Ett nytt samtycke börjar gälla" not in words_of(johan.get(reverse("case", args=[case.pk])))
    write(johan, case, {**consent_answers(cast), "valid_from": day(-30)})
    signed = sign(johan, case, next=url(case))
    shown = words_of(johan.get(signed.url))
    assert f"Samtycket är registrerat. Det börjar gälla {day(-30)}" in shown
    assert f"Gäller från {day(-30)}" in shown
    assert f"Gäller till {day(-180)}" not in shown
    page = words_of(johan.get(reverse("case", args=[case.pk])))
    assert begins in page
    assert "kan inte ta upp ärendet förrän det nya samtycket gäller." in page
    assert "Du frågar om ett nytt samtycke bara om något ska göras före den dagen." in page
    assert "tt nytt samtycke är påskrivet" not in page


@pytest.mark.clause("W1", "W3")
def test_nobody_is_asked_for_a_consent_that_is_signed_and_waits_for_its_first_day(johan, make_case, cast) -> None:
    case, at = make_case("announced", meeting_on=timezone.localdate() + 60 * DAY), timezone.now()
    call = {"what": "whole", "how": "phone", "taken_by": "Johan Wik"}
    page, asks, begins = reverse("case", args=[case.pk]), "Nytt samtycke eller avbryt", f"börjar gälla {day(-30)}"
    without_team = consent_answers(cast, **{AGENCY: ["arbete"]})
    johan.post(reverse("withdraw_consent", args=[case.pk]), call)
    for named in (without_team, consent_answers(cast)):
        assert asks in words_of(johan.get(page))
        assert waits_for(case) == [("sign_consent", cast.johan.pk)]
        write(johan, case, {**named, "valid_from": day(-30)})
        sign(johan, case)
    assert waits_for(case) == []
    for shown in (words_of(johan.get(page)), words_of(johan.get(reverse("cases")))):
        assert asks not in shown
        assert f"Samtycket {begins}" in shown
        assert "Senast v." not in shown
    assert where(case).step.startswith("Samtycket du har skrivit på börjar gälla ")
    with behind_the_wall():
        assert case.pk not in to_refresh(at + 29 * DAY)
        assert case.pk in to_refresh(at + 30 * DAY)
        engine.refresh(case.pk, at=at + 30 * DAY)
        assert case.pk not in to_refresh(at + 30 * DAY)
    assert waits_for(case)[0][0] == "disclose"
    johan.post(reverse("withdraw_consent", args=[case.pk]), call)
    assert waits_for(case) == [("sign_consent", cast.johan.pk)]
    assert where(case).step == "Johan Wik frågar om du vill ge ett nytt samtycke. Du bestämmer själv."


def waits_for(case):
    """The turns of the case as it stands, each step with whom it names."""
    with behind_the_wall():
        case.refresh_from_db()
        return list(case.turns.order_by("position").values_list("step", "user_id"))


def test_a_consent_that_holds_at_once_says_so(johan, draft, cast) -> None:
    write(johan, draft, consent_answers(cast))
    shown = words_of(johan.get(sign(johan, draft, next=url(draft)).url))
    assert "Samtycket är registrerat och gäller." in shown
    assert f"Gäller till {day(-180)}" in shown


@pytest.mark.clause("W1")
def test_the_paper_says_each_partys_own_days(johan, draft, cast) -> None:
    write(johan, draft, {**consent_answers(cast), **own(cast, "", day(-90))})
    for _ in ("to sign", "signed"):
        response = johan.get(reverse("consent_pdf", args=[draft.pk]))
        text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(response.content)).pages)
        assert text.count(f"till {day(-90)}") == 1
        assert f"Gäller {day(0)} till {day(-180)}" in text
        sign(johan, draft)


def test_a_party_whose_time_was_over_before_the_signature_is_not_signed_for(johan, draft, cast) -> None:
    write(johan, draft, {**consent_answers(cast), "valid_from": day(30), **own(cast, "", day(0))})
    as_if_written_long_ago(draft, cast, day(10))
    page = words_of(sign(johan, draft, signed_on=day(9)))
    assert f"{AGENCY} skulle vara part till {day(10)}, före underskriften" in page
    assert spans(draft) == {}
    assert sign(johan, draft, signed_on=day(10)).status_code == 302
    assert spans(draft)[AGENCY] == (day(10), day(10))


def test_a_renewal_begins_with_the_time_that_lies_ahead_and_not_with_a_party_whose_time_is_over(
    johan, draft, cast
) -> None:
    unit = cast.unit(AGENCY).pk
    write(johan, draft, {**consent_answers(cast), "valid_from": day(30), **own(cast, day(20), day(-90))})
    sign(johan, draft)
    page = johan.get(url(draft) + "?nytt=1").text
    assert f'name="until_{unit}" value="{day(-90)}"' in page
    assert f'value="{day(20)}"' not in page
    as_if_written_long_ago(draft, cast, day(1))
    page = johan.get(url(draft) + "?nytt=1").text
    assert page.count(" checked") == 3  # the team's two boxes, and one's own unit
    assert day(1) not in page.partition('id="nytt"')[2]


@pytest.mark.clause("W1")
def test_a_shorter_time_does_not_shorten_what_an_older_consent_gives_and_the_page_says_so(
    johan, make_case, cast
) -> None:
    case = make_case("announced", valid_until=timezone.localdate() + 100 * DAY)
    named = {"Knutpunktsteamet": ["planering"], AGENCY: ["arbetsmarknad", "arbete", "planering"]}
    said = f"{AGENCY} har kvar Grunduppgifter, Tidigare arbete, Arbetsmarknad, Planering till och med {day(-100)}"
    write(johan, case, consent_answers(cast, **named))
    assert said not in words_of(johan.get(url(case)))
    write(johan, case, {**consent_answers(cast, **named), **own(cast, "", day(-50))})
    assert said in words_of(johan.get(url(case)))


@pytest.mark.clause("W1")
def test_a_part_that_is_yet_to_begin_is_not_passed_over_when_a_new_consent_leaves_it_out(
    johan, make_case, cast
) -> None:
    case = make_case("draft", parties={})
    write(johan, case, {**consent_answers(cast), **own(cast, day(-10), "")})
    sign(johan, case)
    write(johan, case, consent_answers(cast, Knutpunktsteamet=["planering"], Öppenpsykiatrin=["halsa"]))
    shown = words_of(johan.get(url(case)))
    assert f"{AGENCY} är part från {day(-10)} till och med {day(-180)} och står inte med" in shown
    write(johan, case, {**consent_answers(cast, **{AGENCY: ["halsa"]}), **own(cast, "", day(-50))})
    read = f"{AGENCY} får läsa Grunduppgifter, Arbetsmarknad från {day(-10)} till och med {day(-180)}"
    assert f"{read}, enligt ett annat samtycke som också är påskrivet." in words_of(johan.get(url(case)))


def test_what_is_shared_names_the_day_from_which_the_consent_holds_and_not_when_a_party_began() -> None:
    under, today = uuid4(), timezone.localdate()
    rows = [
        Party(basis="consent", consent_id=under, valid_from=today - days * DAY, valid_until=today + DAY)
        for days in (5, 30, 20)
    ]
    assert consent_from(rows, timezone.now(), under) == today - 30 * DAY
    assert consent_from(rows, timezone.now()) == today - 30 * DAY
    assert consent_from(rows, timezone.now(), uuid4()) is None


# The database.


def test_the_database_takes_no_ground_beyond_a_partys_own_days(make_case, cast) -> None:
    case, siv = make_case("announced"), cast.unit("Gamleby hälsocentral")
    with behind_the_wall():
        consent = Consent.objects.get(case=case)
        first, last = consent.valid_from + 5 * DAY, consent.valid_until - 5 * DAY
        consent.draft_parties = [
            {"unit": str(siv.pk), "categories": ["grund"], "from": str(first), "until": str(last)},
            {"unit": str(cast.knutpunkten.team.pk), "categories": ["grund", "halsa"]},
        ]
        consent.save()

    def made(begins: date, ends: date, categories: tuple[str, ...] = ("grund",)) -> None:
        row = ground(case, siv, consent_id=consent.pk, categories=[*categories])
        row.valid_from, row.valid_until = begins, ends
        with acting_as(cast.johan), transaction.atomic():
            as_the_routine(row)

    for begins, ends in ((first - DAY, last), (first, last + DAY), (consent.valid_from, consent.valid_until)):
        with pytest.raises(DatabaseError, match="row-level security"):
            made(begins, ends)
    with pytest.raises(DatabaseError, match="row-level security"):
        made(first, last, ("grund", "halsa"))  # another unit's categories
    made(first, last)


# As the days go by.


@pytest.mark.clause("W1", "W3")
def test_when_the_teams_own_time_is_over_it_is_the_caseworkers_turn(johan, make_case, cast) -> None:
    case, at = make_case("announced", parties={}), timezone.now()
    own_time = {**consent_answers(cast), **own(cast, "", day(-30), "Knutpunktsteamet")}
    write(johan, case, own_time)
    sign(johan, case)
    with behind_the_wall():
        assert case.pk not in to_refresh(at + 30 * DAY)
        assert case.pk in to_refresh(at + 31 * DAY)
        engine.refresh(case.pk, at=at + 31 * DAY)
        assert case.pk not in to_refresh(at + 31 * DAY)  # once is enough
        case.refresh_from_db()
    assert (case.next_step, case.turn_user_id) == ("sign_consent", cast.johan.pk)


@pytest.mark.clause("S6", "W3")
def test_a_party_is_asked_from_the_day_its_time_begins_and_no_longer_than_it_lasts(johan, make_case, cast) -> None:
    meeting = timezone.localdate() + 60 * DAY
    case, at = make_case("announced", parties={}, meeting_on=meeting), timezone.now()
    write(johan, case, {**consent_answers(cast), **own(cast, day(-10), day(-20))})
    sign(johan, case)

    def asked_on(days: int) -> bool:
        with behind_the_wall():
            for case_id in to_refresh(at + days * DAY):
                engine.refresh(case_id, at=at + days * DAY)
            assert to_refresh(at + days * DAY) == []
            return case.turns.filter(step="disclose", unit=cast.unit(AGENCY)).exists()

    assert [asked_on(days) for days in (1, 9, 10, 20, 21)] == [False, False, True, True, False]
