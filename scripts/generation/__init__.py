"""How `scripts/generate.py` turns a contract into a package. Development only; no user imports it.

`contract` reads the file and follows references. `shapes`, `scalars` and `normal` rewrite its schemas into the few
forms of `forms`; `operations`, with `parameters`, `responses` and `pagination`, reads the rest, and `names` finds
Python names. `annotations` and `words` write types and docstrings, `views` what the templates print. `project` is
openapi-python-client's `Project`, handed all of that; `output` renders, formats, checks and swaps.
"""
