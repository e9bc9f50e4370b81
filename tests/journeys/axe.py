"""axe-core on the pages that a journey comes to."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.conftest import ROOT

PROGRAM = ROOT / "tests" / "ui" / "vendor" / "axe.min.js"
# Sent to each browser once, half a megabyte; a page takes it to itself when it is looked at, and not before.
BRING = f"window.bringAxe = () => {{ {PROGRAM.read_text()} }}"
# The page's shape, and every kind of element on it, as numbers. A kind is an element's attributes, what style sheets can
# know it by, and all that it stands in. The shape is what its elements are, in order, what they are to each other, and
# whether they say anything: not their words, which row of a list they are, or whose ids they carry.
SEE = """() => {
    const telling = /^(class|style|type|role|lang|hidden|open|disabled|scope|tabindex|autocomplete)$|^aria-(?!label|describedby)/;
    const relating = /^(id|for|headers|name|aria-labelledby|aria-describedby)$/;
    const landmarks = new Set(["ASIDE", "FOOTER", "FORM", "HEADER", "MAIN", "NAV", "SECTION"]);
    const rows = new Set(["LI", "OPTION", "TR"]);
    const number = (text, from) => {
        for (const letter of text) from = (from * 31 + letter.charCodeAt()) % 281474976710597;
        return from;
    };
    const whosever = (text) => text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "").replace(/[0-9]/g, "0");
    const says = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "";
    window.kinds = new Map();
    const enter = (element, around) => {
        const said = element.getAttributeNames().sort();
        const whole = said.map((name) => (telling.test(name) ? `${name}=${element.getAttribute(name)}` : name));
        const kind = number(`${element.localName} ${whole.join(" ")}`, around);
        kinds.set(kind, [...(kinds.get(kind) ?? []), element]);
        const within = [];
        for (const child of element.children) {
            const shape = enter(child, kind);
            if (!(rows.has(child.tagName) && shape === within.at(-1))) within.push(shape);
        }
        const called = landmarks.has(element.tagName) || said.includes("role") ? element.ariaLabel : "";
        const among = said.filter((name) => relating.test(name)).map((name) => `${name}=${whosever(element.getAttribute(name))}`);
        const empty = said.filter((name) => element.getAttribute(name) === "");
        return number([kind, called, among, empty, [...element.childNodes].some(says), within].join("|"), 7);
    };
    const whole = [document.title !== "", document.documentElement.lang, enter(document.body, 7)];
    return {shape: number(whole.join("|"), 7), kinds: [...kinds.keys()]};
}"""
# What an element has of itself, of the style sheets and of what it stands in, takes most of the time: such rules are asked
# of the elements whose kinds are *unknown* alone. What lies in its words, in others, or in the page is asked each time.
# ``preload`` would fetch each style sheet and sound once more, for two rules that nothing here comes near.
RUN = """async (unknown) => {
    window.axe ?? bringAxe();
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const own = [
        "aria-allowed-attr", "aria-required-attr", "aria-roles", "aria-valid-attr",
        "autocomplete-valid", "color-contrast", "image-alt", "link-in-text-block", "listitem", "scope-attr-valid",
        "tabindex", "target-size",
    ];
    const quietly = {preload: false, resultTypes: ["violations"]};
    const off = Object.fromEntries(own.map((rule) => [rule, {enabled: false}]));
    const whole = await axe.run(document, {...quietly, runOnly: tags, rules: off});
    const elements = unknown.flatMap((kind) => kinds.get(kind));
    const parts = elements.length ? await axe.run(elements, {...quietly, runOnly: own}) : {violations: []};
    return [...whole.violations, ...parts.violations];
}"""


class Axe:
    """``axe(page)`` asserts that axe-core finds no violation on the page as it stands; ``look`` tells what it finds.

    A page in which nothing was found is not asked about again, nor is another that differs from it in its words, its
    numbers or how many rows its lists have; nor are its kinds of element, at that width, of what every one of the kind
    has. What one process has found, those beside it know by *known*, a file that each adds lines to.
    """

    def __init__(self, known: Path) -> None:
        self.known, self.read = known, 0
        self.flawless: set[str] = set()
        known.touch()

    def __call__(self, page: Page) -> None:
        if found := self.look(page):
            raise AssertionError("\n".join(found))

    def look(self, page: Page) -> list[str]:
        """The violations of the page as it stands."""
        assert page.viewport_size is not None
        width = page.viewport_size["width"]
        seen = page.evaluate(SEE)
        shape = f"{width} page {seen['shape']}"
        self.learn()
        if shape in self.flawless:
            return []
        kinds = {f"{width} {kind}": kind for kind in seen["kinds"]}
        unknown = [kind for name, kind in kinds.items() if name not in self.flawless]
        found: list[dict[str, Any]] = page.evaluate(RUN, unknown)
        if not found:
            self.tell({shape, *kinds} - self.flawless)
        return [f"{page.url}: {v['id']}: {v['help']}: {[n['html'][:160] for n in v['nodes']][:3]}" for v in found]

    def learn(self) -> None:
        """What was found flawless since the last time, here and beside."""
        with self.known.open("rb") as file:
            file.seek(self.read)
            whole, _, _ = file.read().rpartition(b"\n")  # another may be in the midst of a line
        self.read += len(whole)
        self.flawless.update(filter(None, whole.decode().splitlines()))

    def tell(self, flawless: set[str]) -> None:
        with self.known.open("ab", buffering=0) as file:
            file.write("".join(f"{what}\n" for what in flawless).encode())
