"""What a programme and its host are called, and were: what was signed goes on naming those that it was signed with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from knutpunkten.organisations.models import Programme


@dataclass(frozen=True)
class Host:
    """The host's name, and how to reach its data protection officer or whom to ask (GDPR art. 13.1 b); and its programme's name."""

    name: str
    officer: str
    programme: str


def host_on(programme: Programme, day: date | None) -> Host:
    """Who was the programme's host on *day*; None for who is so now. What is changed holds from the day it is changed."""
    before = (was for was in programme.hosts_before if day and day.isoformat() < was["until"])
    host = programme.host
    now = {"name": host.name, "officer": host.data_protection_officer, "programme": programme.name}
    held = next(before, now)
    asked = f"Fråga {programme.association.name} hur du når ombudet hos {held['name']}."
    return Host(held["name"], held["officer"] or asked, held["programme"])


def keep_host(programmes: Iterable[Programme], name: str, officer: str, until: date, called: str = "") -> None:
    """Write down in each of the *programmes* what its host was called *until* that day, and itself: *called*, or as now."""
    for programme in programmes:
        was = {"name": name, "officer": officer, "programme": called or programme.name, "until": until.isoformat()}
        programme.hosts_before.append(was)
        programme.save(update_fields=["hosts_before"])
