"""The views without their filters, so that the database stands alone."""

import sys
from typing import Any

import pytest

from knutpunkten.access import roles
from knutpunkten.cases import rules
from knutpunkten.cases.models import Category, Party
from knutpunkten.documents import rules as documents
from knutpunkten.documents.models import StoredFile
from knutpunkten.questions.remembered import Remembered
from tests.access.addresses import addresses

# Each question as it is without the filters, remembered as it is with them.
UNFILTERED: dict[Remembered[Any, Any], Remembered[Any, Any]] = {}


def unfiltered(question: Remembered[Any, Any]) -> Remembered[Any, Any]:
    return UNFILTERED.setdefault(question, Remembered(question.ask))


def take_away_the_filters(patch: pytest.MonkeyPatch) -> None:
    """Every question that the views ask is answered yes, wherever it has been imported."""
    assert list(addresses())  # all pages are loaded by now: what is loaded later would keep what is put here
    everything = frozenset(category.value for category in Category)
    yes: dict[Any, Any] = {
        rules.is_ground_of: lambda *of: True,
        rules.is_within_role: lambda *of: True,
        rules.within_role: lambda *of, **more: rules.Q(),
        rules.living_grounds: lambda *of: Party.objects.all(),
        rules.open_to: lambda *of: rules.Q(),
        rules.visible_to: lambda *of: rules.Case.objects.all(),
        rules.categories_read: lambda *of: everything,
        rules.follows: lambda *of: True,
        documents.readable: lambda case_id, *of, **more: StoredFile.objects.filter(case=case_id),
        roles.may: lambda *of: True,
    }
    for module in [m for name, m in sys.modules.items() if name.startswith("knutpunkten.")]:
        for name, value in list(vars(module).items()):
            if callable(value) and getattr(value, "__hash__", None) and value in yes:
                patch.setattr(module, name, yes[value])
    # What was remembered with the filters is not asked.
    ask = Remembered.__call__
    patch.setattr(Remembered, "__call__", lambda self, *given, **shape: ask(unfiltered(self), *given, **shape))
