"""Habits that a reader may rely on, each kept by a test."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

from tests.audit.addresses import ADDRESSES, THE_ADMINS, THE_DEMOS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "knutpunkten"
LAYERS = [
    *(
        "demo",
        "wall",
        "accounts",
        "desk",
        "portal",
        "statistics",
        "routine",
        "closing",
        "followup",
        "plans",
        "activities",
    ),
    *("first_meeting", "meetings", "queue", "consultations", "referrals", "consents", "visits"),
    *("documents", "notices", "cases", "audit", "access", "people", "organisations", "ui"),
]
SOURCES = [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]


def test_foreign_keys_point_the_way_the_imports_do() -> None:
    """String references escape the import linter."""
    wrong = [
        f"{model.__name__}.{field.name} → {field.related_model._meta.app_label}"
        for model in apps.get_models()
        if model._meta.app_label in LAYERS
        for field in model._meta.concrete_fields
        if field.is_relation and LAYERS.index(field.related_model._meta.app_label) < LAYERS.index(model._meta.app_label)
    ]
    assert wrong == []


def test_every_foreign_key_protects() -> None:
    """Nothing of a case disappears because something else did."""
    loose = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in LAYERS
        for field in model._meta.concrete_fields
        if field.is_relation and field.remote_field.on_delete.__name__ not in ("PROTECT", "DO_NOTHING")
    ]
    assert loose == []


def test_only_the_engine_enters_a_state() -> None:
    writers = [
        str(path.relative_to(PACKAGE))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for part in (target.elts if isinstance(target, ast.Tuple) else [target])
        if isinstance(part, ast.Attribute)
        and part.attr == "state"
        and isinstance(part.value, ast.Name | ast.Attribute)
        and (part.value.id if isinstance(part.value, ast.Name) else part.value.attr) == "case"
    ]
    assert set(writers) == {"routine/engine.py"}


def test_the_domain_has_no_clock() -> None:
    """Rules, actions and forms are given the time; only views and jobs look at the clock."""
    looking = [
        str(path.relative_to(PACKAGE))
        for path in SOURCES
        if path.name in ("rules.py", "actions.py", "engine.py", "waits.py", "needs.py")
        and re.search(r"timezone\.now\(\)|localdate\(\)|date\.today\(\)|datetime\.now\(", path.read_text())
    ]
    assert looking == []


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, where)
        else:
            yield where, pattern


def test_every_address_says_who_may_open_it() -> None:
    silent = [
        where
        for where, pattern in routes(get_resolver().url_patterns)
        if not where.startswith("installningar/") and not hasattr(pattern.callback, "permissions")
    ]
    assert silent == []


def test_every_address_says_what_it_writes_in_the_audit() -> None:
    """A new one is put into ``tests/audit/addresses.py``."""
    found = {
        pattern.name or pattern.callback.__name__
        for where, pattern in routes(get_resolver().url_patterns)
        if not where.startswith(THE_ADMINS)
    }
    assert found - THE_DEMOS == set(ADDRESSES)
    assert all(writes.shown or writes.sent or writes.nothing for writes in ADDRESSES.values())


TEMPLATES = list(PACKAGE.rglob("templates/**/*.html"))


def test_no_template_is_left_over() -> None:
    everything = "\n".join(path.read_text() for path in [*SOURCES, *TEMPLATES])
    names = [path.as_posix().partition("/templates/")[2] for path in TEMPLATES]
    dynamic = ("ui/forms/", "django/", "admin/")
    handlers = ("400.html", "403.html", "404.html", "429.html", "500.html", "403_csrf.html")
    left = [n for n in names if n not in everything and not n.startswith(dynamic) and n not in handlers]
    assert left == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.as_posix().partition("/templates/")[2])
def test_a_template_compiles_and_keeps_the_policy(path: Path) -> None:
    get_template(path.as_posix().partition("/templates/")[2])
    text = path.read_text()
    assert not re.search(
        r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son(click|change|load|submit|input|focus|blur|key\w+|mouse\w+)=", text
    ), "the page's policy refuses it"
    assert "{# TODO" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.as_posix().partition("/templates/")[2])
def test_no_link_dials_nobody(path: Path) -> None:
    text = path.read_text()
    for link in re.finditer(r"tel:\{\{ ([\w.]+)", text):
        _, asked, since = text[: link.start()].rpartition(f"{{% if {link[1]} %}}")
        assert asked, f"{link[1]} may be empty"
        assert "{% endif %}" not in since, f"{link[1]} may be empty"


def test_every_form_that_is_sent_carries_the_role_of_its_page() -> None:
    """By ``{% csrf_token %}``, which is ours. But not searching, which reads, nor changing role and signing out."""
    without = ("ui/parts/search.html", "ui/parts/account.html")
    for path in TEMPLATES:
        name, text = path.as_posix().partition("/templates/")[2], path.read_text()
        if name not in without:
            assert text.count('method="post"') <= text.count("{% csrf_token %}"), name
            assert "csrfmiddlewaretoken" not in text, name


def test_no_file_keeps_two_versions_of_a_line() -> None:
    """What a merge left undecided is read by whoever runs it, in a document as well as in code."""
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *PACKAGE.rglob("*.sql"), *PACKAGE.rglob("*.css")]
    undecided = re.compile(r"^(<{7} |>{7} |={7}$)", re.MULTILINE)
    assert [path.name for path in [*SOURCES, *TEMPLATES, *documents] if undecided.search(path.read_text())] == []


def test_nothing_says_successfully() -> None:
    assert not [path.name for path in TEMPLATES if re.search("lyckades|framgångsrikt", path.read_text())]


def test_no_package_is_called_by_what_is_in_none() -> None:
    vague = {"utils", "helpers", "manager", "service", "base", "common"}
    assert not [path for path in SOURCES if path.stem in vague or path.parent.name in vague]
