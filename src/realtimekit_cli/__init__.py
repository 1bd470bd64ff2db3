"""The command `realtimekit`: every operation of the contract, and the emulator, from a shell.

It knows no endpoint. Commands and options are read from the generated operations (`resources`, `options`), responses
are written by one of several outputs (`outputs`), lists are exported to files (`export`, through a `spool`), and every
failure is one line and an exit code (`exits`).
"""
