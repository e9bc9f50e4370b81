"""`python -m bringup ...`: what `./dev` calls."""

import argparse
import signal
import sys
from pathlib import Path

from bringup.trouble import Trouble


def main() -> int:
    """Run one command; returns the exit code. Trouble is told in one sentence."""
    arguments = _parser().parse_args()
    try:
        return arguments.run(arguments)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bringup")
    commands = parser.add_subparsers(required=True)
    postgres = commands.add_parser("postgres", help="run one cluster in the foreground and print its owner's address")
    postgres.add_argument("place", type=Path)
    postgres.add_argument("--test", action="store_true", help="fast, not durable; the owner may make databases")
    postgres.set_defaults(run=_postgres)
    return parser


def _postgres(arguments: argparse.Namespace) -> int:
    from bringup.embedded import owner_url, start_embedded

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    cluster = start_embedded(arguments.place, for_tests=arguments.test, durable=not arguments.test)
    try:
        print(owner_url(cluster), flush=True)
        cluster.process.wait()
        raise Trouble(f"PostgreSQL slutade oväntat: se {cluster.data.parent / 'log'}.")
    except KeyboardInterrupt:
        return 0
    finally:
        cluster.stop()


sys.exit(main())
