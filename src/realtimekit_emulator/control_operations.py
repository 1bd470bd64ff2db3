"""What each operation of control.json does with an emulator; control.json has the types and limits of the arguments."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .controls import Failures
from .emulator import Emulator
from .identity import Identity, new_token
from .meetings import list_meetings
from .responses import Response, json_response

__all__ = ["OF_ONE_PROCESS", "OPERATIONS"]


def _get_environment(emulator: Emulator) -> Response:
    return json_response(200, emulator.environment)


def _get_settings(emulator: Emulator) -> Response:
    limit, failures = emulator.rate_limit, emulator.failures
    return json_response(
        200,
        {
            "latency": emulator.latency,
            "max_per_page": emulator.max_per_page,
            "rate_limit": limit and {"requests": limit[0], "seconds": limit[1]},
            "failures": failures
            and {
                "share": failures.share,
                "statuses": list(failures.statuses),
                "random_seed": failures.random_seed,
            },
        },
    )


# JSON may write a whole number as 5.0.
def _change_settings(emulator: Emulator, **changes: Any) -> Response:
    if "latency" in changes:
        emulator.latency = changes["latency"]
    if "max_per_page" in changes:
        limit = changes["max_per_page"]
        emulator.max_per_page = limit and int(limit)
    if "rate_limit" in changes:
        rate = changes["rate_limit"]
        emulator.rate_limit = rate and (int(rate["requests"]), rate["seconds"])
    if "failures" in changes:
        given = changes["failures"]
        emulator.failures = given and Failures(
            given["share"],
            tuple(int(status) for status in given.get("statuses", Failures.statuses)),
            int(given.get("random_seed", 0)),
        )
    return _get_settings(emulator)


def _reset(emulator: Emulator) -> Response:
    emulator.reset()
    return Response(204)


def _list_apps(emulator: Emulator) -> Response:
    return json_response(200, {"data": [_app(emulator, app_id) for app_id in emulator._storage.apps()]})


def _add_app(emulator: Emulator, *, account_id: str | None = None, **given: str) -> Response:
    app_id = emulator.add_app(given.get("id") or str(uuid.uuid4()), account_id=account_id)
    return json_response(201, _app(emulator, app_id))


def _app(emulator: Emulator, app_id: str) -> dict[str, Any]:
    app = emulator._storage.app(app_id)
    emulator._cache.refresh()
    page, _ = emulator._cache.page(app, None, None, 1, 0)
    return {"id": app.id, "account_id": app.account_id, "meetings": page.total_count}


def _list_meetings(emulator: Emulator, *, app_id: str | None = None, **query: Any) -> Response:
    app = emulator._storage.app(app_id)
    emulator._cache.refresh()
    return list_meetings(app, emulator._cache, None, **query)


def _add_meetings(
    emulator: Emulator, *, meetings: float | Sequence[Mapping[str, Any]], app_id: str | None = None
) -> Response:
    given = meetings if isinstance(meetings, Sequence) else int(meetings)
    return json_response(201, {"data": emulator.add_meetings(given, app_id=app_id)})


def _add_token(
    emulator: Emulator,
    *,
    token: str | None = None,
    permissions: Sequence[str] | None = None,
    accounts: Sequence[str] | None = None,
) -> Response:
    rights = Identity.PERMISSIONS if permissions is None else permissions
    name = token or new_token()
    return json_response(201, {"token": emulator.add_token(name, permissions=rights, accounts=accounts)})


def _list_faults(emulator: Emulator) -> Response:
    faults = list(emulator.asgi.controls.faults)
    return json_response(200, {"data": [{"status": each.status, "cut_after": each.cut_after} for each in faults]})


def _fail_next(emulator: Emulator, **fault: Any) -> Response:
    for name in fault.keys() & {"status", "times", "cut_after"}:
        fault[name] = None if fault[name] is None else int(fault[name])
    emulator.fail_next(**fault)
    return Response(204)


def _clear_faults(emulator: Emulator) -> Response:
    emulator.asgi.controls.faults.clear()
    return Response(204)


def _list_requests(emulator: Emulator, *, last: float = 100) -> Response:
    requests = emulator.requests[-int(last) :]
    return json_response(
        200,
        {
            "data": [
                {
                    "method": request.method,
                    "path": request.path,
                    "query_string": request.query_string,
                    "headers": request.headers,
                    "status": request.status,
                    "time": request.time.isoformat(),
                }
                for request in requests
            ]
        },
    )


def _clear_requests(emulator: Emulator) -> Response:
    emulator.clear_requests()
    return Response(204)


OPERATIONS: Mapping[str, Callable[..., Response]] = {
    "add_app": _add_app,
    "add_meetings": _add_meetings,
    "add_token": _add_token,
    "change_settings": _change_settings,
    "clear_faults": _clear_faults,
    "clear_requests": _clear_requests,
    "fail_next": _fail_next,
    "get_environment": _get_environment,
    "get_settings": _get_settings,
    "list_apps": _list_apps,
    "list_faults": _list_faults,
    "list_meetings": _list_meetings,
    "list_requests": _list_requests,
    "reset": _reset,
}
"""The code of each operation by its operationId; its keyword arguments are the query and the fields of the body."""

OF_ONE_PROCESS = frozenset(
    {"change_settings", "clear_faults", "clear_requests", "fail_next", "list_faults", "list_requests"}
)
"""The operations on what is not in the database: with several workers, only one of them would do as it is told."""
