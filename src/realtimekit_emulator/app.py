"""The endpoint as an ASGI application.

The order of its checks is the service's: authentication, method, permission, validation, app.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Mapping

from . import responses
from .asgi import (
    Headers,
    Receive,
    Scope,
    Send,
    bearer_token,
    log_request,
    raw_path,
    read_request,
    send_response,
    unknown_token,
)
from .cache import Cache
from .contract import Contract, Operation
from .controls import Controls, RecordedRequest
from .errors import DatabaseError, EmulatorError
from .examples import example_response
from .meetings import HANDLERS, filters_of
from .responses import Response
from .storage import Token
from .validation import RequestValidator

__all__ = ["EmulatorApp"]

_log = logging.getLogger(__name__)
_PREFERRED_CODE = re.compile(r'(?:^|[,;\s])code\s*=\s*"?(\d{3})"?\s*(?:$|[,;])')
_MAX_SHOWN_PATH = 200
# The vendor's older credentials too, which a client may send by mistake.
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-auth-key", "x-auth-user-service-key"})


class EmulatorApp:
    """An ASGI application. `controls` can be replaced at any time."""

    def __init__(self, contract: Contract, cache: Cache, controls: Controls) -> None:
        """Compile the contract.

        Raises:
            EmulatorError: If a schema in the contract is broken.
        """
        self.controls = controls
        self._contract = contract
        self._cache = cache
        self._validators = {id(each): RequestValidator(each, contract) for each in contract.operations()}
        self._filters = {name: filters_of(handler) for name, handler in HANDLERS.items()}
        self._ignored_filters: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        if scope["type"] != "http":
            raise NotImplementedError(f"the emulator supports http, not {scope['type']}")
        started = time.perf_counter()
        controls = self.controls
        record = _record(scope, controls)
        if controls.latency > 0:
            await asyncio.sleep(controls.latency)
        response = controls.next_fault()
        if response is None:
            try:
                response = await self._response(scope, receive, controls)
            except EmulatorError as error:
                _log.error("%s", error)
                response = responses.service_error(503 if isinstance(error, DatabaseError) else 500, str(error))
            except Exception:
                _log.exception("The emulator failed at %s %s", scope["method"], scope["path"])
                response = responses.service_error(500, "The emulator failed; its log has the reason.")
        if record is not None:
            record.status = response.status
        log_request(scope, response, started, self._contract)
        await send_response(scope, receive, send, response)

    async def _response(self, scope: Scope, receive: Receive, controls: Controls) -> Response:
        sent_path = raw_path(scope)
        headers: Headers = scope["headers"]
        found = self._contract.match(sent_path)
        if found is None:
            shown = sent_path.decode("latin-1")[:_MAX_SHOWN_PATH]
            message = f"Could not route to {shown}, perhaps your object identifier is invalid?"
            return responses.gateway_error(404, responses.NO_ROUTE, message)
        route, path = found
        operation = route.operations.get(scope["method"])
        self._cache.refresh()

        token: Token | None = None
        limits: dict[str, str] = {}
        if route.is_secured if operation is None else operation.is_secured:
            authenticated = self._authenticate(headers)
            if isinstance(authenticated, Response):
                return authenticated
            name, token = authenticated
            if controls.quota is not None:
                is_within, left, seconds = controls.quota.spend(name)
                limits = {"Ratelimit": f'"default";r={left};t={seconds}', "Ratelimit-Policy": controls.quota.policy}
                if not is_within:
                    message = "Please wait and consider throttling your request speed"
                    return responses.gateway_error(429, 10429, message, {"Retry-After": str(seconds), **limits})
        if operation is None:
            message = f"Method {scope['method']} is not allowed here"
            response = responses.gateway_error(405, 10405, message, {"Allow": route.allow})
        elif (preferred := self._preferred(operation, headers)) is not None:
            response = preferred
        elif not _is_permitted(operation, token, path):
            response = responses.gateway_error(403, responses.AUTHENTICATION_ERROR, "Authentication error")
        else:
            response = await self._perform(operation, path, scope, receive)
        response.headers.update(limits)
        return response

    def _authenticate(self, headers: Headers) -> Response | tuple[str, Token | None]:
        """The token that was sent, and its rights; or else the response to a request without a valid one."""
        name = bearer_token(headers)
        if isinstance(name, Response):
            return name
        token = self._cache.token(name)
        return unknown_token() if token is None else (name, token)

    def _preferred(self, operation: Operation, headers: Headers) -> Response | None:
        """The response that `Prefer: code=429` asks for; None without such a header, or if its code makes no sense."""
        for name, value in headers:
            if name == b"prefer" and (match := _PREFERRED_CODE.search(value.decode("latin-1"))):
                code = match.group(1)
                if 400 <= int(code) <= 599:
                    response = responses.usual_error(int(code))
                elif code in operation.responses:
                    response = example_response(operation, code)
                else:
                    return None
                if code == "429":
                    response.headers["Retry-After"] = "1"
                response.headers["Preference-Applied"] = f"code={code}"
                return response
        return None

    async def _perform(self, operation: Operation, path: Mapping[str, str], scope: Scope, receive: Receive) -> Response:
        request = await read_request(self._validators[id(operation)], path, scope, receive)
        if isinstance(request, Response):
            return request
        query, _ = request
        app = None
        if "account_id" in path and "app_id" in path:
            app = self._cache.app(path["account_id"], path["app_id"])
            if app is None:
                return responses.service_error(404, "App not found")
        if operation.id not in HANDLERS or app is None:
            return example_response(operation)
        filters = self._filters[operation.id]
        for name in sorted(query.keys() - filters - self._ignored_filters):
            self._ignored_filters.add(name)
            _log.warning("the emulator has no code for the filter `%s`: it is ignored", name)
        given = {name: query[name] for name in filters if query.get(name) is not None}
        return HANDLERS[operation.id](app, self._cache, self.controls.max_per_page, **given)


def _is_permitted(operation: Operation, token: Token | None, path: Mapping[str, str]) -> bool:
    """Whether a token has one of the operation's permissions, and the account in the path."""
    if token is None:
        return True
    account_id = path.get("account_id")
    has_permission = not operation.permissions or bool(operation.permissions & token.permissions)
    return has_permission and (account_id is None or account_id in token.accounts)


def _record(scope: Scope, controls: Controls) -> RecordedRequest | None:
    if controls.requests is None:
        return None
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name in _SECRET_HEADERS:
            scheme, space, _ = value.partition(" ")
            value = f"{scheme} ***" if space and name.endswith("authorization") else "***"
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    path = raw_path(scope).decode("latin-1")
    record = RecordedRequest(scope["method"], path, scope["query_string"].decode("latin-1"), headers)
    controls.requests.append(record)
    return record
