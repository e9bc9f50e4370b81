"""What the figures keep: counts, and nothing of any case."""

from typing import ClassVar

from django.db import models

from knutpunkten.organisations.models import Programme


class Number(models.Model):
    """So many of a programme's year. *part* and *what* as ``programme_figures()`` has them; *people*: how many behind the number."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=10)
    what = models.CharField(max_length=20, blank=True)
    number = models.PositiveBigIntegerField()
    people = models.PositiveIntegerField()

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "year", "part", "what"], name="%(class)s_once_for_each_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.part} {self.what}: {self.number}"


class Kept(Number):
    """Of cases that are no more, as counted when they went. Written by ``dispose_case()`` alone (``wall/disposal.sql``)."""

    class Meta(Number.Meta):
        verbose_name_plural = "kept"


class Counted(Number):
    """As counted for the association. Written by ``count_figures()`` alone. One count is kept of a programme, the newest."""

    counted_on = models.DateField()

    class Meta(Number.Meta):
        verbose_name_plural = "counted"
