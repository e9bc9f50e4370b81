"""What a programme's settings may be at least and at most: beyond that lies a slip of the hand.

The administrator's form says so in words, and the database refuses it from whatever writes past the form.
"""

from django.db.models import CheckConstraint, Q

A_WORKING_YEAR = 250
LONGEST_THEME = 80  # what a session has room for
DEADLINES = (
    *("days_send_back", "days_before_meeting", "days_notice", "days_confirm", "days_offer", "days_service_decision"),
    *("days_allocate", "days_first_meeting", "days_mapping", "days_plan", "days_advice", "days_consent"),
)
WITHIN = {
    "places": (1, 200),
    "least_hours": (1, 40),
    "youngest": (16, 70),
    "oldest": (16, 70),
    "visit_weekday": (0, 4),
    "visit_seats": (1, 50),
    "meeting_weekday": (0, 4),
    "meeting_week": (1, 4),
    "handin_days": (1, 60),
    "consultation_minutes": (5, 120),
    "follow_up_weeks": (1, 26),
    "kept_years": (1, 100),
    **dict.fromkeys(DEADLINES, (1, A_WORKING_YEAR)),
}


def refusal(name: str) -> str:
    """What to write instead, in a setting that is beyond its limits."""
    least, most = WITHIN[name]
    return f"Skriv ett tal mellan {least} och {most}"


def limits_kept() -> list[CheckConstraint]:
    """A constraint for each setting that has limits, with a name that says whose they are."""
    return [
        CheckConstraint(
            condition=Q((f"{name}__range", limits)),
            name=f"{name}_is_within_its_limits",
            violation_error_message=refusal(name),
        )
        for name, limits in WITHIN.items()
    ]
