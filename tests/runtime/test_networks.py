"""Proxies, certificates and redirects that cannot work: the error comes at once and names what is wrong."""

from __future__ import annotations

import socket

import pytest

from realtimekit import ConfigurationError, ConnectError
from tests.clients import Api, Connect

from .scripted import CERTIFICATE, PAGE, Act, Connection, Serve, page, response, send


def together(*parts: bytes) -> Act:
    """Send parts that are TLS records of their own, and arrive together."""

    def act(connection: Connection) -> None:
        _hold(connection, held=True)
        for part in parts:
            connection.send(part)
        _hold(connection, held=False)

    return act


def _hold(connection: Connection, *, held: bool) -> None:
    if hasattr(socket, "TCP_CORK"):
        connection.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, held)


def connect_error(api: Api) -> ConnectError:
    with pytest.raises(ConnectError) as caught:
        api.first_page()
    return caught.value


def test_a_certificate_that_is_not_trusted_is_named_at_once(serve: Serve, connect: Connect) -> None:
    error = connect_error(connect(serve(page(), tls=True).url))
    assert "certificate is not trusted" in str(error)
    assert "SSL_CERT_FILE" in str(error)
    assert (error.at_fault, error.attempts) == ("certificate", 1)


def test_a_certificate_that_the_environment_names_is_trusted(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert connect(serve(page(), tls=True).url).first_page().success


def test_a_response_that_nobody_asked_for_is_noticed_in_tls(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    other = {**PAGE, "data": [{**PAGE["data"][0], "title": "nobody asked"}]}
    api = connect(serve(together(response(200, PAGE), response(200, other)), page(), tls=True).url)
    assert [api.first_page().data[0].title for _ in range(2)] == ["Monday"] * 2


def test_a_proxy_that_refuses_is_named_at_once(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(send(response(407, b"")))
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:password@127.0.0.1:{proxy.port}")
    error = connect_error(connect("https://api.example"))
    assert f"proxy http://127.0.0.1:{proxy.port}" in str(error)
    assert "407" in str(error)
    assert "password" not in str(error)
    assert (error.at_fault, error.attempts) == ("proxy", 1)
    assert [(request.method, request.target) for request in proxy.requests] == [("CONNECT", "api.example:443")]
    assert "proxy-authorization" in proxy.requests[0].headers
    assert "authorization" not in proxy.requests[0].headers


def test_a_proxy_that_is_not_there_is_named(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{port}")
    error = connect_error(connect("https://api.example", max_retries=1))
    assert f"proxy http://127.0.0.1:{port}" in str(error)
    assert error.attempts == 2


def test_no_proxy_is_heeded(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "localhost")
    assert "certificate" in str(connect_error(connect(serve(page(), tls=True).url)))


@pytest.mark.parametrize(
    "proxy", ["http://a..b:1", "nonsense://x", "socks5://127.0.0.1:1", "http://me:sec/ret@x:1", "me:sec ret@x:port"]
)
def test_a_proxy_that_cannot_be_used_is_named(connect: Connect, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConfigurationError, match="proxy") as caught:
        connect("https://api.example").first_page()
    assert "sec" not in str(caught.value)


def test_cookies_are_not_sent_back(serve: Serve, connect: Connect) -> None:
    server = serve(page(set_cookie="a=b; Path=/"))
    api = connect(server.url)
    api.first_page()
    api.first_page()
    assert all("cookie" not in request.headers for request in server.requests)


def test_a_client_of_your_own_has_nothing_to_do_with_the_proxy_of_the_environment(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://a..b:1")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    made = connect("http://127.0.0.1:1")
    http = made.http(trust_env=False)
    error = connect_error(connect(f"https://127.0.0.1:{port}", http_client=http, max_retries=0))
    assert "proxy" not in str(error)
    made.close(http)
