"""The same case as for the plan, active and not yet closed."""

from tests.plans.conftest import case, elin

__all__ = ["case", "elin"]
