"""How `scripts/generate.py` turns a contract into a package. Development only; no user imports it.

`contract` reads the file. `rewriting`, with `schemas`, says what openapi-python-client's parser would misread in other
words, and the parser reads the result. `operations` looks up what the parser leaves out, `python_types` writes types as
code, and `project` hands both to the templates. `output` renders, formats, tries out and swaps.
"""
