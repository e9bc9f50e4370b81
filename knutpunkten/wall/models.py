"""No tables: the wall stands on the others'. (Django announces finished migrations only to packages with models.)"""
