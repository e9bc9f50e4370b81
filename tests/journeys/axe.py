"""axe-core on the pages that a journey comes to."""

import re
from typing import Any

from playwright.sync_api import Page

from tests.conftest import ROOT

PROGRAM = ROOT / "tests" / "ui" / "vendor" / "axe.min.js"
IDS_AND_TOKENS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[A-Za-z0-9]{64}\b")
NUMBERS = re.compile(r"\d")
# Sent to each browser once, half a megabyte; a page takes it to itself when it is looked at, and not before.
BRING = f"window.bringAxe = () => {{ {PROGRAM.read_text()} }}"
# Every kind of element on the page, as numbers: what style sheets can know it by, within all that it stands in.
KINDS = """() => {
    const telling = /^(class|style|type|role|lang|hidden|open|disabled|aria-(current|invalid|expanded|hidden|live))$/;
    window.kinds = new Map();
    const enter = (element, around) => {
        const said = element.getAttributeNames().filter((name) => telling.test(name)).sort();
        const whole = [element.localName, ...said.map((name) => `${name}=${element.getAttribute(name)}`)].join(" ");
        let kind = around;
        for (let at = 0; at < whole.length; at++) kind = (kind * 31 + whole.charCodeAt(at)) % 281474976710597;
        kinds.set(kind, [...(kinds.get(kind) ?? []), element]);
        for (const child of element.children) enter(child, kind);
    };
    enter(document.body, 7);
    return [...kinds.keys()];
}"""
# What follows from the style sheets takes more than half of the time: it is asked of the kinds that are *unknown* alone.
# ``preload`` would fetch each style sheet and sound once more, for two rules that nothing here comes near.
RUN = """async (unknown) => {
    window.axe ?? bringAxe();
    const painted = ["color-contrast", "target-size"];
    const quietly = {preload: false, resultTypes: ["violations"]};
    const whole = await axe.run(document, {
        ...quietly,
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        rules: Object.fromEntries(painted.map((rule) => [rule, {enabled: false}])),
    });
    const elements = unknown.flatMap((kind) => kinds.get(kind));
    const parts = elements.length ? await axe.run(elements, {...quietly, runOnly: painted}) : {violations: []};
    return [...whole.violations, ...parts.violations];
}"""


class Axe:
    """``axe(page)`` asserts that axe-core finds no violation on the page as it stands; ``look`` tells what it finds.

    A page in which nothing was found is not asked about again while it stands the same, but for its numbers; nor are its
    kinds of element, of what follows from the style sheets at that width.
    """

    def __init__(self) -> None:
        self.flawless: set[tuple[int, str]] = set()
        self.kinds: set[tuple[int, int]] = set()

    def __call__(self, page: Page) -> None:
        if found := self.look(page):
            raise AssertionError("\n".join(found))

    def look(self, page: Page) -> list[str]:
        """The violations of the page as it stands."""
        assert page.viewport_size is not None
        width = page.viewport_size["width"]
        shown = (width, NUMBERS.sub("0", IDS_AND_TOKENS.sub("", page.content())))
        if shown in self.flawless:
            return []
        kinds = {(width, kind) for kind in page.evaluate(KINDS)}
        found: list[dict[str, Any]] = page.evaluate(RUN, [kind for _, kind in kinds - self.kinds])
        if not found:
            self.flawless.add(shown)
            self.kinds |= kinds
        return [f"{page.url}: {v['id']}: {v['help']}: {[n['html'][:160] for n in v['nodes']][:3]}" for v in found]
