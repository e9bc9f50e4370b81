"""The same case as for the plan, with version 1 agreed."""

from tests.plans.conftest import agreed, case, draft, elin

__all__ = ["agreed", "case", "draft", "elin"]
