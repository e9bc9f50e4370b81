"""The floor: the same Django stack, sign-in, five indexed queries, a 50-row table, no access rules, no audit."""
