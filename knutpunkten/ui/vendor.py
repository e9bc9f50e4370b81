"""What the pages borrow from others: read from a lock file, fetched by name, and known by hash."""

import base64
import hashlib
import io
import json
import re
import subprocess
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK = Path(__file__).with_name("vendor.lock.toml")


class Mismatch(Exception):
    """What was fetched, or what lies in the checkout, is not what the lock file names."""


@dataclass(frozen=True)
class VendoredFile:
    """One file in the checkout: where it comes from in the package, where it lies, what it hashes to."""

    source: str
    target: str
    sha256: str


@dataclass(frozen=True)
class Package:
    """One package in the lock; `icons` names the drawings that together make its one file, a sprite."""

    name: str
    version: str
    integrity: str
    licence: str
    files: tuple[VendoredFile, ...]
    icons: tuple[str, ...] = ()


def read_lock(path: Path = LOCK) -> list[Package]:
    """Return the packages of the lock file, in its order."""
    rows = tomllib.loads(path.read_text())["package"]
    return [
        Package(
            name=row["name"],
            version=row["version"],
            integrity=row["integrity"],
            licence=row["licence"],
            files=tuple(VendoredFile(f["from"], f["to"], f["sha256"]) for f in row["file"]),
            icons=tuple(row.get("icons", ())),
        )
        for row in rows
    ]


def fetch(package: Package) -> dict[str, bytes]:
    """Fetch a package by name through npm and return its files; Mismatch if the archive is another."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"{package.name}@{package.version}", "--json", "--ignore-scripts", "--silent"]
        packed = json.loads(subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout)
        archive = (Path(folder) / packed[0]["filename"]).read_bytes()
    if integrity(archive) != package.integrity:
        raise Mismatch(f"{package.name} {package.version} has integrity {integrity(archive)}")
    return unpack(archive)


def integrity(archive: bytes) -> str:
    """Return npm's way of writing a sha512: base64, with the algorithm before it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()


def unpack(archive: bytes) -> dict[str, bytes]:
    """Return path → bytes of a package's archive, without its leading folder."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        members = [member for member in tar.getmembers() if member.isfile()]
        return {m.name.partition("/")[2]: tar.extractfile(m).read() for m in members}  # type: ignore[union-attr]


def built(package: Package, contents: dict[str, bytes]) -> dict[str, bytes]:
    """Return target → bytes for what the checkout shall hold of a package; Mismatch if a hash differs."""
    files = {f: sprite(package.icons, contents) if package.icons else contents[f.source] for f in package.files}
    for file, body in files.items():
        if sha256(body) != file.sha256:
            raise Mismatch(f"{file.target} from {package.name} {package.version} has sha256 {sha256(body)}")
    return {file.target: body for file, body in files.items()}


def sprite(icons: tuple[str, ...], contents: dict[str, bytes]) -> bytes:
    """Return one svg of symbols, each drawing under its name in kebab-case (ArrowRight → arrow-right)."""
    symbols = []
    for icon in icons:
        drawing = contents[f"dist/svg/{icon}.svg"].decode()
        paths = "".join(re.findall(r"<(?:path|circle|rect|g)\b.*?/>|</?g\b[^>]*>", drawing, re.DOTALL))
        symbols.append(f'<symbol id="{kebab(icon)}" viewBox="0 0 24 24" fill="none">{paths}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def kebab(name: str) -> str:
    """ArrowRight → arrow-right, Chat2 → chat-2."""
    return re.sub(r"(?<=[a-z])(?=[A-Z0-9])", "-", name).lower()


def sha256(body: bytes) -> str:
    """Return the sha256 of the bytes, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def differences(packages: list[Package], root: Path = ROOT) -> list[str]:
    """Return a sentence for each vendored file in the checkout that is missing or not the one locked."""
    found = []
    for file in (file for package in packages for file in package.files):
        path = root / file.target
        if not path.exists():
            found.append(f"{file.target} is missing")
        elif sha256(path.read_bytes()) != file.sha256:
            found.append(f"{file.target} is not the locked one")
    return found
