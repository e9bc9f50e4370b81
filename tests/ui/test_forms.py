"""Forms say first what to change, and every field says it again beside itself."""

import datetime as dt
import re

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template

from knutpunkten.ui.fields import ChoiceField, DateField, RoughDateField, SpokenErrors, TimeField


class Situation(SpokenErrors, forms.Form):
    works = forms.CharField(label="Vad fungerar bra?", widget=forms.Textarea)
    hinders = forms.CharField(
        label="Hinder", max_length=10, help_text="Skriv kort.", error_messages={"required": "Beskriv vad som hindrar"}
    )
    means = forms.MultipleChoiceField(
        label="Försörjning", choices=[("a", "Lön"), ("b", "Annat")], widget=forms.CheckboxSelectMultiple
    )
    since = DateField(label="Sedan när?")
    at = TimeField(label="Klockslag", required=False)
    who = ChoiceField(label="Ansvarig", choices=[("1", "Nadja Berg")])
    hours = forms.IntegerField(label="Timmar", min_value=10, required=False)
    read = forms.BooleanField(label="Nora har läst")


RIGHT = {"works": "ja", "hinders": "nej", "means": ["a"], "since": "2026-09-15", "who": "1", "read": "on"}


def wrong(**changes) -> Situation:
    return Situation({**RIGHT, **changes})


def test_the_right_answers_are_taken():
    form = Situation({**RIGHT, "at": "13:00"})
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["since"], form.cleaned_data["at"]) == (dt.date(2026, 9, 15), dt.time(13))


def test_the_summary_comes_first_and_each_line_leads_to_its_field():
    html = str(wrong(hinders="", since="15/9 2024", means=[]))
    summary = html[: html.index('class="field')]
    assert "Tre saker behöver ändras" in summary
    for anchor, sentence in re.findall(r'<a href="#([^"]+)">(.*?)</a>', summary):
        assert f'id="{anchor}"' in html[len(summary) :], sentence
    assert re.findall(r'href="#([^"]+)"', summary) == ["id_hinders", "id_means_0", "id_since"]


def test_a_form_without_errors_has_no_summary():
    assert "errors" not in str(Situation())


def test_the_field_repeats_the_sentence_and_is_described_by_hint_and_error():
    html = str(wrong(hinders="")["hinders"].as_field_group())
    field = re.search(r"<input[^>]*>", html)[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_hinders_helptext id_hinders_error"' in field
    assert 'id="id_hinders_helptext"' in html
    assert re.search(r'id="id_hinders_error">.*Beskriv vad som hindrar', html)
    assert '<label class="ds-label" for="id_hinders">Hinder</label>' in html
    assert "ds-input" in field


def test_a_group_of_choices_is_a_fieldset_described_by_its_error():
    html = str(wrong(means=[])["means"].as_field_group())
    assert re.search(r'<fieldset[^>]*aria-describedby="id_means_error"', html)
    assert '<legend class="ds-label">Försörjning</legend>' in html
    assert html.count('type="checkbox"') == html.count("<label") == 2


def test_what_was_typed_stays():
    assert 'value="15/9 2024"' in str(wrong(since="15/9 2024")["since"])
    assert "<b>" not in str(wrong(works="<b>", since="x"))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("works", "", "Fyll i ”Vad fungerar bra?”"),
        ("hinders", "", "Beskriv vad som hindrar"),
        ("hinders", "12345678901", "Korta ”Hinder”: högst 10 tecken, nu 11"),
        ("means", [], "Välj försörjning"),
        ("means", ["x"], "Välj ett av alternativen i ”Försörjning”"),
        ("since", "15/9 2024", "Skriv datumet som ÅÅÅÅ-MM-DD, till exempel 2026-09-15"),
        ("since", "2026-9-5", "Skriv datumet som ÅÅÅÅ-MM-DD, till exempel 2026-09-15"),
        ("since", "2026-02-30", "Kontrollera datumet: 2026-02-30 finns inte"),
        ("since", "20260230", "Kontrollera datumet: 2026-02-30 finns inte"),
        ("since", "", "Fyll i ”Sedan när?”"),
        ("at", "kl 13", "Skriv klockslaget som TT:MM, till exempel 13:00"),
        ("who", "", "Välj ansvarig"),
        ("who", "9", "Välj ett av alternativen i ”Ansvarig”"),
        ("hours", "tio", "Skriv ett helt tal i ”Timmar”, till exempel 12"),
        ("hours", "3", "Skriv minst 10 i ”Timmar”"),
        ("read", "", "Kryssa i ”Nora har läst”"),
        ("works", "a\x00", "Skriv om ”Vad fungerar bra?” utan dolda tecken"),
    ],
)
def test_every_error_says_what_to_do(field, value, sentence):
    assert list(wrong(**{field: value}).errors.get(field, [])) == [sentence]


@pytest.mark.parametrize(
    ("field", "typed", "meant"),
    [
        (DateField(), "20260915", dt.date(2026, 9, 15)),
        (DateField(), " 2026-09-15 ", dt.date(2026, 9, 15)),
        (RoughDateField(), "20260915", "2026-09-15"),
        (RoughDateField(), "202609", "2026-09"),
        (RoughDateField(), "2026", "2026"),
        (TimeField(), "9", dt.time(9)),
        (TimeField(), "13", dt.time(13)),
        (TimeField(), "930", dt.time(9, 30)),
        (TimeField(), "0930", dt.time(9, 30)),
        (TimeField(), "09.30", dt.time(9, 30)),
        (TimeField(), "9:30", dt.time(9, 30)),
    ],
)
def test_where_a_phone_offers_digits_alone_they_do(field, typed, meant):
    assert field.clean(typed) == meant


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (DateField(), "20260230"),
        (DateField(), "260915"),
        (RoughDateField(), "202613"),
        (RoughDateField(), "260915"),
        (TimeField(), "24"),
        (TimeField(), "1260"),
        (TimeField(), "12345"),
    ],
)
def test_digits_that_are_no_day_and_no_clock_are_said_to_be_none(field, typed):
    with pytest.raises(ValidationError):
        field.clean(typed)


def test_an_earlier_date_is_shown_as_it_is_written():
    html = str(Situation(initial={"since": dt.date(2026, 9, 15), "at": dt.time(13)}))
    assert 'value="2026-09-15"' in html
    assert 'value="13:00"' in html


def test_one_form_does_not_colour_the_next():
    assert wrong(works="").errors["works"] == ["Fyll i ”Vad fungerar bra?”"]
    assert wrong(works="").errors["works"] == ["Fyll i ”Vad fungerar bra?”"]


def test_errors_that_belong_to_no_field_stand_in_the_summary():
    form = wrong()
    form.is_valid()
    form.add_error(None, "Slutet måste ligga efter början")
    html = Template("{% load ui %}{% error_summary form %}").render(Context({"form": form}))
    assert "<li>Slutet måste ligga efter början</li>" in html
    assert "En sak behöver ändras" in html


class OneForEach(SpokenErrors, forms.Form):
    """A form that adds a field for each person, as those of attendance and follow-ups do."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["later"] = forms.CharField(label="Anmärkning", max_length=3)
        self.fields.update({"last": forms.CharField(label="Till sist", max_length=3)})


def test_a_field_that_a_form_adds_speaks_like_the_others_and_is_not_cut_off_by_the_browser():
    form = OneForEach({"later": "lång", "last": "lång"})
    assert form.errors["later"] == ["Korta ”Anmärkning”: högst 3 tecken, nu 4"]
    assert form.errors["last"] == ["Korta ”Till sist”: högst 3 tecken, nu 4"]
    assert "maxlength" not in str(form["later"]) + str(form["last"])


class Began(SpokenErrors, forms.Form):
    since = RoughDateField(label="Sedan när?")


@pytest.mark.parametrize("written", ["2025", "2025-06", "2025-06-15"])
def test_a_day_can_be_written_as_nearly_as_one_knows_it(written):
    form = Began({"since": f" {written} "})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["since"] == written


@pytest.mark.parametrize("written", ["sommaren 2025", "2025-13", "25", "2025-6"])
def test_what_is_no_day_at_all_is_told_how_to_write_one(written):
    assert Began({"since": written}).errors["since"] == [
        "Skriv ett år, ett år och en månad, eller en hel dag: 2026, 2026-09 eller 2026-09-15"
    ]
