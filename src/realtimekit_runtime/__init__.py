"""The hand-written half of `realtimekit`: everything that works the same for any endpoint.

The generated half says which operations exist and what they take and answer (`operations`, `models`). This package
sends them (`client`, `call`, `transport`, `retries`, `quota`), walks their pages (`walk`, `pagers`), reads their
responses (`responses`, `decoding`) and names what goes wrong (`errors`). It knows no endpoint. Users import
`realtimekit`.
"""
