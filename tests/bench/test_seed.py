"""The bench's cases are made of the routine's own parts, and follow them."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT, server

FEW, LIMIT = 60, 12
SEED = f"""
import django
django.setup()
from django.utils import timezone
from bench.run import pages, statements
from bench.seed import remember_units, seed
from knutpunkten.cases.models import Case, Status
from knutpunkten.demo.cast import find_cast
cast = find_cast()
remember_units(cast)
seed(cast, {FEW}, timezone.now())
print(Case.objects.count(), Status.objects.exclude(next_step="").exists())
print(max(statements(request) for request in pages(cast)["case page"]) <= {LIMIT})
"""


@pytest.mark.slow("a program of its own, with the bench's settings")
def test_a_few_cases_are_seeded_with_whose_turn_it_is(own_database: str) -> None:
    settings = {"KNUTPUNKTEN_DATABASE_URL": server(own_database), "KNUTPUNKTEN_ROLE": "owner"}
    environment = {**os.environ, **settings, "DJANGO_SETTINGS_MODULE": "bench.floor.settings"}
    done = subprocess.run([sys.executable, "-c", SEED], cwd=ROOT, env=environment, capture_output=True, text=True)
    # The case pages too: of cases that have all that a case can have, the budget holds.
    assert done.stdout.split() == [str(FEW), "True", "True"], done.stderr[-2000:]
