"""The files of the web application as the server gives them. They were built by ./dev pages before."""

import gzip
import re

from harness import equal, main, test

HTML = {"Accept": "text/html,application/xhtml+xml"}


def page(server, path="/", **headers):
    return server.ask("GET", path, headers={**HTML, **headers}, token=False)


def script_of(server):
    """The address of the application's first script."""
    return re.search(r'src="(/assets/[^"]+\.js)"', page(server).body.decode())[1]


@test
def each_path_of_a_page_gives_the_application_with_a_nonce_of_its_own(box):
    server = box.serve("--demo")
    nonces = set()
    for path in ("/", "/tasks/00000000-0000-7000-8000-000000000000", "/board", "/settings/models"):
        answer = page(server, path, **{"Accept-Encoding": "br, gzip"})
        equal(answer.status, 200)
        nonce = re.search(r'<meta name="csp-nonce" content="(\w{32})"', answer.body.decode())[1]
        policy = answer.headers["Content-Security-Policy"]
        assert f"style-src 'self' 'nonce-{nonce}'" in policy and "script-src 'self';" in policy, policy
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe-eval" not in policy, policy
        equal(answer.headers["Cache-Control"], "no-store")
        equal(answer.headers["ETag"], None)
        equal(answer.headers["Content-Encoding"], None)
        equal(answer.headers["X-Content-Type-Options"], "nosniff")
        nonces.add(nonce)
    equal(len(nonces), 4)


@test
def a_hashed_file_is_kept_for_ever_and_comes_compressed(box):
    server = box.serve("--demo")
    path = script_of(server)
    plain = server.ask("GET", path, token=False)
    equal(plain.headers["Cache-Control"], "public, max-age=31536000, immutable")
    equal(plain.headers["Content-Type"], "text/javascript; charset=utf-8")
    equal(plain.headers["Content-Encoding"], None)
    packed = server.ask("GET", path, headers={"Accept-Encoding": "gzip"}, token=False)
    equal(packed.headers["Content-Encoding"], "gzip")
    equal(gzip.decompress(packed.body), plain.body)
    best = server.ask("GET", path, headers={"Accept-Encoding": "gzip, deflate, br"}, token=False)
    equal(best.headers["Content-Encoding"], "br")
    assert len(best.body) < len(packed.body) < len(plain.body)
    refused = server.ask("GET", path, headers={"Accept-Encoding": "br;q=0, gzip;q=0"}, token=False)
    equal(refused.body, plain.body)
    assert "Accept-Encoding" in refused.headers["Vary"]


@test
def what_the_browser_has_is_not_sent_again(box):
    server = box.serve("--demo")
    path = script_of(server)
    for coding in ("identity", "gzip", "br"):
        tag = server.ask("GET", path, headers={"Accept-Encoding": coding}, token=False).headers["ETag"]
        again = server.ask("GET", path, headers={"Accept-Encoding": coding, "If-None-Match": tag}, token=False)
        equal((again.status, again.body, again.headers["ETag"]), (304, b"", tag))
    equal(server.ask("GET", path, headers={"If-None-Match": '"other"'}, token=False).status, 200)
    theme = server.ask("GET", "/theme.js", token=False)
    equal((theme.status, theme.headers["Cache-Control"]), (200, "no-cache"))
    assert theme.headers["ETag"]


@test
def a_part_of_a_file_is_given(box):
    server = box.serve("--demo")
    path = script_of(server)
    whole = server.ask("GET", path, token=False).body

    def part(asked):
        answer = server.ask("GET", path, headers={"Range": asked, "Accept-Encoding": "br"}, token=False)
        return answer.status, answer.headers["Content-Range"], answer.body

    equal(part("bytes=10-19"), (206, f"bytes 10-19/{len(whole)}", whole[10:20]))
    equal(part(f"bytes={len(whole) - 3}-"), (206, f"bytes {len(whole) - 3}-{len(whole) - 1}/{len(whole)}", whole[-3:]))
    equal(part("bytes=-5"), (206, f"bytes {len(whole) - 5}-{len(whole) - 1}/{len(whole)}", whole[-5:]))
    equal(part(f"bytes=0-{len(whole) * 2}")[2], whole)
    equal(part(f"bytes={len(whole)}-"), (416, f"bytes */{len(whole)}", b""))
    for ignored in ("bytes=1-2,4-5", "lines=1-2", "bytes=a-b", "bytes=-", "bytes=--1"):
        equal(part(ignored), (200, None, whole))


@test
def what_is_no_page_and_no_file_is_said_in_the_way_of_the_api(box):
    server = box.serve("--demo")
    for path in ("/v1/nothing", "/api/nothing", "/assets/nothing.js", "/v1"):
        answer = server.ask("GET", path, headers=HTML)
        equal((answer.status, answer.json["detail"]), (404, "Not Found"))
    equal(server.ask("GET", "/assets/../theme.js", headers=HTML).status, 400)
    equal(server.ask("GET", "/nothing", headers={"Accept": "application/json"}).status, 404)
    equal(server.ask("POST", "/board", b"", headers=HTML).status, 404)
    equal(page(server, "/", Host="evil.example").status, 403)
    equal(page(server, "/theme.js", Host="evil.example").status, 403)


@test
def a_head_has_no_body(box):
    server = box.serve("--demo")
    path = script_of(server)
    for asked in (path, "/board"):
        answer = server.ask("HEAD", asked, headers=HTML, token=False)
        equal((answer.status, answer.body), (200, b""))


@test
def a_code_becomes_a_cookie_that_signing_out_takes_away(box):
    server = box.serve("--demo")
    code = server.login.rsplit("#", 1)[1]
    came = server.ask("POST", "/login", {"code": code}, token=False)
    equal(came.status, 204)
    cookie = came.headers["Set-Cookie"].split(";")[0]
    for origin in ("http", "https"):  # https: behind a front door that ends TLS
        own = {"Cookie": cookie, "Origin": f"{origin}://127.0.0.1:{server.port}"}
        equal(server.ask("GET", "/v1/models", headers=own, token=False).status, 200)
    equal(server.ask("GET", "/v1/models", headers={"Cookie": cookie, "Origin": "https://evil.example"}, token=False).status, 403)
    left = server.ask("POST", "/logout", headers={"Cookie": cookie}, token=False)
    equal(left.status, 204)
    assert "Max-Age=0" in left.headers["Set-Cookie"] and left.headers["Set-Cookie"].split(";")[0].endswith("="), left.headers["Set-Cookie"]


if __name__ == "__main__":
    main()
