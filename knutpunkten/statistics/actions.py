"""Counting for the association: once a month, and nothing in between."""

from datetime import date

from django.db import connection

from knutpunkten.organisations.models import Programme
from knutpunkten.statistics.rules import years_until


def count_due(today: date) -> int:
    """Count every programme that has not been counted this month; how many were. As the worker."""
    counted = 0
    with connection.cursor() as cursor:
        for programme in Programme.objects.order_by("name"):
            cursor.execute("select count_figures(%s, %s, %s)", [programme.pk, [*years_until(today)], today])
            counted += cursor.fetchone()[0]
    return counted
