"""The product without row-level security and without the audit: what both of them cost is the difference."""
