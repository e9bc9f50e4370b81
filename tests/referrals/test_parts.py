"""The parts of the referral: asked, saved as they stand, and never lost."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.access.plain_text import plain
from knutpunkten.access.who import acting_as
from knutpunkten.cases.models import Section
from knutpunkten.referrals.actions import NotADraft, save_part
from knutpunkten.referrals.rules import part_of
from knutpunkten.visits.models import Slot
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.referrals.filling import answers, consultation_answers, day, fill_all, part_url
from tests.referrals.test_reading import paper


@pytest.fixture
def johan(cast, sign_in):
    return sign_in(cast.johan)


@pytest.fixture
def draft(make_case, leif):
    return make_case("draft", parties={}, person=leif)


def words_of(response):
    return strip_tags(response.content.decode())


def saved(case, key):
    with behind_the_wall():
        return Section.objects.get(case=case, key=key)


@pytest.mark.clause("S1")
def test_the_talk_with_the_representative_says_whom_and_when(johan, draft):
    assert 'value="Nadja Berg"' in johan.get(part_url(draft, "talk")).content.decode()
    page = johan.post(part_url(draft, "talk"), {"with_whom": "Nadja Berg", "on": "", "how": "phone"}).content.decode()
    assert "En sak behöver ändras" in page
    johan.post(part_url(draft, "talk"), answers()["talk"])
    section = saved(draft, "talk")
    assert section.is_done
    assert section.data["with_whom"] == "Nadja Berg"
    assert f"Nadja Berg, {day(9)}" in words_of(johan.get(reverse("referral", args=[draft.pk])))


def test_a_talk_in_the_future_has_not_been_had(johan, draft):
    page = johan.post(part_url(draft, "talk"), {**answers()["talk"], "on": day(-2)}).content.decode()
    assert "kan inte ligga framåt i tiden" in page
    assert not saved(draft, "talk").is_done


@pytest.mark.parametrize(
    ("key", "field", "far", "sentence"),
    [
        ("talk", "on", "2062-01-01", "Skriv en dag som har varit"),
        ("talk", "on", "0206-11-20", "Kontrollera året: dagen ska ha varit, tidigast 1900-01-01"),
        ("talk", "on", "1926-11-20", "Kontrollera året: det är mer än ett år innan remissen påbörjades"),
        ("situation", "since", "", "Skriv ungefär sedan när Leif har försörjt sig så"),
        ("situation", "since", "2062", "Skriv en dag som har varit"),
        ("situation", "since", "1977", "Personen är född 1978. Kontrollera året."),
        ("situation", "since", "1978-03", "Personen är född 1978-04. Kontrollera dagen."),
    ],
)
def test_of_a_year_far_off_no_day_to_come_is_offered(johan, draft, key, field, far, sentence):
    page = words_of(johan.post(part_url(draft, key), {**answers()[key], field: far}))
    assert sentence in page
    assert "1900-01-01 och" not in page


@pytest.mark.clause("S2", "L8")
def test_the_visit_comes_first_or_the_referral_says_why_not(johan, draft):
    url = part_url(draft, "visit")
    assert "Skriv vilken dag besöket var" in johan.post(url, {"made": "yes", "wish": "apply"}).content.decode()
    assert "utan studiebesök" in johan.post(url, {"made": "no"}).content.decode()
    assert "har varit" in johan.post(url, {"made": "yes", "on": day(-3), "wish": "apply"}).content.decode()
    assert johan.post(url, {"made": "no", "reason": "Kan inte ta sig dit än."}).status_code == 302
    assert saved(draft, "visit").is_done


@pytest.mark.clause("S3")
def test_whoever_did_not_want_to_apply_is_referred_only_after_a_change_of_mind(johan, draft):
    url, said = part_url(draft, "visit"), {"made": "yes", "on": day(6), "wish": "not"}
    page = johan.post(url, said).text
    assert "Efter besöket ville Leif inte ansöka. Har hen ändrat sig? Skriv när och hur" in page
    assert not saved(draft, "visit").is_done
    since = {"changed_mind": "Ringde 2026-11-02 och ville söka."}
    assert johan.post(url, {**said, **since}).status_code == 302
    assert saved(draft, "visit").is_done
    assert since["changed_mind"] in johan.get(reverse("check_referral", args=[draft.pk])).text
    assert since["changed_mind"] in " ".join(paper(johan, draft).split())


@pytest.mark.clause("L8")
def test_the_unit_s_booked_visit_can_be_chosen(johan, draft, book_visit):
    on = book_visit(draft)
    assert f'value="{on}"' in johan.get(part_url(draft, "visit")).content.decode()
    assert johan.post(part_url(draft, "visit"), {"made": "yes", "booking": on, "wish": "apply"}).status_code == 302
    checked = johan.get(reverse("check_referral", args=[draft.pk])).text
    assert re.search(rf"Vilken dag\?.*?{on}", checked, re.DOTALL), "what was chosen can be checked"
    with behind_the_wall():
        Slot.objects.update(starts_at=timezone.now() + timedelta(minutes=1))
    assert "Enhetens bokade besök" not in johan.get(part_url(draft, "visit")).text, "later today it is not made yet"


@pytest.mark.clause("S3", "L1")
def test_fewer_hours_than_the_programme_s_least_need_a_reason_and_do_not_block(johan, draft):
    url = part_url(draft, "own_words")
    words = {**answers()["own_words"], "hours": "6"}
    page = johan.post(url, words).content.decode()
    assert "Skriv varför ni söker med färre än 10 timmar" in page
    assert "Jag vill jobba igen." in page
    assert johan.post(url, {**words, "hours_reason": "Trappar upp under hösten."}).status_code == 302
    assert saved(draft, "own_words").is_done


@pytest.mark.clause("S3")
def test_the_person_s_own_will_is_asked_for(johan, draft):
    page = johan.post(part_url(draft, "own_words"), {"words": "Ja", "hours": "10"}).content.decode()
    assert "Skriv hur det märks att Leif själv vill delta" in page


@pytest.mark.clause("L1")
def test_each_unmet_criterion_of_the_target_group_asks_for_a_reason(johan, make_case, cast):
    with behind_the_wall():
        old = make_person("Bengt", "Ask", number="195705749959")
    case = make_case("draft", parties={}, person=old, programme=cast.lis)
    url = part_url(case, "target_group")
    page = johan.post(
        url, {"has_addiction": "yes", "open_with": ["Arbetsförmedlingen"], "need": "Planering"}
    ).content.decode()
    assert "Fyra saker behöver ändras" in page
    assert "insatsen är för 18–65 år" in page
    reasons = {
        "age_reason": "Fyller snart 70 men vill arbeta.",
        "has_addiction": "yes",
        "addictions": ["alcohol"],
        "addiction_reason": "Har behandling sedan i våras.",
        "open_with": ["Arbetsförmedlingen"],
        "open_reason": "Behöver också vården.",
        "need": "Planering",
    }
    assert johan.post(url, reasons).status_code == 302
    with behind_the_wall():
        found = {s.key: s for s in Section.objects.filter(case=case)}
    assert found["addiction"].category == "halsa"
    assert found["addiction"].data["addictions"] == ["alcohol"]
    assert "addictions" not in found["target_group"].data


@pytest.mark.clause("L1")
def test_a_no_beside_a_ticked_addiction_is_asked_about(johan, draft):
    url, said = part_url(draft, "target_group"), {**answers()["target_group"], "addictions": ["drugs", "gaming"]}
    asked = "Du svarade nej men kryssade i Droger och Dataspel. Ta bort kryssen eller ändra svaret."
    assert asked in words_of(johan.post(url, said))
    one = words_of(johan.post(url, {**said, "addictions": ["drugs"]}))
    assert "Du svarade nej men kryssade i Droger. Ta bort krysset eller ändra svaret." in one
    assert not saved(draft, "addiction").is_done


def test_a_phone_number_is_whole_or_none(johan, draft):
    assert "Skriv hela telefonnumret" in johan.post(part_url(draft, "person"), {"phone": "12"}).text
    assert johan.post(part_url(draft, "person"), {"phone": ""}).status_code == 302
    contact = {**answers()["contacts"], "phone-0": "x"}
    assert "Skriv hela telefonnumret i kontakt 1" in johan.post(part_url(draft, "contacts"), contact).text


@pytest.mark.clause("L1")
def test_a_person_within_the_target_group_needs_no_reasons(johan, draft):
    page = johan.get(part_url(draft, "target_group")).content.decode()
    assert "Ålder" in page
    assert "insatsen är för" not in page
    assert johan.post(part_url(draft, "target_group"), answers()["target_group"]).status_code == 302


@pytest.mark.clause("S4")
def test_each_category_of_the_present_situation_is_a_section_of_its_own(johan, draft):
    assert johan.post(part_url(draft, "situation"), answers()["situation"]).url == part_url(draft, "contacts")
    with behind_the_wall():
        found = {s.key: (s.category, s.is_done, s.disclosed_at) for s in Section.objects.filter(case=draft)}
    assert found == {
        "situation": ("social", True, None),
        "obstacles": ("halsa", True, None),
        "possibilities": ("arbetsmarknad", True, None),
        "tried": ("arbete", True, None),
    }


def test_what_is_left_to_mend_is_said_first_and_what_was_typed_is_kept(johan, draft):
    typed = {**answers()["situation"], "hinders": "", "since": "15/9 2024"}
    page = johan.post(part_url(draft, "situation"), typed).content.decode()
    assert "Två saker behöver ändras" in page
    assert "Beskriv vad som hindrar Leif att arbeta just nu" in page
    assert "Skriv ett år, ett år och en månad, eller en hel dag" in page
    assert page.index("Två saker behöver ändras") < page.index("<h1")
    again = johan.get(part_url(draft, "situation")).content.decode()
    assert 'value="15/9 2024"' in again
    assert "Kommer alltid i tid." in again
    assert "Pågår" in johan.get(reverse("referral", args=[draft.pk])).content.decode()


@pytest.mark.parametrize(("typed", "written"), [("202409", "2024-09"), (" 20240915", "2024-09-15"), ("2024", "2024")])
def test_a_day_typed_as_its_digits_alone_is_read_as_a_day_is_written(johan, draft, typed, written):
    johan.post(part_url(draft, "situation"), {**answers()["situation"], "since": typed})
    assert saved(draft, "situation").data["since"] == written


def test_marks_that_turn_the_words_around_are_not_kept(johan, draft):
    johan.post(part_url(draft, "question"), {"question": "Hur \u202ekan\u202c Leif \u2067gå\u2069 vidare? שלום"})
    assert saved(draft, "question").data["question"] == "Hur kan Leif gå vidare? שלום"


def test_signs_that_are_no_words_are_not_kept_but_tabs_and_lines_are(johan, draft):
    johan.post(part_url(draft, "question"), {"question": "Hur\x07 kan\x1b\x7f\x9f\r\nLeif\tgå\vvidare\x85nu?"})
    assert saved(draft, "question").data["question"] == "Hur kan\r\nLeif\tgå vidare nu?"


def test_a_text_of_what_is_not_seen_is_not_written(johan, draft):
    page = johan.post(part_url(draft, "question"), {"question": "\u200b\u2060\ufeff \u200d\u3164\u00ad"}).text
    assert not saved(draft, "question").is_done
    assert "En sak behöver ändras" in page


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Le\u00adif\u200b \u200eOlsson\u200c", "Leif Olsson"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # parts two letters of one word in Persian
        ("क्\u200dष", "क्\u200dष"),
        ("\N{WOMAN}\u200d\N{PERSONAL COMPUTER}", "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}"),
    ],
)
def test_signs_that_are_not_seen_are_not_kept_but_within_words_that_need_them(sent, kept):
    assert plain(sent) == kept


def test_saving_by_itself_keeps_half_an_answer_and_tells_when(johan, draft):
    response = johan.post(
        part_url(draft, "question"), {"question": "Hur kan", "seen": "0"}, headers={"HX-Request": "true"}
    )
    assert "Sparat" in response.content.decode()
    assert response["X-Seen"] == "1"
    assert saved(draft, "question").data == {"question": "Hur kan"}


def test_going_back_saves_without_asking_for_the_rest(johan, draft):
    response = johan.post(part_url(draft, "situation"), {"works": "Kommer i tid.", "back": "1"})
    assert response.url == reverse("referral", args=[draft.pk])
    assert saved(draft, "situation").data["works"] == "Kommer i tid."


def test_who_writes_in_two_windows_is_not_told_of_somebody_else(johan, draft):
    url = part_url(draft, "question")
    johan.post(url, {"question": "I det ena?", "seen": "0"})
    page = johan.post(url, {"question": "I det andra?", "seen": "0"}).text
    assert "Du skrev också här i ett annat fönster" in page
    quietly = johan.post(url, {"question": "I det andra?", "seen": "0"}, headers={"HX-Request": "true"})
    assert "Du har skrivit här i ett annat fönster" in quietly.text


def test_two_colleagues_writing_at_once_both_see_both_texts(johan, draft, cast, sign_in):
    url = part_url(draft, "question")
    johan.post(url, {"question": "Johans fråga?", "seen": "0"})
    sara = sign_in(cast.sara)
    stale = sara.post(url, {"question": "Saras fråga?", "seen": "0"})
    page = stale.content.decode()
    assert "Johan Wik skrev också här" in page
    assert "Johans fråga?" in page
    assert "Saras fråga?" in page
    assert "data-autosave" not in page, "read before it is written over"
    assert 'data-refused="0"' in page
    assert 'name="back"' not in page, "to go back leaves what is saved as it is"
    assert "Tillbaka till remissen utan att spara" in page
    assert saved(draft, "question").data["question"] == "Johans fråga?"
    quietly = sara.post(url, {"question": "Saras fråga?", "seen": "0"}, headers={"HX-Request": "true"})
    assert quietly.status_code == 422
    assert sara.post(url, {"question": "Saras fråga?", "seen": "1"}).status_code == 302
    assert saved(draft, "question").data["question"] == "Saras fråga?"


def test_of_a_half_filled_part_what_the_colleague_wrote_is_shown_and_nothing_else_asked_for(
    johan, draft, cast, sign_in
):
    url = part_url(draft, "situation")
    johan.post(url, {"works": "Kommer i tid.", "back": "1", "seen": "0"})
    page = sign_in(cast.sara).post(url, {"living": "Har ont i ryggen.", "seen": "0"}).text
    assert "Kommer i tid." in page
    assert "Har ont i ryggen." in page
    assert "Inget skrivet." not in page
    assert "behöver ändras" not in page
    johan.post(url, {"works": "", "back": "1", "seen": "1"})
    page = sign_in(cast.sara).post(url, {"living": "Har ont i ryggen.", "seen": "1"}).text
    assert page.count("Inget skrivet.") == 1


def test_a_character_the_database_cannot_keep_is_no_crash(johan, draft):
    response = johan.post(part_url(draft, "question"), {"question": "Hur\x00 då?"})
    assert response.status_code == 200
    assert saved(draft, "question").data["question"] == "Hur då?"


def test_too_long_a_text_is_said_to_be_so_and_stays_in_the_box(johan, draft):
    assert "maxlength" not in johan.get(part_url(draft, "question")).text.split("<main")[1]  # the browser cuts nothing
    page = johan.post(part_url(draft, "question"), {"question": "a" * 5000}).content.decode()
    assert "högst 4000 tecken" in page
    assert "a" * 5000 in page
    assert not saved(draft, "question").is_done
    quietly = johan.post(part_url(draft, "question"), {"question": "b" * 25000}, headers={"HX-Request": "true"})
    assert quietly.status_code == 422
    assert saved(draft, "question").data["question"] == "a" * 5000


@pytest.mark.clause("S4")
def test_there_is_room_for_every_contact_with_an_authority(johan, draft):
    url = part_url(draft, "contacts")
    assert "Johan Wik" in johan.get(url).content.decode()
    one = answers()["contacts"]
    more = johan.post(url, {**one, "add": "1"})
    assert more.url == f"{url}?fler=1#rad-1"
    assert 'name="agency-1"' in johan.get(more.url).content.decode()
    two = {**one, "rows": "2", "agency-1": "Försäkringskassan", "name-1": "Helena Ros", "about-1": "Sjukpenning"}
    assert johan.post(url, two).status_code == 302
    assert [row["agency"] for row in saved(draft, "contacts").data["rows"]] == [
        "Arbetsförmedlingen",
        "Försäkringskassan",
    ]
    johan.post(url, {**two, "remove": "0"})
    assert [row["agency"] for row in saved(draft, "contacts").data["rows"]] == ["Försäkringskassan"]
    overtaken = johan.post(url, {**two, "seen": "0"}).text
    assert "Du skrev också här i ett annat fönster" in overtaken
    for saving in ('name="add"', 'name="remove"', 'name="back"'):
        assert saving not in overtaken, "only the button that says so writes over the other"


def test_enter_saves_and_takes_no_contact_away(johan, draft):
    page = johan.get(part_url(draft, "contacts")).text
    first = re.search(r"<button[^>]*type=\"submit\"[^>]*>", page.partition("data-autosave")[2])
    assert first is not None  # what Enter presses is the first button of the form
    assert "name=" not in first[0]


def test_a_contact_must_say_which_authority_and_about_what(johan, draft):
    page = johan.post(part_url(draft, "contacts"), {"rows": "1", "name-0": "Helena Ros"}).content.decode()
    assert "Skriv vilken myndighet kontakt 1 hör till" in page
    assert "Skriv vad kontakt 1 gäller" in page
    assert 'value="Helena Ros"' in page
    assert "Skriv minst en kontakt" in johan.post(part_url(draft, "contacts"), {"rows": "1"}).content.decode()


@pytest.mark.parametrize("rows", ["", "-1", "99999999999", "x", "²"])
def test_a_forged_number_of_rows_is_no_crash(johan, draft, rows):
    assert johan.post(part_url(draft, "contacts"), {"rows": rows, "remove": rows}).status_code in (200, 302)


@pytest.mark.clause("K1")
def test_in_a_consultation_the_talk_may_be_left_out(johan, make_case):
    case = make_case("draft", kind="consultation", parties={})
    fill_all(johan, case, consultation_answers())
    page = johan.get(reverse("referral", args=[case.pk])).content.decode()
    assert "För råd inför konsultationen. Valfritt." in page
    assert "Öppnas när del 6 är klar" in page  # the consent, and nothing else
    half = johan.post(part_url(case, "advice"), {"with_whom": "Nadja Berg"})
    assert half.status_code == 200
    assert johan.post(part_url(case, "advice"), answers()["talk"]).status_code == 302
    assert f"Nadja Berg, {day(9)}" in words_of(johan.get(reverse("referral", args=[case.pk])))


@pytest.mark.clause("W1")
def test_a_draft_is_its_own_unit_s_alone(draft, cast, sign_in):
    url = part_url(draft, "question")
    for stranger in (cast.tove, cast.disa):
        client = sign_in(stranger)
        assert client.get(url).status_code == 404
        assert client.post(url, {"question": "Min fråga"}).status_code == 404
    for stranger in (cast.nadja, cast.karin, cast.mats):
        assert sign_in(stranger).get(reverse("read_referral", args=[draft.pk])).status_code == 404
    assert sign_in(cast.sara).get(url).status_code == 200


def test_an_unknown_part_or_case_is_not_found(johan, draft):
    assert johan.get(part_url(draft, "hemligt")).status_code == 404
    unknown = reverse("referral_part", args=["00000000-0000-0000-0000-000000000000", "question"])
    assert johan.get(unknown).status_code == 404


def test_nothing_is_written_in_what_has_been_handed_over(johan, make_case):
    case = make_case("handed_over")
    assert johan.get(part_url(case, "question")).url.startswith(reverse("read_referral", args=[case.pk]))
    response = johan.post(part_url(case, "question"), {"question": "För sent"})
    assert response.status_code == 409
    assert "Remissen är inlämnad." in response.text
    assert "För sent" in response.text.partition("Det är inte sparat.")[2], "to be copied"
    quietly = johan.post(part_url(case, "question"), {"question": "För sent"}, headers={"HX-Request": "true"})
    assert quietly.status_code == 422
    with behind_the_wall():
        assert not Section.objects.filter(case=case, key="question").exists()


def test_a_part_saved_while_a_colleague_hands_over_is_not_written(make_case, cast, moment):
    case = make_case("handed_over")
    with acting_as(cast.johan) as who, pytest.raises(NotADraft):
        save_part(case, part_of(case, "question"), {"question": "För sent"}, is_done=True, by=who, at=moment)
    with behind_the_wall():
        assert not Section.objects.filter(case=case, key="question").exists()
