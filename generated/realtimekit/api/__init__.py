# Generated from openapi.yaml by `make generate`; do not edit.
"""The operations of the API: one module for each tag of the contract."""

# The name of a tag's module, and of the client's attribute, and what it is about.
TAGS: dict[str, str] = {
    "meetings": "Meetings of a RealtimeKit app.",
}
