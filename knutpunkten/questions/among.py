"""``field__among=[...]``: one parameter, however many values; ``in`` would be another statement for each number of them."""

from typing import Any

from django.db.models import Field, ForeignObject, Lookup


@ForeignObject.register_lookup  # which takes none of a plain field's
@Field.register_lookup
class Among(Lookup):
    """``column = any(array)``; an empty list finds nothing."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        # The type is said: of an empty array the database cannot know it.
        kind = self.lhs.output_field.rel_db_type(connection)
        return f"{column} = any(%s::{kind}[])", (*params, list(self.rhs))
