"""Knowing whether something made from files is still what those files would make."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(root: Path, files: Iterable[Path]) -> str:
    """A hash of the names (relative to `root`) and contents of `files`."""
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(f"{path.relative_to(root)}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def world_fingerprint(root: Path) -> str:
    """Of everything the demo's database is made from: all code, since the world is made through it, and its data."""
    kinds = {".py", ".sql", ".toml", ".txt", ".json", ".csv", ".typ"}
    code = (path for folder in ("config", "knutpunkten") for path in (root / folder).rglob("*") if path.suffix in kinds)
    return fingerprint(root, [*code, root / "requirements.lock"])


def static_fingerprint(root: Path) -> str:
    """Of everything the collected static files are made from."""
    ours = (path for path in (root / "knutpunkten").glob("*/static/**/*") if path.is_file())
    return fingerprint(root, [*ours, root / "config/settings.py", root / "requirements.lock"])
