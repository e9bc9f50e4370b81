"""A page of a list that nobody counts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OpenPage:
    """What ``{% pagination %}`` needs of a page when only this one was asked for: counting asks the wall of every row."""

    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_next or self.has_previous

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1


def page_number(text: str | None) -> int:
    """The page that an address asks for: 1 for what is no page."""
    return int(text) if text and text.isdecimal() and 0 < int(text) < 10_000 else 1
