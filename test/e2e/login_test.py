"""The way in: its language, and its cookie behind a front door that ends TLS."""

import re

from harness import equal, main, test

PUBLIC = "https://dursor.example.com"
BEHIND_TLS = {"DURSOR_PUBLIC_URL": PUBLIC}


def page(server, **headers):
    return server.ask("GET", "/login", headers={"Accept": "text/html", **headers}, token=False)


def signed_in(server, **headers):
    came = server.ask("POST", "/login", {"code": server.login.rsplit("#", 1)[1]}, headers=headers, token=False)
    equal(came.status, 204)
    return came.headers["Set-Cookie"]


@test
def it_speaks_the_language_that_the_browser_asks_for(box):
    server = box.serve()
    english, japanese = page(server), page(server, **{"Accept-Language": "ja-JP,ja;q=0.9,en;q=0.8"})
    assert b'<html lang="en">' in english.body and b">Sign in</h1>" in english.body
    assert b'<html lang="ja">' in japanese.body and ">サインイン</h1>".encode() in japanese.body
    for answer in (english, japanese):
        equal((answer.headers["Vary"], answer.headers["Cache-Control"]), ("Accept-Language", "no-cache"))
    assert english.headers["ETag"] != japanese.headers["ETag"]
    words = [dict(re.findall(rb'data-(\w+)="([^"]+)"', answer.body)) for answer in (english, japanese)]
    equal(set(words[0]), set(words[1]))
    assert not set(words[0].values()) & set(words[1].values())
    refused = [server.ask("POST", "/login", {"code": "none"}, token=False), server.ask("POST", "/login", {"code": ""}, token=False),
               server.ask("POST", "/login", {"code": "x"}, headers={"Host": "evil.example"}, token=False),
               server.ask("POST", "/login", {"code": "x"}, headers={"Origin": "https://evil.example"}, token=False)]
    for answer in refused:
        assert answer.json["code"].encode() in words[1], answer.json


@test
def behind_tls_the_cookie_is_for_this_host_over_tls_alone(box):
    server = box.serve("--demo", settings=BEHIND_TLS)
    assert server.login.startswith(f"{PUBLIC}/login#"), server.login
    cookie = signed_in(server, Host="dursor.example.com", Origin=PUBLIC)
    assert re.fullmatch(r"__Host-dursor_session=[^;]+; Path=/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure", cookie), cookie
    held = cookie.split(";")[0]
    ours = {"Host": "dursor.example.com", "Origin": PUBLIC}
    equal(server.ask("GET", "/v1/models", headers={**ours, "Cookie": held}, token=False).status, 200)
    equal(server.ask("GET", "/v1/models", headers={**ours, "Cookie": held.removeprefix("__Host-")}, token=False).status, 401)
    rewritten = server.ask("GET", "/v1/models", headers={"Origin": PUBLIC, "Cookie": held}, token=False)
    equal((rewritten.status, rewritten.headers["Access-Control-Allow-Origin"]), (200, PUBLIC))
    taken = server.ask("POST", "/logout", headers={**ours, "Cookie": held}, token=False).headers["Set-Cookie"]
    assert taken.startswith("__Host-dursor_session=; Path=/;") and "Max-Age=0" in taken and taken.endswith("; Secure"), taken
    assert box.run("token", "--login", settings={**BEHIND_TLS, "DURSOR_PORT": str(server.port)}).stdout.startswith(f"{PUBLIC}/login#")


@test
def on_loopback_the_cookie_is_plain_and_nothing_is_believed_of_a_proxy(box):
    server = box.serve()
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "dursor.example.com", "Forwarded": "proto=https;host=dursor.example.com"}
    cookie = signed_in(server, **forged)
    assert re.fullmatch(r"dursor_session=[^;]+; Path=/; HttpOnly; SameSite=Strict; Max-Age=\d+", cookie), cookie
    held = {"Cookie": cookie.split(";")[0]}
    equal(server.ask("GET", "/v1/models", headers=held, token=False).status, 200)
    for asked in ({"Host": "evil.example", "X-Forwarded-Host": "localhost"}, {"Origin": "https://dursor.example.com", **forged}):
        equal(server.ask("GET", "/v1/models", headers={**held, **asked}, token=False).status, 403)


@test
def a_public_address_that_is_none_ends_the_start_with_its_name(box):
    for bad in ("dursor.example.com", "https://dursor.example.com/path", "ftp://dursor.example.com", "https://*.example.com"):
        said = box.run("config", settings={"DURSOR_PUBLIC_URL": bad}, status=2)
        assert "DURSOR_PUBLIC_URL" in said.stderr and "for example" in said.stderr, said.stderr


if __name__ == "__main__":
    main()
