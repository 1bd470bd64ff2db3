"""The command `realtimekit`: every operation of the contract, and the emulator, from a shell.

It knows no endpoint. Commands and options are read from the generated operations (`resources`, `options`), responses
are written by one of several outputs (`outputs`), and every failure is one line and an exit code (`exits`).
"""
