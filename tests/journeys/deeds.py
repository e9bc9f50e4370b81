"""What somebody does at a screen, step by step: every page they come to is looked at before they go on."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Error, Locator, Page, expect

# How wide the page is, laid out for the window as it is.
WIDTH = """() => document.documentElement.scrollWidth"""
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Visitor:
    """One browser and whoever sits at it. ``look`` asserts that the page as it stands is accessible."""

    page: Page
    origin: str
    look: Callable[[Page], None]

    def step_in_as(self, name: str) -> None:
        """Kliv in som *name*: from the demo's first page, or by "Byt person" once somebody has."""
        if self.page.locator("body.in-meeting").count():
            self.page.get_by_role("link", name="Knutpunkten, start").click()
        if self.page.url.startswith(self.origin):
            self.page.get_by_role("link", name="Byt person").last.click()
        else:
            self.page.goto(f"{self.origin}/")
        self.page.locator(".role-card, .role-others li").filter(has_text=name).get_by_role("button").click()
        expect(self.page.locator(".top")).to_contain_text(name)
        self.arrive()

    def arrive(self) -> None:
        """Look at the page that one has come to. Where the machine is busy, it may take the other's place under one's eyes."""
        self.page.wait_for_load_state()
        try:
            self.look(self.page)
        except Error as left:
            if "context was destroyed" not in left.message:
                raise
            self.arrive()

    def part(self, heading: str) -> Locator:
        """The card or section under *heading*."""
        shown = self.page.get_by_role("heading", name=heading, exact=False)
        return self.page.locator("section, .next-step").filter(has=shown).last

    def follow(self, link: str, within: Locator | None = None) -> None:
        (within or self.page.locator("main")).get_by_role("link", name=link).first.click()
        self.arrive()

    def menu(self, link: str) -> None:
        self.page.locator(".top").get_by_role("link", name=link).first.click()
        self.arrive()

    def press(self, button: str, within: Locator | None = None) -> None:
        (within or self.page.locator("main")).get_by_role("button", name=button).first.click()
        self.arrive()

    def open_task(self, title: str) -> None:
        """A row of "Väntar på dig", by its button."""
        row = self.part("Väntar på dig").get_by_role("listitem").filter(has_text=title)
        row.get_by_role("link").last.click()
        self.arrive()

    def open_case(self, name: str, among: str = "") -> None:
        """A case by its person, from the list of cases in the menu: the open ones, or those *among* which it is."""
        self.menu("ärenden")
        if among:
            self.page.get_by_label("Läge").select_option(among)
            self.press("Visa")
        self.follow(name)

    def write(self, **typed: str) -> None:
        for name, words in typed.items():
            self.page.locator(f"main [name={name}]").fill(words)

    def choose(self, question: str, answer: str) -> None:
        """One of a group of radio buttons or boxes, by the group's question."""
        self.page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()

    def share_with(self, unit: str, *categories: str) -> None:
        """In the consent: the unit gets the basics, and *categories* beside."""
        party = self.page.locator("details.ds-details").filter(has=self.page.locator("summary").filter(has_text=unit))
        if party.get_attribute("open") is None:
            party.locator("summary").first.click()
        for label in ("Får del av grunduppgifter", *categories):
            party.get_by_label(label).check()

    @property
    def agenda(self) -> Locator:
        return self.page.get_by_role("navigation", name="Dagordning")

    @property
    def decisions(self) -> Locator:
        """Meeting mode's place for the group's besked."""
        return self.page.get_by_role("region", name="Lämna besked")

    def decide(self, which: str, **typed: str) -> None:
        """One of the group's four choices, with what is *typed* beside it; saved, and on to the next case."""
        self.decisions.get_by_role("radio", name=which).check()
        for name, words in typed.items():
            self.decisions.locator(f"[name={name}]").fill(words)
        self.press("Spara och nästa", self.decisions)

    def put_off(self, *names: str) -> None:
        """Consultations that come before every case, but whose caseworker is not there: a later meeting takes them (K5)."""
        for name in names:
            self.follow(name, self.agenda)
            self.decisions.get_by_text("Ta upp på ett senare möte").click()
            self.decisions.locator("[name=reason]").fill("Handläggaren är inte här.")
            self.press("Skjut upp", self.decisions)

    def reads(self, *words: str) -> None:
        for word in words:
            expect(self.page.locator("main")).to_contain_text(re.compile(re.escape(word), re.IGNORECASE))

    def until_it_reads(self, words: str, patience: float = 20.0) -> None:
        """Look again until the page says *words*: the worker does its part a moment after."""
        give_up_at = time.monotonic() + patience
        while words not in self.page.locator("main").inner_text():
            assert time.monotonic() < give_up_at, f"{self.page.url} never said {words}"
            self.page.reload()
        self.arrive()

    def does_not_read(self, *words: str) -> None:
        for word in words:
            expect(self.page.locator("body")).not_to_contain_text(re.compile(re.escape(word), re.IGNORECASE))

    def sees_in_the_bar(self, *words: str) -> None:
        """The person bar: where it stands, what comes next, whose turn, by when (W2)."""
        for word in words:
            expect(self.page.locator(".person-bar")).to_contain_text(word)

    def on_a_phone(self) -> None:
        """The page as it stands, at a phone's width: nothing sticks out, and it is still accessible."""
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self.fits(PHONE["width"])
        self.look(self.page)
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def fits(self, width: int, patience: float = 3.0) -> None:
        """Nothing sticks out, once the page is laid out for the *width* it was just given."""
        give_up_at = time.monotonic() + patience
        while (wide := self.page.evaluate(WIDTH)) > width:
            assert time.monotonic() < give_up_at, f"{self.page.url} is {wide} wide at {width}"
