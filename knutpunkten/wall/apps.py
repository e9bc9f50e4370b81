from typing import Any

from django.apps import AppConfig
from django.db import connections, transaction
from django.db.models.signals import post_migrate


def raise_after_migrate(using: str, **_: Any) -> None:
    """The wall stands on the tables as they now are; see ``build``."""
    from knutpunkten.wall.build import raise_wall

    with transaction.atomic(using), connections[using].cursor() as cursor:
        raise_wall(cursor)


class WallConfig(AppConfig):
    name = "knutpunkten.wall"
    label = "wall"

    def ready(self) -> None:
        # The one signal in the product: Django offers no other word for "all migrations have run".
        post_migrate.connect(raise_after_migrate, sender=self)
