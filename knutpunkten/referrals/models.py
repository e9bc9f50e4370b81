"""The referral has no table of its own: each part is a ``cases.Section``, so that each is shared or not.

Which parts there are, and the category of each, stands in ``rules.PARTS``.
"""
