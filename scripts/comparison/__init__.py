"""How contracts are compared, for `scripts/diff.py` and `scripts/drift.py`."""
