"""Components: what they draw, what they promise to a screen reader, and that everything they name exists."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from knutpunkten.ui import samples, vendor, views
from knutpunkten.ui.drawings import SPARK_EDGE, SPARK_HEIGHT, spark_points
from knutpunkten.ui.templatetags import ui

KNUTPUNKTEN = Path(ui.__file__).parents[2]
STATIC = KNUTPUNKTEN / "ui/static/ui"
TEMPLATES = sorted(KNUTPUNKTEN.glob("*/templates/**/*.html"))


def render(template: str, **context) -> str:
    return Template("{% load ui %}" + template).render(Context(context))


@pytest.fixture(scope="module")
def page() -> str:
    from django.template.loader import render_to_string

    context = {name.lower(): getattr(samples, name) for name in dir(samples) if name.isupper()}
    form = samples.PresentSituation(samples.FILLED)
    return render_to_string("ui/components.html", {**context, "form": form, "long_ago": samples.TODAY})


def test_every_vendored_file_is_the_locked_one():
    assert vendor.differences(vendor.read_lock()) == []


def test_a_changed_vendored_file_is_told(tmp_path):
    [package, *_] = vendor.read_lock()
    target = tmp_path / package.files[0].target
    target.parent.mkdir(parents=True)
    target.write_text("something else")
    told = vendor.differences([package], root=tmp_path)
    assert told[0] == f"{package.files[0].target} is not the locked one"
    assert told[1] == f"{package.files[1].target} is missing"


def test_every_package_has_a_licence_and_no_address():
    text = vendor.LOCK.read_text()
    assert "://" not in text
    assert all(package.licence for package in vendor.read_lock())


def test_a_package_that_is_another_is_refused():
    [package, *_] = vendor.read_lock()
    with pytest.raises(vendor.Mismatch, match="has sha256"):
        vendor.built(package, {file.source: b"other" for file in package.files})


def names_in_sprite(path: Path) -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', path.read_text()))


def test_every_icon_a_template_names_exists():
    named = {
        (name, template.name)
        for template in TEMPLATES
        for name in re.findall(r'{% icon "([^"]+)"', template.read_text())
    }
    assert named
    known = names_in_sprite(STATIC / "vendor/icons.svg")
    assert {pair for pair in named if pair[0] not in known} == set()


def test_every_kind_of_tag_and_presence_has_its_shape():
    shapes = names_in_sprite(STATIC / "shapes.svg")
    assert set(ui.TAG_KINDS) | {drawn for drawn, _ in ui.PRESENCES.values()} <= shapes


def test_every_icon_in_the_sprite_is_drawn():
    bodies = re.findall(r"<symbol[^>]*>(.*?)</symbol>", (STATIC / "vendor/icons.svg").read_text(), re.DOTALL)
    assert bodies
    assert all("<path" in body for body in bodies)


def test_no_template_has_inline_style_or_script():
    forbidden = re.compile(r"\sstyle=|<style|\son[a-z]+=\W|<script(?![^>]*\bsrc=)|javascript:|hx-on|\bjs:")
    found = {template.name: forbidden.findall(template.read_text()) for template in TEMPLATES}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_an_unknown_kind_of_tag_is_refused():
    with pytest.raises(ValueError, match="no kind of tag"):
        ui.tag("urgent", "Bråttom")


def test_words_in_a_tag_are_escaped():
    assert "<script>" not in ui.tag("state", "<script>")


def test_a_date_in_a_tag_stays_on_one_line():
    assert '<span>Senast ons <span class="nowrap">2026-12-02</span></span>' in ui.tag("later", "Senast ons 2026-12-02")


def test_turn_is_amber_only_when_it_is_yours():
    assert "tag turn" in render("{% turn yours who %}", yours=True, who="Ulrika Fors")
    others = render("{% turn yours who %}", yours=False, who="Ulrika Fors")
    assert "tag waiting" in others
    assert "Väntar på Ulrika Fors" in others


def test_only_the_first_button_of_a_work_list_is_filled():
    html = render("{% work_list tasks today %}", tasks=samples.TASKS, today=samples.TODAY)
    variants = re.findall(r'<a class="ds-button"[^>]*?(data-variant="\w+")?(?: data-size="sm")?>', html)
    assert variants == ["", *['data-variant="secondary"'] * 3]


def test_a_locked_part_is_text_and_not_a_link():
    part = {
        "number": 10,
        "label": "Lämna in",
        "url": "/hemligt/",
        "tag": ("locked", "Kan inte påbörjas än"),
        "locked": True,
    }
    html = render("{% task_list parts %}", parts=[part])
    assert "<a" not in html
    assert "Lämna in" in html


def test_an_action_that_changes_something_is_a_post_form_with_its_token():
    posted = {"label": "Påminn", "url": "/x/", "method": "post", "fields": {"step": "remind"}}
    html = render("{% action a %}", a=posted, csrf_token="abc")
    assert 'method="post"' in html
    assert 'name="csrfmiddlewaretoken" value="abc"' in html
    assert '<input type="hidden" name="step" value="remind">' in html
    assert "data-once" in html


def test_what_is_not_shared_says_the_same_whatever_there_is():
    html = render('{% not_shared "Fysisk och psykisk hälsa" %}')
    assert "Delas inte med er enhet. Rubriken står här även när det inte finns något." in html


def test_a_unit_that_is_no_party_shows_nothing_of_its_card():
    card = {**samples.AGENCY_CARDS[0], "party": False}
    html = render("{% agency_card card %}", card=card)
    assert "Försörjningsstöd" not in html
    assert "Inte part i samtycket" in html


def test_the_sparkline_always_spans_zero_to_ten():
    (_, lowest), (_, highest) = spark_points([0, 10])
    assert (lowest, highest) == (SPARK_HEIGHT - SPARK_EDGE, SPARK_EDGE)
    assert spark_points([5, 5])[0][1] == pytest.approx(SPARK_HEIGHT / 2)


def test_the_scale_marks_now_and_last_time():
    html = render('{% scale "now" value=6 last=5 %}')
    assert re.findall(r'value="(\d+)" checked', html) == ["6"]
    assert re.findall(r'scale-step last"><input type="radio" name="now" value="(\d+)"', html) == ["5"]
    assert html.count('type="radio"') == 11


def test_few_are_never_counted_out_loud():
    html = render('{% bars rows "Utfall" %}', rows=[("Arbete", 14), ("Annat", None)])
    assert "visas inte" in html
    assert html.count("<rect") == 1


def test_pages_keep_the_rest_of_the_query():
    from django.core.paginator import Paginator

    request = RequestFactory().get("/arenden/?state=queued&page=2")
    html = render("{% pagination page %}", page=Paginator(range(60), 20).page(2), request=request)
    assert 'href="?state=queued&amp;page=3"' in html
    assert 'href="?state=queued&amp;page=1"' in html


def test_the_page_of_components_draws_them_all(page):
    assert not re.search(r"{[{%]", page)
    assert page.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def test_every_tag_and_filter_is_told_of_in_the_readme():
    readme = (KNUTPUNKTEN / "ui/README.md").read_text()
    untold = [name for name in ui.register.tags if f"{{% {name}" not in readme]
    untold += [name for name in ui.register.filters if f"\\|{name}" not in readme and f"|{name}" not in readme]
    assert untold == ["attr"]


def test_the_page_shows_every_component(page):
    source = (KNUTPUNKTEN / "ui/templates/ui/components.html").read_text()
    assert sorted(name for name in ui.register.tags if f"{{% {name}" not in source) == [
        "action",
        "error_summary",
        "file",
        "form_fields",
        "needs",
        "turn",
    ]


def test_autosave_is_answered_with_the_time():
    answer = views.saved(RequestFactory().post("/ui/sparat/"))
    assert re.search(r'data-saved.*Sparat <span class="clock">\d\d:\d\d</span>', answer.content.decode())


def test_what_was_saved_another_day_says_which():
    before = timezone.now() - timedelta(days=3)
    assert f"Sparat {timezone.localdate(before)} <span" in ui.saved_at(before)


def test_a_reminder_in_the_next_step_box_is_quiet():
    box = {"yours": False, "who": "samordnaren", "heading": "Besked", "text": ""}
    step = {"label": "Boka", "url": "/x/"}
    assert 'data-variant="secondary"' in render("{% next_step box %}", box=box | {"action": step | {"method": "post"}})
    assert "data-variant" not in render("{% next_step box %}", box=box | {"action": step})


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Jag vill.", "”Jag vill.”"),
        ("”Jag vill.”", "”Jag vill.”"),
        ("”Ja”, sade han.", "”Ja”, sade han."),
        ("Han sade ”ja”.", "”Han sade ”ja”.”"),
    ],
)
def test_own_words_are_quoted_once(typed, shown):
    assert ui.quoted(typed) == shown
