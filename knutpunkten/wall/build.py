"""Raises the wall: functions, triggers, grants and policies, all anew, as the owner.

Run after every ``migrate``: what stands in ``functions.sql`` and ``tables.py`` is what the
database enforces, with no migration in between that could tell another story.
"""

from pathlib import Path
from typing import Any

from knutpunkten.wall.tables import AUDIT_CLOSED, AUDIT_GROUND, OPEN, PROTECTED, Rule

APP, WORKER, SEARCH = "knutpunkten_app", "knutpunkten_worker", "knutpunkten_search"

FUNCTIONS = [Path(__file__).with_name(name) for name in ("functions.sql", "protected.sql")]

TRIGGERS = (
    ("cases_case", "case_moves", "before insert or update", "case_moves"),
    ("cases_case", "case_grounds", "after insert", "case_grounds"),
    ("cases_party", "party_changes", "before update", "party_changes"),
    ("cases_case", "case_status", "after insert or update", "case_status"),
    ("audit_entry", "audit_stamped", "before insert", "audit_stamped"),
    ("cases_case", "case_readers", "after insert or update", "case_readers"),
    ("people_person", "person_protected", "after update", "person_protected"),
    *(
        (table, "mark_protected", "before insert", "mark_protected")
        for table in ("cases_party", "cases_turn", "notices_notice")
    ),
)
ONLY_GROW = ("audit_entry", "audit_seal", "audit_sealed")


def statements() -> list[str]:
    """Every statement that makes the wall, in order."""
    made = [*(path.read_text() for path in FUNCTIONS), AUDIT_GROUND, AUDIT_CLOSED]
    made += [trigger(*row) for row in TRIGGERS]
    made += [
        f"create or replace trigger only_grows before update or delete or truncate on {table}"
        " for each statement execute function only_grows()"
        for table in ONLY_GROW
    ]
    made += [
        trigger(rule.table, "author_ground", "after insert", "author_ground")
        for rule in PROTECTED
        if rule.writes_ground
    ]
    made += [
        f"revoke all on all tables in schema public from public, {APP}, {WORKER}, {SEARCH}",
        f"grant usage on schema public to {APP}, {WORKER}, {SEARCH}",
        f"grant usage on all sequences in schema public to {APP}, {WORKER}",
        f"grant select on living_ground to {APP}, {SEARCH}",
        f"grant select on audit_ground, audit_closed to {APP}",
        f"grant execute on function audit_forget(uuid) to {WORKER}",
    ]
    for rule in PROTECTED:
        made += policies(rule)
    for table, (_, app, worker) in OPEN.items():
        made += [f"grant {grant} on {table} to {role}" for grant, role in ((app, APP), (worker, WORKER)) if grant]
    made += [
        f"grant select on people_person to {SEARCH}",
        "drop policy if exists search on people_person",
        f"create policy search on people_person for select to {SEARCH} using (true)",
        # A new owner must be allowed to create where the function stands; only for this moment.
        f"grant create on schema public to {SEARCH}",
        f"alter function search_people(text, integer) owner to {SEARCH}",
        f"revoke create on schema public from {SEARCH}",
        "create index if not exists person_names on people_person using gin (lower(first_name || ' ' || last_name) gin_trgm_ops)",
    ]
    return made


def trigger(table: str, name: str, when: str, function: str) -> str:
    return f"create or replace trigger {name} {when} on {table} for each row execute function {function}()"


def policies(rule: Rule) -> list[str]:
    """Row-level security on, and one named policy per kind of statement that *rule* allows."""
    table = rule.table
    made = [f"alter table {table} enable row level security"]
    clauses = {
        "select": f"using ({rule.select})",
        "insert": rule.insert and f"with check ({rule.insert})",
        "update": rule.update and f"using ({rule.update}) with check ({rule.update})",
        "delete": rule.delete and f"using ({rule.delete})",
    }
    for verb, clause in clauses.items():
        made.append(f"drop policy if exists app_{verb} on {table}")
        if clause:
            columns = f" ({rule.columns})" if verb == "update" and rule.columns else ""
            made.append(f"create policy app_{verb} on {table} for {verb} to {APP} {clause}")
            made.append(f"grant {verb}{columns} on {table} to {APP}")
    made.append(f"drop policy if exists worker on {table}")
    if rule.worker:
        made.append(f"create policy worker on {table} to {WORKER} using (true) with check (true)")
        made.append(f"grant {rule.worker} on {table} to {WORKER}")
    return made


def raise_wall(cursor: Any) -> None:
    """Run every statement on *cursor*, which must be the owner's, in the caller's transaction."""
    for statement in statements():
        cursor.execute(statement)
