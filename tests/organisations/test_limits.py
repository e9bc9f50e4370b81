"""No script sets what the administrator's form refuses: the database keeps the settings within their limits."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from knutpunkten.organisations.limits import WITHIN
from knutpunkten.organisations.models import Programme

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", WITHIN)
def test_a_setting_beyond_its_limits_is_refused_by_the_database_and_the_limits_are_said(cast, name):
    least, most = WITHIN[name]
    programme = Programme.objects.get(pk=cast.knutpunkten.pk)
    # An age above both limits is refused by either.
    refused = f"{name}_is_within_its_limits" + ("|the_oldest_is_no_younger" if name == "youngest" else "")
    for beyond in {max(least - 1, 0), most + 1} - {least}:
        with pytest.raises(IntegrityError, match=refused), transaction.atomic():
            Programme.objects.filter(pk=programme.pk).update(**{name: beyond})
        setattr(programme, name, beyond)
        with pytest.raises(ValidationError, match=f"Skriv ett tal mellan {least} och {most}"):
            programme.validate_constraints()


def test_the_oldest_is_no_younger_than_the_youngest(cast):
    with pytest.raises(IntegrityError, match="the_oldest_is_no_younger"), transaction.atomic():
        Programme.objects.filter(pk=cast.knutpunkten.pk).update(youngest=40, oldest=39)


def test_every_number_among_the_settings_has_limits():
    numbers = {f.name for f in Programme._meta.fields if f.get_internal_type() == "PositiveSmallIntegerField"}
    assert numbers == set(WITHIN)
