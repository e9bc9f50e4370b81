#!/usr/bin/env python
"""Django's command line for Knutpunkten."""

import os
import sys


def main() -> None:
    """Run the command. What is wrong with the settings, or with the way to the database, is told in a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as wrong:
        sys.exit(str(wrong))
    except OperationalError as error:
        # An error that the server gives within a command has a code, and is ours to look into.
        if getattr(error.__cause__, "sqlstate", None):
            raise
        sys.exit(f"No connection to the database of KNUTPUNKTEN_DATABASE_URL: {str(error).strip()}")


if __name__ == "__main__":
    main()
