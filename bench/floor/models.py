"""One plain table, as large as the number of cases."""

from typing import ClassVar

from django.db import models


class Row(models.Model):
    group = models.IntegerField()
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=12)
    since = models.DateTimeField()
    due_on = models.DateField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["group", "-since"], name="floor_by_group")]

    def __str__(self) -> str:
        return self.name
