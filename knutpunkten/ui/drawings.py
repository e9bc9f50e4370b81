"""Small drawings as SVG: sizes are attributes, since the content policy allows no inline style."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 112, 56, 7
TOP_OF_SCALE = 10
RING_RADIUS = 9
RING_LENGTH = 56.5


def sparkline(values: Sequence[int]) -> SafeString:
    """Return a line through values 0–10, oldest first, on an axis that is always 0–10; the last one filled."""
    if not values:
        return mark_safe("")
    points = spark_points(values)
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    dots = format_html_join("", '<circle cx="{}" cy="{}" r="2.5"/>', ((f"{x:g}", f"{y:g}") for x, y in points[:-1]))
    last_x, last_y = points[-1]
    return format_html(
        '<svg class="sparkline" width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="Från 0 till 10: {}">'
        '<path class="axis" d="M0 {}H{}"/><polyline points="{}"/>{}<circle class="last" cx="{}" cy="{}" r="4.5"/></svg>',
        *(SPARK_WIDTH, SPARK_HEIGHT, SPARK_WIDTH, SPARK_HEIGHT, ", ".join(str(value) for value in values)),
        *(SPARK_HEIGHT - 1, SPARK_WIDTH, line, dots, f"{last_x:g}", f"{last_y:g}"),
    )


def spark_points(values: Sequence[int]) -> list[tuple[float, float]]:
    """Return x and y in pixels for each value 0–10, evenly from edge to edge, 10 at the top."""
    span = SPARK_WIDTH - 2 * SPARK_EDGE
    step = span / max(len(values) - 1, 1)
    rise = (SPARK_HEIGHT - 2 * SPARK_EDGE) / TOP_OF_SCALE
    start = SPARK_EDGE if len(values) > 1 else SPARK_WIDTH / 2
    return [
        (round(start + i * step, 1), round(SPARK_HEIGHT - SPARK_EDGE - value * rise, 1))
        for i, value in enumerate(values)
    ]


def ring(part: float) -> SafeString:
    """Return a ring of which the given part, 0–1, is drawn strongly: what is left of a time."""
    drawn = round(max(0.0, min(1.0, part)) * RING_LENGTH, 1)
    return format_html(
        '<svg class="ring" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="{}"/>'
        '<circle class="left" cx="12" cy="12" r="{}" stroke-dasharray="{} {}" transform="rotate(-90 12 12)"/></svg>',
        *(RING_RADIUS, RING_RADIUS, drawn, RING_LENGTH),
    )


def bar(value: int, most: int) -> SafeString:
    """Return a bar as long as value is of most; a zero still has its place."""
    percent = round(100 * value / most, 1) if most else 0
    return format_html(
        '<svg class="bar" width="100%" height="18" aria-hidden="true"><rect width="{}%" height="18" rx="3"/></svg>',
        f"{percent:g}",
    )
