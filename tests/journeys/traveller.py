"""A visitor on a long way: looks at each kind of page on a phone too, and reads documents."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Locator, Page
from pypdf import PdfReader

from tests.journeys.deeds import DESK, PHONE, Visitor

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
# Pictures of the pages are kept in this folder, if it is named: to look at by eye.
ALBUM = os.environ.get("KNUTPUNKTEN_ALBUM", "")
# Between a phone and a desk: tablets, and a desk's screen at one and a half or twice its size.
BETWEEN = (641, 901)  # pixels: just wider than a phone, and just as wide as the aside needs to stand beside
# The tables that are wider than the card they stand in, and not in a region of their own that scrolls.
CUT_OFF = """() => [...document.querySelectorAll("main .ds-table")].filter((table) => {
    const room = table.closest(".scroll, .flush, .card");
    return room && !room.matches(".scroll[tabindex]") && table.offsetWidth > room.clientWidth;
}).map((table) => table.innerText.split("\\n")[0])"""


class Traveller(Visitor):
    """Looks at a page on a phone too, the first time one comes to its kind: nothing sticks out.

    *seen*: the kinds that those who travel along have come to.
    """

    def __init__(
        self, page: Page, origin: str, look: Callable[[Page], None], seen: set[tuple[str, bool]] | None = None
    ) -> None:
        super().__init__(page, origin, look)
        self.seen = set() if seen is None else seen

    def arrive(self) -> None:
        super().arrive()
        kind = self.kind()
        if kind in self.seen:
            return
        self.seen.add(kind)
        self.keep_picture("1280")
        if not kind[1]:
            self.look_on_a_phone()
        self.look_at_its_tables()
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def look_on_a_phone(self) -> None:
        """Nothing sticks out at a phone's width."""
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self.fits(PHONE["width"])
        self.keep_picture("390")

    def look_at_its_tables(self) -> None:
        """No column is cut off, however wide the window is."""
        if self.page.locator("main .ds-table").count() == 0:
            return
        for width in BETWEEN:
            self.page.set_viewport_size({"width": width, "height": 900})
            assert self.page.evaluate(CUT_OFF) == [], f"{self.page.url} at {width}"

    def kind(self) -> tuple[str, bool]:
        """The page's address without ids, and whether it says what to mend."""
        path = ID.sub("", re.split("[?#]", self.page.url.removeprefix(self.origin))[0])
        return path, self.page.locator(".ds-error-summary").count() > 0

    def keep_picture(self, width: str) -> None:
        if ALBUM:
            name = re.sub(r"\W+", "-", self.kind()[0]).strip("-") or "start"
            self.page.screenshot(path=Path(ALBUM) / f"{len(self.seen):03}-{name}-{width}.png", full_page=True)

    # What one does with forms whose labels one reads.

    def fill(self, words: dict[str, str], within: Locator | None = None) -> None:
        """Fill in the fields with these labels."""
        for label, text in words.items():
            (within or self.page.locator("main")).get_by_label(label).first.fill(text)

    def fill_last(self, words: dict[str, str]) -> None:
        """Fill in the last fields with these labels: a row that was just added."""
        for label, text in words.items():
            self.page.locator("main").get_by_label(label).last.fill(text)

    def pick(self, label: str, choice: str) -> None:
        """Choose in the list with this label."""
        self.page.get_by_label(label).first.select_option(label=choice)

    def tick(self, question: str, *answers: str) -> None:
        """Tick several answers to a question."""
        for answer in answers:
            self.choose(question, answer)

    # Papers.

    def read_paper(self, link: str) -> str:
        """Download what the link goes to, as the person signed in, and read all its pages."""
        address = self.page.get_by_role("link", name=link).first.get_attribute("href")
        answer = self.page.request.get(f"{self.origin}{address}")
        assert answer.ok, f"{link} answers {answer.status}"
        assert answer.headers["content-type"] == "application/pdf"
        return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages).split())


def day_in(days: int = 0) -> str:
    """A day counted from today in Stockholm, as it is written."""
    return (timezone.localdate() + timedelta(days=days)).isoformat()
