"""`python -m bringup.weaknesses`: known weaknesses in what requirements.lock names, as the package index tells them.

The index's own page about a release (`/pypi/NAME/VERSION/json`) lists the advisories against it. Not every mirror
keeps those pages. Nobody is said to be well who was not asked: ends with NOT_ASKED, and says why.
"""

import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_ASKED = 3
DAY = 24 * 60 * 60
AT_ONCE = 8
PATIENCE = 5  # seconds for one answer


class Unanswered(Exception):
    """The index does not tell; the words say what it did."""


def locked(text: str) -> list[tuple[str, str]]:
    """(name, version) of each package in a lock file."""
    return re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==([^\s;\\]+)", text, re.MULTILINE)


def index() -> str:
    """The address packages are installed from, without its last part."""
    names = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
    address = next((os.environ[name] for name in names if os.environ.get(name)), "https://pypi.org/simple")
    return address.rstrip("/").removesuffix("/simple")


def advisories(base: str, name: str, version: str) -> list[str]:
    """The sentences against one release that nobody has taken back. Raises Unanswered."""
    try:
        with urllib.request.urlopen(f"{base}/pypi/{name}/{version}/json", timeout=PATIENCE) as answer:
            known = json.load(answer)["vulnerabilities"]
    except urllib.error.HTTPError as error:
        raise Unanswered(f"the package index answers {error.code} about {name}") from None
    except OSError:
        raise Unanswered("the package index does not answer") from None
    except (ValueError, KeyError, TypeError):
        raise Unanswered("the package index says nothing of weaknesses") from None
    return [sentence(name, version, one) for one in known if not one.get("withdrawn")]


def sentence(name: str, version: str, advisory: dict) -> str:
    mended = ", ".join(advisory.get("fixed_in") or []) or "nothing yet"
    return f"{name} {version}: {advisory['id']}, mended in {mended}. {advisory.get('summary') or ''}".rstrip()


def found(base: str, packages: list[tuple[str, str]]) -> Iterator[str]:
    """Every sentence against *packages*. The first is asked alone, so that a silent index is asked once."""
    yield from advisories(base, *packages[0])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for sentences in pool.map(lambda package: advisories(base, *package), packages[1:]):
            yield from sentences


def main(lock: Path, kept: Path) -> int:
    """Say what is known. An answer without a weakness holds for a day, for the same lock file."""
    text = lock.read_text()
    if kept.exists() and time.time() - kept.stat().st_mtime < DAY and kept.read_text() == text:
        return 0
    try:
        sentences = list(found(index(), locked(text)))
    except Unanswered as reason:
        print(f"Not asked: {reason}.")
        return NOT_ASKED
    print("\n".join(sentences), end="\n" if sentences else "")
    if sentences:
        return 1
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(ROOT / "requirements.lock", ROOT / "var" / "no-known-weakness"))
