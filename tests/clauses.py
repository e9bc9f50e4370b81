"""The table that closes a run: each clause of the routine, and the tests that prove it.

A clause counts only when a passed test marked with its id drives a page as the role: a marked test that asks for no
page fails. Clauses without such a test are listed as open, by name.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_started

CLAUSES = {
    "S0": "ökad egen försörjning: delar av vägen räknas",
    "S1": "handläggaren talar med sin representant; kontaktlista",
    "S2": "studiebesök på fasta tider hos samordnaren",
    "S3": "personens egen vilja, minst 10 timmar",
    "S4": "remiss och samtycke skrivs med personen",
    "S5": "lämnas till representanten med utredningar",
    "S6": "anmäls med namn och nummer; uppgifter samlas in",
    "S7": "mötet ger besked; handläggaren får veta",
    "S8": "ledig plats: handläggaren får veta direkt",
    "S9": "första mötet; kontrakt och dataskyddsinformation",
    "S10": "uppföljning där planen revideras",
    "S11": "plan för den som tar vid",
    "S12": "handläggarens beslut om insats och uppföljning",
    "S13": "representantens ansvar",
    "S14": "kartläggning, plan, slutdokumentation",
    "S15": "rutinerna som dokument med historia",
    "K1": "råd av representanten före konsultation",
    "K2": "konsultationsremiss, samtycke, dataskyddsinformation",
    "K3": "lämnas till representanten",
    "K4": "gruppen får texten; uppgifter samlas in",
    "K5": "konsultationer först; handläggaren presenterar",
    "L1": "målgruppen",
    "L2": "syftet: arbete, studier, rätt ersättning",
    "L3": "hela personens behov",
    "L4": "två arbetspass om dagen",
    "L5": "individuell plan",
    "L6": "arbetsträning och praktik",
    "L7": "hälsa",
    "L8": "studiebesök först, tisdagar udda veckor",
    "L9": "remiss och samtycke till representanten",
    "L10": "presenteras utan anmälan; besked",
    "L11": "handledaren kallar till första mötet",
    "W1": "ingen läser utan grund; samtycke styr",
    "W2": "alla ser samma läge",
    "W3": "inget faller mellan stolarna",
}


def clauses_of(item: pytest.Item) -> list[str]:
    return [clause for mark in item.iter_markers("clause") for clause in mark.args]


def is_whole_run(config: pytest.Config) -> bool:
    """Whether everything ran: a part of the tests proves nothing about the clauses it left out."""
    return not config.option.keyword and not config.option.markexpr and config.args == config.getini("testpaths")


class ClauseTable:
    """Collects which clauses the passed tests prove, and prints the table."""

    def __init__(self) -> None:
        self.proven: dict[str, list[str]] = defaultdict(list)
        self.pages = 0
        request_started.connect(self.count_page)

    def count_page(self, **of: Any) -> None:
        self.pages += 1

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """What a world asked for while it was built counts for no test: only one of those that stand in it builds it.

        A browser asks a server in a process of its own, where nothing is counted.
        """
        self.pages = 0
        yield
        if clauses_of(item) and not self.pages and "browser" not in getattr(item, "fixturenames", ()):
            pytest.fail("proves no clause: it asks for no page (as a client, or in a browser)", pytrace=False)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            clauses = clauses_of(item)
            unknown = [clause for clause in clauses if clause not in CLAUSES and clause not in ("W4", "W5")]
            if unknown:
                raise pytest.UsageError(f"{item.nodeid}: no such clause {', '.join(unknown)}")
            # Goes with the report to the process that prints the table.
            item.user_properties += [("clause", clause) for clause in clauses]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            for kind, clause in report.user_properties:
                if kind == "clause":
                    self.proven[str(clause)].append(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        whole = is_whole_run(terminalreporter.config)
        if not whole and not self.proven:
            return
        terminalreporter.section("klausul → prov")
        for clause, words in CLAUSES.items():
            tests = self.proven.get(clause, [])
            if not tests and not whole:
                continue
            names = ", ".join(sorted({node.rpartition("/")[2] for node in tests})[:4]) or "ÖPPEN"
            more = f" (+{len(tests) - 4})" if len(tests) > 4 else ""
            terminalreporter.write_line(f"{clause:4} {words:52} {names}{more}")
        if not whole:
            return
        still_open = [clause for clause in CLAUSES if clause not in self.proven]
        terminalreporter.write_line(f"Öppna: {', '.join(still_open) or 'inga'}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ClauseTable(), "clause-table")
