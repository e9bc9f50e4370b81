"""What refers to a row of the settings: such a row is not deleted."""

from collections.abc import Iterator

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

# Which, the administrator does not see; nor do the words say that there is a case.
OF_THE_WORK = "Ärenden, möten, platser eller studiebesök"


def what_keeps(row: Model) -> list[str]:
    """What refers to *row*, in words: how many of each kind in the settings, or that the work does. Empty if nothing does."""
    return [*settings_that_refer(row)] or ([OF_THE_WORK] if is_refused(row) else [])


def settings_that_refer(row: Model) -> Iterator[str]:
    """The kinds of rows in the settings that refer to *row*, with how many. One statement for each relation."""
    for relation in row._meta.get_fields(include_hidden=True):
        model = relation.related_model
        if not (relation.auto_created and not relation.concrete and model and isinstance(model, type)):
            continue
        if model._meta.app_label != row._meta.app_label:
            continue
        many = model._base_manager.filter(**{relation.field.name: row.pk}).count()  # type: ignore[union-attr]
        if many:
            words = model._meta.verbose_name if many == 1 else model._meta.verbose_name_plural
            yield f"{many} {words}"


def take_away(row: Model) -> None:
    """Delete *row*, to which nothing refers, and nothing else. One statement.

    ``Model.delete`` looks first in every table that may refer to it, and some the web's role may not read.
    """
    type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")


def is_refused(row: Model) -> bool:
    """Whether the database itself would refuse, for something that the asker may not see. It is tried, and undone."""
    try:
        with transaction.atomic():
            take_away(row)
            connection.check_constraints()
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False
