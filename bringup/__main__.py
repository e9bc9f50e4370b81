"""What `./dev` calls: `python -m bringup COMMAND`."""

import argparse
import sys
from pathlib import Path

from bringup.trouble import Trouble

VAR = Path(__file__).resolve().parent.parent / "var"


def main() -> int:
    """Run one command; returns the exit code. Trouble is told in one sentence."""
    arguments = _parser().parse_args()
    try:
        return arguments.run(arguments)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev")
    commands = parser.add_subparsers(required=True, metavar="command")
    demo = commands.add_parser("demo", help="run Knutpunkten with invented people, until Ctrl-C")
    demo.add_argument("--fresh", action="store_true", help="begin the world anew")
    demo.add_argument("--port", type=int, default=8000, help="the first port to try (8000)")
    demo.set_defaults(run=_demo)
    for name, run in (("test", _test), ("bench", _bench), ("docs", _docs)):
        passing_on = commands.add_parser(name, add_help=False, prefix_chars="\0")
        passing_on.add_argument("arguments", nargs="*")
        passing_on.set_defaults(run=run)
    commands.add_parser("check", help="style, types, layers, templates, migrations").set_defaults(run=_check)
    postgres = commands.add_parser("postgres", help="run one cluster in the foreground and print its owner's address")
    postgres.add_argument("place", type=Path)
    postgres.add_argument("--test", action="store_true", help="fast, not durable; the owner may make databases")
    postgres.set_defaults(run=_postgres)
    return parser


# Each command loads only what it needs, so that it starts at once.


def _demo(arguments: argparse.Namespace) -> int:
    from bringup.demo import run_demo

    return run_demo(VAR, fresh=arguments.fresh, port=arguments.port)


def _test(arguments: argparse.Namespace) -> int:
    from bringup.with_cluster import run_tests

    return run_tests(VAR, arguments.arguments)


def _bench(arguments: argparse.Namespace) -> int:
    from bringup.with_cluster import run_bench

    return run_bench(VAR, arguments.arguments)


def _docs(arguments: argparse.Namespace) -> int:
    from bringup.with_cluster import run_docs

    return run_docs(VAR, arguments.arguments)


def _check(arguments: argparse.Namespace) -> int:
    from bringup.checks import run_checks

    return run_checks(VAR)


def _postgres(arguments: argparse.Namespace) -> int:
    from bringup.embedded import owner_url, start_embedded
    from bringup.supervisor import interrupt_on_signals

    interrupt_on_signals()
    cluster = start_embedded(arguments.place, for_tests=arguments.test, durable=not arguments.test)
    try:
        print(owner_url(cluster), flush=True)
        cluster.process.wait()
        raise Trouble(f"PostgreSQL slutade oväntat: se {cluster.log}.")
    except KeyboardInterrupt:
        return 0
    finally:
        cluster.stop()


sys.exit(main())
