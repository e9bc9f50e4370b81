"""Who a programme's host is, and was: what was signed goes on naming the host that it was signed with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from knutpunkten.organisations.models import Programme


@dataclass(frozen=True)
class Host:
    """The host's name, and how to reach its data protection officer or whom to ask (GDPR art. 13.1 b)."""

    name: str
    officer: str


def host_on(programme: Programme, day: date | None) -> Host:
    """Who was the programme's host on *day*; None for who is so now. What is changed holds from the day it is changed."""
    before = (was for was in programme.hosts_before if day and day.isoformat() < was["until"])
    now = {"name": programme.host.name, "officer": programme.host.data_protection_officer}
    held = next(before, now)
    asked = f"Fråga {programme.association.name} hur du når ombudet hos {held['name']}."
    return Host(held["name"], held["officer"] or asked)


def keep_host(programmes: Iterable[Programme], name: str, officer: str, until: date) -> None:
    """Write down in each of the *programmes* what its host was called *until* that day."""
    for programme in programmes:
        programme.hosts_before.append({"name": name, "officer": officer, "until": until.isoformat()})
        programme.save(update_fields=["hosts_before"])
