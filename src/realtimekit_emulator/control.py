"""The control endpoints under `/_emulator/`: what tests set on an `Emulator` in Python, over HTTP; and the page at `/`.

control.json describes them. It is read like the contract, and requests are checked by it in the same way.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from collections.abc import Mapping
from importlib import resources
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from . import responses
from .asgi import Receive, Scope, Send, bearer_token, log_request, raw_path, read_request, send_response, unknown_token
from .contract import Contract
from .control_operations import OF_ONE_PROCESS, OPERATIONS
from .emulator import Emulator
from .errors import DatabaseError, EmulatorError, TakenAppError, UnknownAppError
from .responses import Response, gateway_error
from .validation import RequestValidator

__all__ = ["ControlledApp"]

_PREFIX = "/_emulator/"
_PACKAGE = resources.files("realtimekit_emulator")
_DOCUMENT = _PACKAGE.joinpath("control.json")
_PAGE = {
    b"/": ("index.html", responses.HTML),
    b"/_emulator/page.css": ("page.css", "text/css"),
    b"/_emulator/page.js": ("page.js", "text/javascript"),
    b"/_emulator/reference.js": ("reference.js", "text/javascript"),
}
_HEADERS = {
    "Cache-Control": "no-store",
    # Scripts, styles and requests of this server only, and no other site shows the page in a frame of its own.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_WITH_WORKERS = ": start the emulator without --workers for this"
_STATUSES: Mapping[type[EmulatorError], int] = {DatabaseError: 503, TakenAppError: 409, UnknownAppError: 404}

_log = logging.getLogger(__name__)


class ControlledApp:
    """An ASGI application: an emulator's endpoint, and its control endpoints."""

    def __init__(self, emulator: Emulator, token: str, *, remote: bool = False, is_worker: bool = False) -> None:
        """Put the control endpoints of an emulator beside its endpoint.

        Args:
            emulator: The emulator.
            token: Opens the control endpoints, and nothing else.
            remote: Whether they serve other machines too.
            is_worker: Whether other processes serve the same database at the same address.

        Raises:
            EmulatorError: If the token is one of the endpoint, or cannot stand in a header.
        """
        if not isinstance(bearer_token([(b"authorization", f"Bearer {token}".encode())]), str):
            raise EmulatorError("The token of the control endpoints may have letters, digits and -._~+/ only.")
        if token in emulator._storage.tokens():
            raise EmulatorError("The token of the control endpoints is one of the API's: choose another.")
        self.emulator, self._token, self._remote, self._is_worker = emulator, token, remote, is_worker
        document = json.loads(_DOCUMENT.read_bytes())
        document["components"]["schemas"]["Permission"]["enum"] = sorted(emulator._contract.permissions)
        self.document = document
        self._contract = Contract(document, _DOCUMENT.name)
        # None of them is secret.
        self._files = {
            path: (_PACKAGE.joinpath("page", name).read_bytes(), content_type)
            for path, (name, content_type) in _PAGE.items()
        }
        self._files[b"/_emulator/openapi.json"] = json.dumps(document).encode(), responses.JSON
        self._files[b"/_emulator/contract.json"] = json.dumps(emulator._contract.document).encode(), responses.JSON
        self._validators = {each.id: RequestValidator(each, self._contract) for each in self._contract.operations()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        if scope["type"] != "http" or not (scope["path"] == "/" or scope["path"].startswith(_PREFIX)):
            await self.emulator.asgi(scope, receive, send)
            return
        started = time.perf_counter()
        response = self._refusal(scope) or await self._response(scope, receive)
        response.headers.update(_HEADERS)
        log_request(scope, response, started, self._contract)
        await send_response(scope, receive, send, response)

    def _refusal(self, scope: Scope) -> Response | None:
        """The response to a request from where there must be none."""
        if self._remote:
            return None
        if not _is_loopback((scope.get("server") or ("", 0))[0]):
            message = "The control endpoints serve this machine only: start the emulator with --remote-control"
            return gateway_error(403, 10403, message)
        # Another site's name can be made to lead here; then a browser would take this for that site.
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        if not _is_loopback(_host_name(host)):
            return gateway_error(421, 10421, "The control endpoints have no other host name than localhost")
        return None

    async def _response(self, scope: Scope, receive: Receive) -> Response:
        path = raw_path(scope)
        if self._is_worker and path in _PAGE:
            return gateway_error(404, responses.NO_ROUTE, f"There is no page{_WITH_WORKERS}")
        if path in self._files:
            if scope["method"] != "GET":
                return _not_allowed(scope, "GET")
            return Response(200, *self._files[path])
        token = bearer_token(scope["headers"])
        if isinstance(token, Response):
            return token
        if not hmac.compare_digest(token, self._token):
            return unknown_token()
        found = self._contract.match(path)
        if found is None:
            return gateway_error(
                404, responses.NO_ROUTE, f"There is no such control endpoint; see {_PREFIX}openapi.json"
            )
        route, values = found
        operation = route.operations.get(scope["method"])
        if operation is None:
            return _not_allowed(scope, route.allow)
        if self._is_worker and operation.id in OF_ONE_PROCESS:
            return gateway_error(409, 10409, f"Only one of the workers would do this{_WITH_WORKERS}")
        request = await read_request(self._validators[operation.id], values, scope, receive)
        if isinstance(request, Response):
            return request
        query, body = request
        if body and body.get("token") == self._token:
            return gateway_error(409, 10409, "This token opens the control endpoints: choose another")
        return await self._perform(operation.id, {**query, **(body or {})})

    async def _perform(self, operation_id: str, arguments: Mapping[str, Any]) -> Response:
        try:
            # In a thread, so that a large request does not stop the endpoint.
            return await asyncio.to_thread(OPERATIONS[operation_id], self.emulator, **arguments)
        except EmulatorError as error:
            status = next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 400)
            return gateway_error(status, 10000 + status, str(error))
        except Exception:
            _log.exception("The emulator failed at %s", operation_id)
            return gateway_error(500, 10500, "The emulator failed; its log has the reason.")


def _not_allowed(scope: Scope, allow: str) -> Response:
    return gateway_error(405, 10405, f"Method {scope['method']} is not allowed here", {"Allow": allow})


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _host_name(host: str) -> str:
    """The name in a `Host` header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
