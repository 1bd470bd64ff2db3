"""Measures realtimekit beside other ways to read the same meetings: `make bench`."""
