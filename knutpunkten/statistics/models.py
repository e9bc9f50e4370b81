"""What the figures keep: counts, and nothing of any case."""

from typing import ClassVar

from django.db import models

from knutpunkten.organisations.models import Programme


class Kept(models.Model):
    """So many of a programme's year, of cases that are no more. Written by ``dispose_case()`` alone (``wall/disposal.sql``).

    *part* and *what* as ``programme_figures()`` has them; *people*: how many behind the number, as counted when it was kept.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=10)
    what = models.CharField(max_length=20, blank=True)
    number = models.PositiveBigIntegerField()
    people = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "kept"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "year", "part", "what"], name="kept_once_for_each_number"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.part} {self.what}: {self.number}"


class Counted(models.Model):
    """So many of a programme's year, as counted for the association. Written by ``count_figures()`` alone.

    One count is kept of a programme, the newest. *part*, *what* and *people* as ``programme_figures()`` has them.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=10)
    what = models.CharField(max_length=20, blank=True)
    number = models.PositiveBigIntegerField()
    people = models.PositiveIntegerField()
    counted_on = models.DateField()

    class Meta:
        verbose_name_plural = "counted"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "year", "part", "what"], name="counted_once_for_each_number"),
        ]

    def __str__(self) -> str:
        return f"{self.counted_on} {self.year} {self.part} {self.what}: {self.number}"
