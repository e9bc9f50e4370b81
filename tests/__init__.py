"""The tests' own settings, before Django reads any: the demo's pages are there, the app's role is on."""

import os

os.environ["KNUTPUNKTEN_DEMO"] = "1"
os.environ["KNUTPUNKTEN_ROLE"] = "app"
os.environ["KNUTPUNKTEN_SEPARATE_LOGINS"] = "0"
os.environ.setdefault("KNUTPUNKTEN_SECRET_KEY", "only-for-tests")
# The browser's driver keeps an event loop in this thread, which Django otherwise takes for a view that blocks it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
