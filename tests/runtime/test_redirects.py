"""Redirects are followed within the origin, and never to another one."""

from __future__ import annotations

import pytest

from realtimekit import RedirectError
from realtimekit_runtime.operations import Operation
from tests.clients import TOKEN, Connect

from .scripted import Act, Connection, Serve, page, response, send


def redirect(to: str, status: int = 302) -> Act:
    """Redirect; `{port}` in the URL is the server's own."""

    def act(connection: Connection) -> None:
        connection.send(response(status, location=to.replace("{port}", str(connection.server.port))))

    return act


@pytest.mark.parametrize(
    ("to", "status"),
    [
        *(("/x?a=b", status) for status in (301, 302, 303, 307, 308)),
        ("//127.0.0.1:{port}/x?a=b", 302),
        ("http://127.0.0.1:{port}/x?a=b", 302),
        ("HTTP://127.0.0.1:{port}/x?a=b#part", 302),
        ("http://somebody:secret@127.0.0.1:{port}/x?a=b", 302),
        ("http://elsewhere.example@127.0.0.1:{port}/x?a=b", 302),
    ],
)
def test_a_redirect_within_the_origin_is_followed(serve: Serve, connect: Connect, to: str, status: int) -> None:
    server = serve(redirect(to, status), page())
    assert connect(server.url).first_page().success
    assert [request.method for request in server.requests] == ["GET", "GET"]
    assert server.requests[1].target == "/x?a=b"
    assert server.requests[1].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:{other}/x",
        "//127.0.0.1:{other}/x",
        "http://localhost:{other}/x",
        "http://localhost:{port}/x",
        "https://127.0.0.1:{port}/x",
        "http://127.0.0.1/x",
        "http://127.0.0.1:{port}@127.0.0.1:{other}/x",
        "http://127.0.0.1:{port}\\@127.0.0.1:{other}/x",
        "http://[::1]:{other}/x",
        "http://elsewhere.example/x",
        "http://[",
        "http://127.0.0.1:{port}9999/x",
        "ftp://127.0.0.1:{port}/x",
    ],
)
def test_a_redirect_to_another_origin_never_sees_the_token(serve: Serve, connect: Connect, to: str) -> None:
    other = serve(page())
    server = serve(redirect(to.replace("{other}", str(other.port))))
    with pytest.raises(RedirectError) as caught:
        connect(server.url).first_page()
    assert caught.value.status == 302
    assert (len(server.requests), len(other.requests)) == (1, 0)


def test_an_http_client_that_follows_redirects_does_not_show_the_token_to_another_origin(
    serve: Serve, connect: Connect
) -> None:
    other = serve(page())
    server = serve(redirect(f"{other.url}/x"))
    http = connect(server.url).http(follow_redirects=True)
    api = connect(server.url, http_client=http)
    with pytest.raises(RedirectError, match="another origin"):
        api.first_page()
    api.close(http)
    assert (len(server.requests), len(other.requests)) == (1, 0)


def test_a_redirect_loop_ends(serve: Serve, connect: Connect) -> None:
    server = serve(redirect("/round/and/round"))
    with pytest.raises(RedirectError, match="more than 5 times"):
        connect(server.url).first_page()
    assert len(server.requests) == 6


def test_a_fault_after_a_redirect_is_retried(serve: Serve, connect: Connect) -> None:
    server = serve(redirect("/x"), send(response(503, b"")), page())
    assert connect(server.url, max_retries=1).first_page().success
    assert [request.target for request in server.requests[1:]] == ["/x", "/x"]


@pytest.mark.parametrize(
    "data",
    [
        response(304, b""),
        response(302, b""),
        response(300, b"", location="/x"),
        *(
            response(302, b"", location=location)
            for location in ("javascript:alert(1)", "https://xn--a", "http://[", "//a..b/", "https://\x7f")
        ),
    ],
)
def test_a_redirect_without_a_usable_location_is_an_error(serve: Serve, connect: Connect, data: bytes) -> None:
    server = serve(send(data))
    with pytest.raises(RedirectError):
        connect(server.url).first_page()
    assert len(server.requests) == 1


def test_a_request_that_writes_is_not_redirected(serve: Serve, connect: Connect) -> None:
    server = serve(redirect("/x"), page())
    with pytest.raises(RedirectError):
        connect(server.url).request(Operation("create_thing", "POST", "/things", response=lambda: None))
    assert len(server.requests) == 1
