"""What a unit knows: written is not shared; disclosed is read by those whose consent names the category (S6, W1)."""

import re

import pytest
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Level, Party, Turn
from knutpunkten.meetings.knowledge import Known
from knutpunkten.meetings.models import Knowledge
from knutpunkten.routine import engine
from knutpunkten.ui.seen import unpacked
from tests.conftest import assert_turns_stand, behind_the_wall
from tests.meetings.conftest import PARTIES
from tests.meetings.pages import fresh, page, put, take

WORK = "Inskriven sedan 2024-08\nPraktik på lager, fyra veckor"
HEALTH = "Går i samtal varannan vecka"


@pytest.fixture
def read_case(make_case, meeting):
    """Announced and up on the agenda: the parties read texts, each in its own categories."""
    case = make_case("announced", parties=PARTIES, level=Level.TEXT)
    put(case, meeting)
    return case


@pytest.mark.clause("W4")
def test_that_something_was_written_is_in_the_log_once_a_sitting_and_told_to_the_unit_alone(
    read_case, mats, karin, nadja, cast
):
    for words in (WORK, f"{WORK}.", f"{WORK}!"):
        mats.post(page("knowledge", read_case), {"text_arbetsmarknad": words})
    with behind_the_wall():
        (written,) = Entry.objects.of_case(read_case.pk).filter(event="knowledge_saved")
        assert (written.user_id, written.is_reading) == (cast.mats.pk, False)
    changes = f"{page('case_reads', read_case)}?visa=andringar"
    assert "Skrev vad enheten vet" in mats.get(changes).text
    # Whether a unit has anything to say is not told before it has said it.
    for other in (karin, nadja):
        assert "Skrev vad enheten vet" not in other.get(changes).text


@pytest.mark.clause("W4")
def test_the_log_tells_the_units_own_form_from_what_the_parties_disclosed(read_case, make_case, mats, cast):
    after = make_case("active", parties=PARTIES, level=Level.TEXT)
    for case, what in ((read_case, "own_knowledge"), (after, "knowledge")):
        mats.get(page("knowledge", case))
        with behind_the_wall():
            (row,) = Entry.objects.of_case(case.pk).filter(user_id=cast.mats.pk, event="read")
        assert row.detail == {"what": what}
    assert "Läste sin egen enhets formulär med uppgifter till mötet" in mats.get(page("case_reads", read_case)).text


@pytest.mark.clause("W1", "S6")
def test_what_is_written_is_read_by_nobody_else_until_the_unit_discloses_it(read_case, mats, karin, ulrika, nadja):
    mats.post(page("knowledge", read_case), {"text_arbetsmarknad": WORK, "can_arbetsmarknad": "Handledd praktik"})
    assert "Praktik på lager" in mats.get(page("knowledge", read_case)).text
    for other in (karin, nadja, ulrika):
        assert "Praktik på lager" not in other.get(page("case", read_case)).text

    answer = take(
        mats,
        read_case,
        "disclose",
        answer="disclosed",
        share=["arbetsmarknad"],
        text_arbetsmarknad=WORK,
        can_arbetsmarknad="Handledd praktik",
    )
    assert "Du lämnade ut arbetsmarknad. Knutpunktsteamet och Försörjningsstöd läser det." in answer.text
    for party in (karin, nadja):
        text = party.get(page("case", read_case)).text
        assert "Praktik på lager" in text
        assert "Utlämnad av Mats Lindahl" in text


@pytest.mark.clause("W1", "S6")
def test_before_the_agenda_it_is_said_who_will_read_it_and_asked_for_what_matters_now(case, ulrika, mats):
    asked = mats.get(page("knowledge", case)).text
    assert "Bara det som är aktuellt nu." in asked
    assert "aktuellt för frågan" not in asked
    answer = take(ulrika, case, "disclose", answer="disclosed", share=["halsa"], text_halsa=HEALTH)
    readers = "Knutpunktsteamet och Försörjningsstöd"
    assert (
        f"Du lämnade ut fysisk och psykisk hälsa. {readers} läser det när ärendet står på dagordningen." in answer.text
    )


@pytest.mark.clause("W1")
def test_of_what_is_read_by_different_units_it_is_said_of_each_who_reads_it(make_case, meeting, mats):
    case = make_case("announced", parties={**PARTIES, "Öppenpsykiatrin": ["grund", "arbete"]}, level=Level.TEXT)
    put(case, meeting)
    assert "Bara det som är aktuellt för frågan." in mats.get(page("knowledge", case)).text
    typed = {"text_arbete": "Svetsare", "text_arbetsmarknad": WORK}
    said = take(mats, case, "disclose", answer="disclosed", share=["arbete", "arbetsmarknad"], **typed).text
    assert "Knutpunktsteamet, Öppenpsykiatrin och Försörjningsstöd läser tidigare arbete." in said
    assert "Knutpunktsteamet och Försörjningsstöd läser arbetsmarknad." in said


@pytest.mark.clause("W1")
def test_what_is_saved_without_disclosing_it_is_not_ticked_beforehand_nor_given_out_with_another(read_case, mats):
    typed = {"text_arbete": "Svetsare", "text_arbetsmarknad": WORK}
    mats.post(page("knowledge", read_case), typed)
    assert " checked" not in mats.get(page("knowledge", read_case)).text
    answer = take(mats, read_case, "disclose", answer="disclosed", share=["arbete"], **typed)
    assert "Du lämnade ut tidigare arbete. Knutpunktsteamet och Försörjningsstöd läser det." in answer.text
    with behind_the_wall():
        assert [row.category for row in Knowledge.objects.filter(disclosed_at__isnull=False)] == ["arbete"]


@pytest.mark.clause("W1")
def test_a_party_without_the_category_reads_a_heading_that_does_not_tell_whether_there_is_anything(
    read_case, mats, ulrika, make_case, meeting
):
    before = ulrika.get(page("case", read_case)).text
    take(mats, read_case, "disclose", answer="disclosed", share=["arbetsmarknad"], text_arbetsmarknad=WORK)
    after = ulrika.get(page("case", read_case)).text
    for text in (before, after):
        assert "<strong>Arbetsmarknad</strong> · Delas inte med er enhet." in text
    assert "Praktik på lager" not in after
    assert "lämnade ut arbetsmarknad" not in after


@pytest.mark.clause("W1")
def test_a_unit_that_is_no_party_does_not_find_the_case(read_case, sign_in, cast):
    siv = sign_in(cast.siv)
    assert siv.get(page("knowledge", read_case)).status_code == 404
    assert siv.post(page("knowledge", read_case), {"text_halsa": HEALTH}).status_code == 404
    assert take(siv, read_case, "disclose", answer="not_known").status_code == 404
    with behind_the_wall():
        assert not Knowledge.objects.exists()


@pytest.mark.clause("W1")
def test_a_category_that_the_consent_gives_to_no_other_unit_cannot_be_disclosed(make_case, meeting, mats):
    case = make_case(
        "announced",
        parties={
            "Försörjningsstöd": ["grund"],
            "Knutpunktsteamet": ["grund"],
            "Arbetsförmedlingen": ["grund", "arbete"],
        },
    )
    put(case, meeting)
    asked = mats.get(page("knowledge", case)).text
    assert asked.count("Samtycket ger ingen annan enhet den här rubriken.") == 4
    assert "<textarea" not in asked
    answer = take(mats, case, "disclose", answer="disclosed", share=["arbete"], text_arbete="Svetsare")
    assert "Välj" in answer.text
    with behind_the_wall():
        assert not Knowledge.objects.filter(disclosed_at__isnull=False).exists()


@pytest.mark.clause("W1")
def test_each_category_names_those_who_will_read_it_before_one_writes(read_case, mats):
    text = mats.get(page("knowledge", read_case)).text
    health, work = text.index('id="k-halsa"'), text.index('id="k-arbete"')
    assert health < text.index("Öppenpsykiatrin", health) < text.index("<textarea", health) < work
    assert "Öppenpsykiatrin" not in text[work : text.index('id="k-arbetsmarknad"')]


def test_the_way_back_begins_at_the_cases(read_case, mats):
    crumbs = mats.get(page("knowledge", read_case)).text.partition('class="crumbs"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', crumbs) == [page("cases"), page("case", read_case)]


@pytest.mark.clause("W1")
def test_when_the_consent_is_withdrawn_the_others_read_nothing_more_and_the_unit_still_its_own(
    read_case, mats, karin, johan
):
    take(mats, read_case, "disclose", answer="disclosed", share=["arbetsmarknad"], text_arbetsmarknad=WORK)
    mats.post(page("knowledge", read_case), {"text_arbete": "", "can_arbete": "Handledd praktik"})
    johan.post(page("withdraw_consent", read_case), {"what": "whole", "how": "phone", "taken_by": "Johan Wik"})
    assert karin.get(page("case", read_case)).status_code == 404
    for own in ("Praktik på lager", "Handledd praktik"):
        assert own in mats.get(page("knowledge", read_case)).text
    assert "Praktik på lager" not in johan.get(page("case", read_case)).text


@pytest.mark.clause("W1")
def test_without_a_consent_the_referring_unit_s_page_asks_for_nothing_and_says_that_nobody_reads(
    read_case, nadja, johan
):
    take(nadja, read_case, "disclose", answer="disclosed", share=["arbetsmarknad"], text_arbetsmarknad=WORK)
    here = page("knowledge", read_case)
    nadja.post(here, {"text_arbete": "", "can_arbete": "Handledd praktik"})
    assert "?andra=arbetsmarknad" in nadja.get(here).text
    johan.post(page("withdraw_consent", read_case), {"what": "whole", "how": "phone", "taken_by": "Johan Wik"})
    seen = nadja.get(here).text
    assert "Praktik på lager" in seen
    assert "<strong>Kan bidra med:</strong> Handledd praktik" in seen
    assert "Inget samtycke gäller nu." in seen
    assert "Läses inte av andra nu" in seen
    for asked in (
        "Lämna ut det ikryssade",
        "Inte aktuell hos oss",
        "?andra=",
        "Utlämnat<",
        "Samordnaren gör det aldrig",
    ):
        assert asked not in seen, asked


@pytest.mark.clause("W1")
@pytest.mark.parametrize("what", ["whole", "part"])
def test_words_sent_just_as_the_consent_is_withdrawn_are_shown_to_be_copied_and_not_said_to_be_saved(
    read_case, mats, nadja, johan, cast, what
):
    writer, units = (nadja, ["whole"]) if what == "whole" else (mats, [cast.unit("Arbetsförmedlingen").pk])
    here = page("knowledge", read_case)
    writer.post(here, {"text_arbetsmarknad": "Det som sparades"})
    johan.post(page("withdraw_consent", read_case), {"what": units, "how": "phone", "taken_by": "Johan Wik"})
    sent = {"text_arbetsmarknad": WORK, "can_arbetsmarknad": ""}
    quietly = writer.post(here, sent, headers={"HX-Request": "true"})
    assert quietly.status_code == 422
    assert "inte sparat" in quietly.text
    assert "Kopiera det du vill ha kvar." in quietly.text
    for answer in (writer.post(here, sent), take(writer, read_case, "disclose", answer="disclosed", **sent)):
        assert "Det som inte redan var sparat är inte sparat." in answer.text
        assert "Praktik på lager" in answer.text
    with behind_the_wall():
        assert Knowledge.objects.get(category="arbetsmarknad").text == "Det som sparades"


@pytest.mark.clause("W1")
def test_words_of_what_nobody_else_may_read_any_more_are_not_lost_unsaid(read_case, mats):
    sent = {"text_arbete": "Svetsare", "text_halsa": HEALTH, "share": ["arbete"]}
    with behind_the_wall():
        read_case.parties.filter(basis="consent").update(categories=["grund", "arbete"])
    here = page("knowledge", read_case)
    about = "Samtycket låter ingen annan läsa om fysisk och psykisk hälsa längre. Det du skrev där är inte sparat"
    assert about in mats.post(here, sent, headers={"HX-Request": "true"}).text
    for answer in (mats.post(here, sent), take(mats, read_case, "disclose", answer="disclosed", **sent)):
        assert about in answer.text
        assert f'<li class="written">{HEALTH}</li>' in answer.text
    with behind_the_wall():
        assert Knowledge.objects.get().text == "Svetsare"
        assert Knowledge.objects.get().disclosed_at is None


@pytest.mark.clause("S6")
def test_a_party_may_answer_that_the_person_is_not_known_there(read_case, mats, ulrika, karin, meeting, cast):
    answer = take(mats, read_case, "disclose", answer="not_known")
    assert "Tack. Gruppen ser ert svar på mötet." in answer.text
    said = mats.get(page("knowledge", read_case)).text.partition("Ni har svarat: inte aktuell hos oss, ")[2]
    assert f"{timezone.localdate()}</time>. Vet ni något ändå?" in said
    assert "Ni har svarat" not in ulrika.get(page("knowledge", read_case)).text
    with behind_the_wall():
        assert Party.objects.get(case=read_case, unit=cast.unit("Arbetsförmedlingen")).answer == "not_known"
    assert "1 av 2" in karin.get(page("agenda", meeting)).text
    assert "Inte aktuell där" in karin.get(page("case", read_case)).text
    assert "Inte aktuell hos er" in mats.get(page("case", read_case)).text
    take(mats, read_case, "disclose", answer="disclosed", share=["arbete"], text_arbete="Svetsare")
    assert "Ni har svarat" not in mats.get(page("knowledge", read_case)).text


def test_who_refers_somebody_cannot_say_that_they_are_not_known_there(read_case, mats, johan, nadja, cast):
    assert "Inte aktuell hos oss" in mats.get(page("knowledge", read_case)).text
    for who in (johan, nadja):
        assert "Inte aktuell hos oss" not in who.get(page("knowledge", read_case)).text
        assert "Inte aktuell hos oss" not in take(who, read_case, "disclose", answer="not_known").text
        assert "Inte aktuell hos oss" not in take(who, read_case, "disclose", answer="disclosed").text
    with behind_the_wall():
        assert not Party.objects.filter(case=read_case, answer="not_known").exists()


def test_amending_what_was_disclosed_takes_it_back_until_it_is_disclosed_again(read_case, mats, karin):
    take(mats, read_case, "disclose", answer="disclosed", share=["arbetsmarknad"], text_arbetsmarknad=WORK)
    amend = page("knowledge", read_case) + "?andra=arbetsmarknad"
    changing = mats.get(amend).text
    assert "slutar de andra läsa den gamla texten" in changing
    assert f'action="{amend}"' in changing, "with words of its own that wait"
    said = mats.post(amend, {"text_arbetsmarknad": "Inskriven igen", "can_arbetsmarknad": ""}, follow=True).text
    assert "Gruppen väntar på ert svar igen." in said
    text = karin.get(page("case", read_case)).text
    assert "Praktik på lager" not in text
    assert "Inskriven igen" not in text
    take(mats, read_case, "disclose", answer="disclosed", share=["arbetsmarknad"], text_arbetsmarknad="Inskriven igen")
    assert "Inskriven igen" in karin.get(page("case", read_case)).text


@pytest.mark.clause("W1")
def test_saving_what_is_disclosed_says_whether_the_others_read_it_still(read_case, mats, karin):
    take(mats, read_case, "disclose", answer="disclosed", share=["arbetsmarknad"], text_arbetsmarknad=WORK)
    amend = page("knowledge", read_case) + "?andra=arbetsmarknad"
    card = mats.get(amend).text.partition('id="k-arbetsmarknad"')[2].partition("</section>")[0]
    assert "Inte utlämnat" not in card
    assert "Utlämnat" in card
    same = {"text_arbetsmarknad": WORK, "can_arbetsmarknad": ""}
    unchanged = mats.post(amend, same, follow=True).text
    assert "Inget är ändrat. Uppgiften är fortfarande utlämnad." in unchanged
    assert "Ingen annan läser" not in unchanged
    assert "Praktik på lager" in karin.get(page("case", read_case)).text
    again = take(mats, read_case, "disclose", answer="disclosed", share=["arbetsmarknad"], **same).text
    assert "Inget är ändrat. Uppgiften är fortfarande utlämnad." in again
    beside = mats.post(amend, {**same, "text_arbete": "Svetsare", "can_arbete": ""}, follow=True).text
    assert "Sparat. Uppgiften är fortfarande utlämnad." in beside
    changed = mats.post(amend, {**same, "text_arbetsmarknad": "Inskriven igen"}, follow=True).text
    assert "Det ni hade lämnat ut om arbetsmarknad läser ingen annan förrän ni lämnar ut det igen." in changed
    assert "Praktik på lager" not in karin.get(page("case", read_case)).text


@pytest.mark.clause("W1", "W4")
def test_a_unit_takes_back_what_it_has_disclosed_and_keeps_it_written(read_case, mats, karin):
    take(mats, read_case, "disclose", answer="disclosed", share=["arbetsmarknad"], text_arbetsmarknad=WORK)
    asked = page("knowledge", read_case)
    assert 'name="take_back"' not in mats.get(asked).text
    assert 'name="take_back" value="arbetsmarknad"' in mats.get(f"{asked}?andra=arbetsmarknad").text
    typed = {"text_arbetsmarknad": WORK, "can_arbetsmarknad": "", "take_back": "arbetsmarknad"}
    answer = mats.post(asked, typed, follow=True).text
    assert "Tillbakataget. Det ni hade lämnat ut om arbetsmarknad läser ingen annan" in answer
    assert "Praktik på lager" in answer
    assert "Gruppen väntar på ert svar igen." in answer
    case_page = karin.get(page("case", read_case)).text
    assert "Praktik på lager" not in case_page
    assert "tog tillbaka det som var utlämnat" in karin.get(page("events", read_case)).text


@pytest.mark.clause("S6", "W3")
@pytest.mark.parametrize(
    "way",
    [
        {"take_back": "arbetsmarknad"},
        {"text_arbetsmarknad": "Inskriven igen"},
        {"text_arbetsmarknad": "Inskriven igen", "text_halsa": "x" * 4001},  # refused for another text
    ],
)
def test_a_unit_that_has_taken_back_all_it_disclosed_has_not_answered_and_is_waited_for(
    case, mats, karin, meeting, way
):
    karin.post(page("set_agenda", meeting))
    typed = {"text_arbete": "Svetsare", "text_arbetsmarknad": WORK}
    take(mats, case, "disclose", answer="disclosed", share=["arbete", "arbetsmarknad"], **typed)
    here, labour = page("knowledge", case), {"text_arbetsmarknad": WORK, "can_arbetsmarknad": ""}
    work = {"text_arbete": "Svetsare", "can_arbete": "", "take_back": "arbete"}
    # Something is disclosed still: it is the answer.
    assert "Gruppen väntar" not in mats.post(here, work, follow=True).text
    assert waited_for(case) == {"Öppenpsykiatrin"}
    mats.post(here, labour | way)
    assert waited_for(case) == {"Arbetsförmedlingen", "Öppenpsykiatrin"}
    assert "0 av 2" in karin.get(page("agenda", meeting)).text
    assert "Har lämnat uppgifter" not in karin.get(page("case", case)).text
    in_the_room = karin.get(page("meeting_case", meeting, case)).text
    assert in_the_room.count("Har inte lämnat några uppgifter än.") == 2
    take(mats, case, "disclose", answer="disclosed", share=["arbetsmarknad"], text_arbetsmarknad=WORK)
    assert waited_for(case) == {"Öppenpsykiatrin"}


@pytest.mark.clause("S6")
def test_the_referring_unit_which_is_not_asked_is_not_told_that_it_is_waited_for(case, nadja):
    take(nadja, case, "disclose", answer="disclosed", share=["arbetsmarknad"], text_arbetsmarknad=WORK)
    here, before = page("knowledge", case), waited_for(case)
    said = nadja.post(here, {"text_arbetsmarknad": "Inskriven igen", "can_arbetsmarknad": ""}, follow=True).text
    assert "läser ingen annan förrän ni lämnar ut det igen." in said
    assert "Gruppen väntar på ert svar igen." not in said
    assert waited_for(case) == before


def waited_for(case):
    """The units whose answer is waited for, by the turns as they stand."""
    assert_turns_stand(case.pk, timezone.now())
    with behind_the_wall():
        return set(Turn.objects.filter(case=case, step="disclose").values_list("unit__name", flat=True))


def test_what_is_saved_while_one_writes_never_touches_what_is_disclosed(read_case, mats, karin):
    take(mats, read_case, "disclose", answer="disclosed", share=["arbetsmarknad"], text_arbetsmarknad=WORK)
    answer = mats.post(
        page("knowledge", read_case),
        {"text_arbetsmarknad": "Halvskr", "can_arbetsmarknad": "", "text_arbete": "Svetsare", "can_arbete": ""},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert "Det du ändrar är redan utlämnat. Välj Spara utan att lämna ut" in answer.text
    assert "Praktik på lager" in karin.get(page("case", read_case)).text
    with behind_the_wall():
        assert Knowledge.objects.get(category="arbete").text == "Svetsare"


def seen_on(answer):
    return re.search(r'name="seen" value="([^"]+)"', answer.text)[1]


@pytest.fixture
def colleague(cast, sign_in):
    """Another representative of Mats's unit."""
    with behind_the_wall():
        cast.siv.memberships.update(unit=cast.unit("Arbetsförmedlingen"))
    return sign_in(cast.siv)


@pytest.mark.parametrize("way", ["saved", "while writing", "disclosed"])
def test_what_a_colleague_wrote_since_one_opened_the_page_is_read_before_it_is_written_over(
    read_case, mats, colleague, way
):
    here = page("knowledge", read_case)
    seen = seen_on(mats.get(here))
    colleague.post(
        here, {"text_arbete": "Truckkort sedan 2019", "can_arbete": "", "seen": seen_on(colleague.get(here))}
    )
    typed = {"text_arbete": "Svetsare sedan 2012", "can_arbete": "", "seen": seen}
    if way == "while writing":
        answer = mats.post(here, typed, headers={"HX-Request": "true"})
        assert answer.status_code == 422
        assert "Välj Spara utan att lämna ut för att se båda." in answer.text
        assert "X-Seen" not in answer.headers
    elif way == "saved":
        answer = mats.post(here, typed)
    else:
        answer = take(mats, read_case, "disclose", answer="disclosed", share=["arbete"], **typed)
    assert "Siv Aronsson har skrivit om tidigare arbete sedan du öppnade sidan" in answer.text
    with behind_the_wall():
        assert Knowledge.objects.get(category="arbete").text == "Truckkort sedan 2019"
    if way != "while writing":
        for by_itself in ("data-autosave", "data-saved", "Allt sparas medan du skriver", 'name="attach"'):
            assert by_itself not in answer.text, "read before it is written over"
        assert "Något har ändrats under tiden" in answer.text
        assert "behöver ändras" not in answer.text, "nobody has made a mistake"
        assert f'data-refused="{seen}"' in answer.text, "nor is it when it is given back"
        assert "Truckkort sedan 2019" in answer.text
        assert "Svetsare sedan 2012" in answer.text
        mats.post(here, {**typed, "seen": seen_on(answer)})
        with behind_the_wall():
            assert Knowledge.objects.get(category="arbete").text == "Svetsare sedan 2012"


@pytest.mark.parametrize("way", ["saved", "while writing", "disclosed", "refused"])
def test_a_heading_that_one_has_not_touched_stays_as_a_colleague_has_left_it(read_case, mats, colleague, way):
    here = page("knowledge", read_case)
    seen = seen_on(mats.get(here))
    colleague.post(here, {"text_arbete": "Truckkort sedan 2019"})
    take(colleague, read_case, "disclose", answer="disclosed", share=["social"], text_social="Bor hos sin bror")
    sent = {"text_social": "", "text_halsa": HEALTH, "text_arbete": "", "seen": seen}
    if way == "while writing":
        answer = mats.post(here, sent, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        begun = sent | {"text_arbete": "Svetsare", "seen": answer["X-Seen"]}
        late = mats.post(here, begun, headers={"HX-Request": "true"})
        assert "Siv Aronsson har skrivit om tidigare arbete sedan du öppnade sidan" in late.text, (
            "the page still shows an empty box"
        )
        assert mats.post(here, sent | {"text_halsa": "", "seen": answer["X-Seen"]}).status_code == 302
    elif way == "disclosed":
        take(mats, read_case, "disclose", answer="disclosed", share=["halsa"], **sent)
    elif way == "saved":
        assert mats.post(here, sent).status_code == 302
    else:
        answer = mats.post(here, sent | {"text_arbetsmarknad": "x" * 4001})
        assert "har skrivit om" not in answer.text
        for stands in ("Truckkort sedan 2019</textarea>", "<p>Bor hos sin bror</p>", f"{HEALTH}</textarea>"):
            assert stands in answer.text, "as it is saved, also where it was"
        again = {"text_arbete": "Truckkort", "text_halsa": f"{HEALTH}.", "seen": seen_on(answer)}
        assert mats.post(here, again).status_code == 302, "all that has been read"
    saved = {"saved": HEALTH, "disclosed": HEALTH, "while writing": "", "refused": f"{HEALTH}."}[way]
    colleagues = "Truckkort" if way == "refused" else "Truckkort sedan 2019"
    with behind_the_wall():
        rows = {row.category: row for row in Knowledge.objects.all()}
    assert {c: row.text for c, row in rows.items()} == {
        "social": "Bor hos sin bror",
        "arbete": colleagues,
        "halsa": saved,
    }
    assert rows["social"].disclosed_at is not None


@pytest.mark.clause("W1")
@pytest.mark.parametrize("is_asked", [True, False])
def test_words_that_came_since_one_opened_the_page_are_read_before_they_are_disclosed(
    read_case, mats, colleague, is_asked
):
    """Also where the page asked for none: they were disclosed then, and a file was to be added."""
    here, boxes = page("knowledge", read_case), {"text_arbete": "Svetsare"}
    sent = {"answer": "disclosed", "share": ["arbete"]}
    if is_asked:
        mats.post(here, boxes)
    else:
        take(mats, read_case, "disclose", **sent, **boxes)
    seen = seen_on(mats.get(here))
    colleague.post(here, {"text_arbete": "Truckkort sedan 2019"})
    answer = take(mats, read_case, "disclose", **sent, **(boxes if is_asked else {}), seen=seen)
    assert (
        "Siv Aronsson har skrivit om tidigare arbete sedan du öppnade sidan. Läs det innan du lämnar ut" in answer.text
    )
    assert "Truckkort sedan 2019</textarea>" in answer.text
    assert "Ditt är inte sparat" not in answer.text
    with behind_the_wall():
        assert Knowledge.objects.get().disclosed_at is None
    take(mats, read_case, "disclose", **sent, text_arbete="Truckkort sedan 2019", seen=seen_on(answer))
    with behind_the_wall():
        assert Knowledge.objects.get().disclosed_at is not None


def test_each_heading_is_read_first_also_where_one_s_own_is_too_long(read_case, mats, colleague):
    here = page("knowledge", read_case)
    seen = seen_on(mats.get(here))
    colleague.post(here, {"text_arbete": "Truckkort sedan 2019", "text_halsa": "Sover bättre"})
    answer = mats.post(here, {"text_arbete": "Svetsare", "text_halsa": "x" * 4001, "seen": seen})
    assert "Truckkort sedan 2019" in answer.text
    assert "Sover bättre" in answer.text
    assert "högst 4000 tecken" in answer.text


def test_what_a_colleague_took_back_since_one_opened_the_page_keeps_its_text(read_case, mats, colleague):
    here = page("knowledge", read_case)
    take(mats, read_case, "disclose", answer="disclosed", share=["arbete"], text_arbete="Svetsare")
    seen = seen_on(mats.get(here))
    colleague.post(here, {"take_back": "arbete"})
    mats.post(here, {"text_halsa": "Sover bättre", "can_halsa": "", "seen": seen})
    with behind_the_wall():
        assert Knowledge.objects.get(category="arbete").text == "Svetsare"
    amended = mats.post(here, {"text_arbete": "Svetsare sedan 2012", "seen": seen})
    assert "Din enhet har tagit tillbaka det som var utlämnat om tidigare arbete sedan du öppnade sidan" in amended.text


def test_a_colleague_s_disclosure_is_not_taken_back_unseen(read_case, mats, colleague, cast):
    here = page("knowledge", read_case)
    mats.post(here, {"text_arbete": "Svetsare"})
    seen = seen_on(mats.get(here))
    take(colleague, read_case, "disclose", answer="disclosed", share=["arbete"], text_arbete="Svetsare")
    answer = mats.post(here, {"text_arbete": "Svetsare sedan 2012", "can_arbete": "", "seen": seen})
    assert "Siv Aronsson har lämnat ut det ni vet om tidigare arbete sedan du öppnade sidan" in answer.text
    # Nor where it came between the form and the lock.
    data = {"answer": "disclosed", "share": ["arbete"], "known": {"arbete": Known("Svetsare sedan 2012", "")}}
    with pytest.raises(engine.Overtaken), acting_as(cast.mats) as who:
        engine.take(read_case.pk, "disclose", by=who, at=timezone.now(), data=data | {"seen": unpacked(seen)})
    with behind_the_wall():
        assert Knowledge.objects.get(category="arbete").disclosed_at is not None


def test_one_s_own_other_window_is_met_as_a_colleague_and_one_s_own_next_words_are_not(read_case, mats):
    here = page("knowledge", read_case)
    first = other = seen_on(mats.get(here))
    for words in ("", "Sv", "", "Svetsare", "Svetsare sedan 2012"):
        sent = {"text_arbete": words, "can_arbete": "Truck", "seen": first}
        saved = mats.post(here, sent, headers={"HX-Request": "true"})
        assert saved.status_code == 200
        first = saved.headers["X-Seen"]
        with behind_the_wall():
            assert (row := Knowledge.objects.get()).text == words
        assert row.can_contribute == "Truck"
    answer = mats.post(here, {"text_arbete": "Truckkort", "can_arbete": "", "seen": other})
    assert "Du har skrivit om tidigare arbete i ett annat fönster sedan du öppnade sidan" in answer.text
    # What one has not touched, and another has not either, stands in nobody's way.
    again = {
        "text_arbete": "Svetsare sedan 2012",
        "can_arbete": "Truck",
        "text_halsa": HEALTH,
        "can_halsa": "",
        "seen": other,
    }
    assert "Sparat." in mats.post(here, again, follow=True).text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"answer": "disclosed"}, "Kryssa i minst en rubrik att lämna ut"),
        ({"answer": "disclosed", "share": ["arbete"]}, "Skriv vad ni vet om tidigare arbete, eller kryssa ur rubriken"),
        ({"answer": "disclosed", "share": ["hemligt"], "text_arbete": "x"}, "Välj ett av alternativen"),
        ({}, "Välj om ni lämnar ut något"),
        ({"answer": "disclosed", "share": ["arbete"], "text_arbete": "x" * 4001}, "högst 4000 tecken"),
    ],
)
def test_what_cannot_be_taken_says_what_to_do_and_keeps_what_was_typed(read_case, mats, typed, says):
    answer = take(mats, read_case, "disclose", **{"text_halsa": HEALTH, **typed})
    assert says in answer.text
    assert HEALTH in answer.text
    with behind_the_wall():
        assert not Knowledge.objects.filter(disclosed_at__isnull=False).exists()
        assert not Party.objects.filter(case=read_case).exclude(answer="").exists()


def test_refused_one_is_still_on_the_page_where_one_writes_and_which_saves(read_case, mats):
    answer = take(mats, read_case, "disclose", answer="disclosed", share=["arbete"], text_halsa=HEALTH)
    assert f'data-autosave="{page("knowledge", read_case)}" data-unsaved' in answer.text
    assert answer.text.count("Spara utan att lämna ut") == 1
    asked = mats.get(page("knowledge", read_case)).text
    assert "data-unsaved" not in asked
    assert answer.text.count("Vad vet ni?") == asked.count("Vad vet ni?") > 1, "each box asks as before"
    summary = re.search(r'href="#(id_text_arbete)"', answer.text)
    assert summary is not None
    assert f'id="{summary[1]}"' in answer.text
    nothing = take(mats, read_case, "disclose", answer="disclosed").text
    assert 'href="#id_share_social"' in nothing
    assert 'id="id_share_social"' in nothing
    assert mats.get(page("step", read_case, "disclose")).url == page("knowledge", read_case)


@pytest.mark.clause("W1")
def test_a_box_is_the_same_when_another_is_gone_and_the_browser_does_not_tick_it_by_its_place(read_case, mats):
    def boxes():
        text = mats.get(page("knowledge", read_case)).text
        return {re.search(r'id="(\w+)"', box)[1]: box for box in re.findall(r'<input type="checkbox"[^>]*>', text)}

    before = boxes()
    assert [*before] == ["id_share_social", "id_share_halsa", "id_share_arbete", "id_share_arbetsmarknad"]
    take(mats, read_case, "disclose", answer="disclosed", share=["arbete"], text_arbete="Svetsare")
    after = boxes()
    assert [*after] == ["id_share_social", "id_share_halsa", "id_share_arbetsmarknad"]
    assert all('autocomplete="off"' in box for box in (*before.values(), *after.values()))


def test_refused_while_amending_one_goes_on_amending(read_case, mats):
    take(mats, read_case, "disclose", answer="disclosed", share=["halsa"], text_halsa=HEALTH)
    answer = take(mats, read_case, "disclose", answer="disclosed", share=["halsa"], text_halsa="x" * 4001)
    assert "slutar de andra läsa den gamla texten" in answer.text
    assert "data-autosave" not in answer.text


def test_one_who_has_disclosed_cannot_say_not_known(read_case, mats):
    take(mats, read_case, "disclose", answer="disclosed", share=["arbete"], text_arbete="Svetsare")
    assert "Ni har redan lämnat ut uppgifter" in take(mats, read_case, "disclose", answer="not_known").text


@pytest.mark.parametrize("field", ["text_halsa", "can_halsa"])
def test_one_who_has_written_what_the_unit_knows_is_asked_before_it_says_not_known(read_case, mats, cast, field):
    answer = take(mats, read_case, "disclose", answer="not_known", **{"text_halsa": "", field: HEALTH}).text
    assert "Lämna ut det ni skrivit om fysisk och psykisk hälsa, eller ta bort det" in answer
    assert HEALTH in answer
    with behind_the_wall():
        assert Party.objects.get(case=read_case, unit=cast.unit("Arbetsförmedlingen")).answer == ""


@pytest.mark.clause("S13")
def test_the_coordinator_never_discloses_for_another_authority(read_case, karin):
    page_text = karin.get(page("knowledge", read_case)).text
    assert "Samordnaren gör det aldrig åt någon annan." in page_text
    assert take(karin, read_case, "disclose", answer="not_known").status_code in (404, 409)
    assert fresh(read_case).version == read_case.version


@pytest.mark.clause("S6", "W1")
def test_who_sees_name_and_number_alone_reads_of_its_own_answer_and_not_who_else_is_asked(
    make_case, meeting, mats, karin, nadja
):
    case = make_case("announced", parties=PARTIES, level=Level.IDENTITY)
    put(case, meeting)
    pages = page("case", case), page("agenda", meeting)
    for address in pages:
        assert "Öppenpsykiatrin" not in mats.get(address).text
        for other in (karin, nadja):
            assert "Öppenpsykiatrin" in other.get(address).text
    assert "0 av 1" in mats.get(page("agenda", meeting)).text
    karin.post(page("set_agenda", meeting))
    for address in pages:
        assert "Öppenpsykiatrin" in mats.get(address).text
