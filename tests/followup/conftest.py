"""The same case as for the plan, with version 1 agreed."""

from tests.plans.conftest import agreed, case, elin

__all__ = ["agreed", "case", "elin"]
