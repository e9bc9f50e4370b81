"""As the product, with one page more and without the wall: what the stack itself costs."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as PRODUCT
from config.settings import MIDDLEWARE as ALL

INSTALLED_APPS = [*PRODUCT, "bench.floor"]
MIDDLEWARE = [name for name in ALL if not name.endswith("WallMiddleware")]
ROOT_URLCONF = "bench.floor.urls"
