"""The hand-written half of `realtimekit`: everything that is the same for every endpoint.

The generated half describes the operations and the models (`operations`, `types`, `models`). This package checks the
arguments of a call (`arguments`, `parameter_values`, `bodies`), sends the requests (`client`, `call`, `transport`,
`connections`, `deadlines`, `retries`, `quota`), reads the responses (`responses`, `decoding`, `invalid_items`,
`wire_types`, `wire_names`, `origin`) and the pages of lists (`pagers`, `list_source`, `iterators`, `async_iterators`,
`walk`, `list_page`), makes tables of them (`rows`, `arrow`), and raises the errors (`errors`). It knows no endpoint.
Users import `realtimekit`.
"""
