"""Making a person known, and nothing else."""

from django.db import connection

from knutpunkten.people.models import Person


def register(
    *,
    number: str | None,
    kind: str,
    unknown_reason: str = "",
) -> Person:
    """The person with *number* (12 digits), new or already known; it does not tell which.

    Goes through the database's own ``people_register``: a plain insert on a number known elsewhere
    would fail, and the error would tell that it is known. The returned object carries what was
    given, not what another agency may have written.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select people_register(%s, %s, %s)",
            [number, kind, unknown_reason],
        )
        person_id = cursor.fetchone()[0]
    return Person(
        id=person_id,
        number=number,
        kind=kind,
        unknown_reason=unknown_reason,
    )
