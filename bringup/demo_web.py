"""The web application as the demo serves it: a worker left without its server ends at once, even after `kill -9`."""

import os
import signal

from bringup.children import die_with_parent

die_with_parent(os.getppid(), signal.SIGKILL)

from config.wsgi import application  # noqa: E402 - loading it takes a second, in which the server may die

__all__ = ["application"]
