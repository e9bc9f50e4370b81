"""What is saved in a form is a change of what its page showed, row by row."""

from typing import Any

import pytest
from django import forms

from knutpunkten.ui.fields import DateField, SpokenErrors
from knutpunkten.ui.seen import CHANGED_SINCE, SeenForm


class Rows(SpokenErrors, SeenForm, forms.Form):
    """Two goals and a sub-goal, say, as the page showed them."""

    def __init__(self, standing: dict[str, Any], sent: dict[str, Any] | None = None) -> None:
        super().__init__(sent, initial=standing)
        for name in standing:
            field = DateField if name.startswith("day") else forms.CharField
            self.fields[name] = field(label=name, required=False)


SHOWN = {"what-1": "Sova", "day-1": None, "what-2": "Laga mat"}


def sent(standing: dict[str, Any], seen: str = Rows(SHOWN).seen, **typed: str) -> Rows:
    form = Rows(standing, {"what-1": "Sova", "day-1": "", "what-2": "Laga mat", **typed, "seen": seen})
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("standing", "typed", "changed", "overtaken"),
    [
        (SHOWN, {}, set(), set()),
        (SHOWN, {"what-1": "Sova gott"}, {"1"}, set()),
        (SHOWN | {"what-2": "Baka"}, {"what-1": "Sova gott"}, {"1"}, set()),
        (SHOWN | {"what-1": "Sova mer"}, {}, set(), set()),
        (SHOWN | {"what-1": "Sova mer"}, {"what-1": "Sova mer"}, set(), set()),  # a double click
        (SHOWN | {"what-1": "Sova mer"}, {"what-1": "Sova gott"}, {"1"}, {"1"}),
        (SHOWN | {"what-1": "Sova\nmer"}, {"what-1": "Sova \r\nmer"}, set(), set()),
        (SHOWN, {"what-2": "Laga\r\nmat"}, {"2"}, set()),  # a line for each
        (SHOWN | {"what-3": "Nytt"}, {}, set(), set()),  # a row that the page did not show
        ({"what-1": "Sova", "day-1": None}, {}, set(), set()),  # and one taken away since
        ({"what-1": "Sova", "day-1": None}, {"what-2": "Laga mer mat"}, {"2"}, {"2"}),
    ],
)
def test_only_what_was_typed_is_a_change_and_over_what_was_not_shown_it_is_refused(standing, typed, changed, overtaken):
    form = sent(standing, **typed)
    assert (form.changed, form.overtaken) == (changed, overtaken)
    assert form.is_news == bool(changed and not overtaken)
    assert (form.non_field_errors() == [CHANGED_SINCE]) == bool(overtaken)


def test_what_was_refused_is_saved_when_it_has_been_read():
    now = SHOWN | {"what-1": "Sova mer"}
    refused = sent(now, **{"what-1": "Sova gott"})
    assert refused.read_first() == [("what-1", "Sova mer")]
    assert sent(now, refused.seen, **{"what-1": "Sova gott"}).is_news
    assert sent(now | {"what-1": "Vila"}, refused.seen, **{"what-1": "Sova gott"}).overtaken, "changed once more"


def test_what_is_typed_in_a_row_that_is_gone_is_told():
    assert sent({"what-1": "Sova", "day-1": None}, **{"what-2": "Laga mer mat"}).lost == [("", "Laga mer mat")]
    assert sent(SHOWN, **{"what-2": "Laga mer mat"}).lost == []


def test_who_goes_on_writing_meets_no_words_of_their_own():
    first = sent(SHOWN, **{"what-1": "Sova gott", "day-1": "20260915"})
    saved = SHOWN | {name: first.cleaned_data[name] for name in ("what-1", "day-1")}
    going_on = sent(saved, first.seen_when_saved, **{"what-1": "Sova gott varje natt", "day-1": "20260915"})
    assert (going_on.changed, going_on.overtaken) == ({"1"}, set())


def test_half_a_day_is_not_saved_and_stands_in_the_way_of_nothing():
    half = sent(SHOWN, **{"what-1": "Sova gott", "day-1": "2026-09"})
    saved = SHOWN | {"what-1": "Sova gott"}
    whole = sent(saved, half.seen_when_saved, **{"what-1": "Sova gott", "day-1": "2026-09-15"})
    assert (whole.changed, whole.overtaken) == ({"1"}, set())


def test_a_page_that_says_nothing_of_what_it_showed_is_written_over_what_stands():
    form = Rows(SHOWN | {"what-2": "Baka"}, {"what-1": "Sova", "what-2": "Laga mat"})
    assert form.is_valid()
    assert form.changed == {"2"}


@pytest.mark.parametrize("forged", ["", ",", ":::", "1", "1:x,1:y", "å" * 1000])
def test_a_forged_sign_is_no_server_error(forged):
    assert not sent(SHOWN | {"what-1": "Sova mer"}, forged, **{"what-1": "Sova gott"}).is_news
