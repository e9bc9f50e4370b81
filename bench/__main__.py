"""``./dev bench [--cases N] [--rounds N]``: what the pages cost, beside the floor, in one run."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MARKS = {"start page": 3.0, "caseload": 2.0, "case page": 2.0, "who has read": 3.0, "step": 1.5}
WALL, SEARCH = 0.35, 3.0
WORKER_MB = 150


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20, help="how many times each page is measured beside the floor")
    arguments = parser.parse_args()
    os.environ |= {
        "KNUTPUNKTEN_DEMO": "1",
        "KNUTPUNKTEN_ROLE": "owner",
        "KNUTPUNKTEN_SEPARATE_LOGINS": "0",
        "KNUTPUNKTEN_STATIC": "built",
    }
    manage("migrate", "-v", "0", "--skip-checks")
    manage("collectstatic", "-v", "0", "--noinput")

    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.floor.settings"
    django.setup()
    from bench.pages import prepare

    begun = time.perf_counter()
    prepare(arguments.cases)
    print(f"Seeded {arguments.cases} cases in {time.perf_counter() - begun:.0f} s", flush=True)
    from bench.run import run

    found = run(arguments.rounds)
    show(found)
    (ROOT / "var" / "bench.json").write_text(json.dumps(found, indent=2) + "\n")
    return 0


def manage(*command: str) -> None:
    settings = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.floor.settings"}
    subprocess.run([sys.executable, "manage.py", *command], check=True, cwd=ROOT, env=settings)


def show(figures: dict[str, Any]) -> None:
    print(
        f"{'page':12} {'CPU ms':>8} {'p50 ms':>8} {'p95 ms':>8} {'statements':>11} {'× floor':>8} {'mark':>6} {'wall':>6}"
    )
    floor = figures["floor"]
    print(f"{'floor':12} {measured(floor)} {1:8.2f}")
    for name, row in figures["pages"].items():
        mark = MARKS.get(name, float("inf"))
        over = row["ratio"] > mark or row["wall"] > WALL
        print(f"{name:12} {measured(row)} {row['ratio']:8.2f} {mark:6.2f} {row['wall']:6.2f}{'  over' if over else ''}")
    print(f"wall: what row-level security and audit together add, × floor (mark {WALL}).")
    search, case = figures["pages"]["search"]["p95_ms"], figures["pages"]["case page"]["p95_ms"]
    print(f"Search takes {search / case:.2f} × the case page at p95 (mark {SEARCH}).")
    print(f"A web worker takes {figures['worker_mb']:.0f} MB (mark {WORKER_MB}).")


def measured(row: dict[str, float]) -> str:
    return f"{row['cpu_ms']:8.2f} {row['p50_ms']:8.2f} {row['p95_ms']:8.2f} {row['statements']:11}"


if __name__ == "__main__":
    sys.exit(main())
