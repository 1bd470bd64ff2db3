"""How `scripts/generate.py` turns a contract into a package. Development only; no user imports it.

`contract` reads the file. `rewriting`, with `schemas`, says what openapi-python-client's parser would misread in other
words, and the parser reads the result. `project` hands what it has read to the templates, by `operations` and `models`,
with the types that `python_types` writes. `output` renders, formats, tries out and swaps.
"""
