"""A week as the grid draws it: rows of sessions across days, and each day's sessions for the phone."""

from typing import Any

Week = dict[str, Any]


def by_row_and_day(week: Week) -> Week:
    """Pair each cell with its day, and give each day its sessions; the chosen session's day, today, or the first day is shown first.

    `days` are `{name, date, today}`, `rows` are `{start, end, cells}` with one cell or None a day, or `{break}`.
    """
    sessions = [row for row in week["rows"] if not row.get("break")]
    chosen = next((i for row in sessions for i, cell in enumerate(row["cells"]) if cell and cell.get("current")), None)
    today = next((i for i, day in enumerate(week["days"]) if day.get("today")), 0)
    shown = today if chosen is None else chosen
    days = [
        {**day, "shown": i == shown, "sessions": _sessions_of_day(sessions, i)} for i, day in enumerate(week["days"])
    ]
    rows = [row if row.get("break") else _paired(row, days) for row in week["rows"]]
    return {"days": days, "rows": rows}


def _sessions_of_day(rows: list[dict[str, Any]], day: int) -> list[dict[str, Any]]:
    return [{"start": row["start"], "cell": row["cells"][day]} for row in rows if row["cells"][day]]


def _paired(row: dict[str, Any], days: list[dict[str, Any]]) -> dict[str, Any]:
    return {**row, "cells": list(zip(row["cells"], days, strict=True))}
