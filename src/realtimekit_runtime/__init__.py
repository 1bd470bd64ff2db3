"""The hand-written half of `realtimekit`: everything that is the same for every endpoint.

The generated half describes the operations and the models (`operations`, `types`, `models`). This package checks the
arguments of a call (`arguments`, `parameter_values`, `bodies`), sends the requests (`client`, `call`, `transport`,
`retries`, `quota`), reads the responses (`responses`, `decoding`, `wire_types`, `origin`) and the pages of lists
(`walk`, `pagers`), and raises the errors (`errors`). It knows no endpoint. Users import `realtimekit`.
"""
