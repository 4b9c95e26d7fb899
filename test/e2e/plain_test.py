"""A run as a page for reading only."""

import base64
import hashlib
import re
import urllib.parse

from given import ADD, Scripted
from harness import comparison, ended, equal, main, test

HOSTILE = "Add a file <script>alert(1)</script> \"quoted\" & 'more'"
PAGE = {"Accept": "text/html"}


def given_page(box, answers=ADD, instruction=HOSTILE, files=None, **headers):
    with Scripted(box, answers) as model:
        server = box.serve(settings=model.settings)
        _, [run] = comparison(server, box.repository(files), instruction, models=["env-1"])
        equal(ended(server, run)["status"], "succeeded")
    return server, run, server.ask("GET", f"/runs/{run}/plain", headers={**PAGE, **headers})


@test
def it_shows_the_run_escaped_and_without_scripts(box):
    server, run, answer = given_page(box)
    equal((answer.status, answer.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
    page = answer.body.decode()
    assert "Add a file &lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot; &amp; &#39;more&#39;" in page
    assert "<script" not in page and not re.search(r"<[^>]+ (on\w+|style)=", page)
    for part in ("Succeeded", "scripted", "added.txt", "<ins>+added</ins>", "As asked.", '<html lang="en">'):
        assert part in page, part
    equal(answer.headers["X-Robots-Tag"], "noindex, nofollow")
    equal((answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]), ("no-referrer", "no-store"))
    assert '<meta name="robots" content="noindex' in page


@test
def its_policy_lets_in_its_own_style_and_nothing_else(box):
    _, _, answer = given_page(box)
    [style] = re.findall(r"<style>(.*?)</style>", answer.body.decode(), re.DOTALL)
    own = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    equal(answer.headers["Content-Security-Policy"],
          f"default-src 'none'; style-src 'sha256-{own}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")


@test
def why_a_run_failed_is_said_in_the_language_that_is_asked_for(box):
    server = box.serve(settings={"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_MODEL": "gone",
                                 "DURSOR_LLM_TRIES": "1", "DURSOR_JOB_TRIES": "1"})
    _, [run] = comparison(server, box.repository(), "Add a file", models=["env-1"])
    equal(ended(server, run)["status"], "failed")
    asked = {language: server.ask("GET", f"/runs/{run}/plain", headers={**PAGE, "Accept-Language": language}).body.decode()
             for language in ("en", "ja")}
    assert "openai cannot be reached. Check the address" in asked["en"], asked["en"]
    assert "openai につながりません。" in asked["ja"] and "cannot be reached" not in asked["ja"], asked["ja"]


@test
def it_speaks_japanese_to_whom_asks_for_it(box):
    _, _, answer = given_page(box, **{"Accept-Language": "ja,en;q=0.5"})
    page = answer.body.decode()
    assert '<html lang="ja">' in page and "成功" in page and "指示" in page and "Succeeded" not in page
    equal(answer.headers["Vary"], "Accept-Language")


@test
def without_a_session_there_is_only_the_way_in(box):
    server, run, _ = given_page(box)
    path = f"/runs/{run}/plain"
    answer = server.ask("GET", path, headers=PAGE, token=False)
    equal((answer.status, answer.headers["Location"], answer.body), (303, f"/login?next={urllib.parse.quote(path, safe='')}", b""))
    equal(server.ask("GET", path, token=False).status, 401)
    equal(server.ask("GET", "/runs/00000000-0000-7000-8000-000000000000/plain", headers=PAGE).status, 404)


@test
def a_change_too_long_for_the_page_is_cut_with_words(box):
    long = "".join(f"line {number} of many\n" for number in range(80000))
    _, _, answer = given_page(box, {"Drop it": [{"op": "delete", "path": "long.txt"}]}, "Drop it", {"long.txt": long})
    page = answer.body.decode()
    assert "<del>-line 1 of many</del>" in page and "line 79999 of many" not in page
    assert "too long for this page and is cut here" in page
    assert len(page) < 4 << 20, len(page)


if __name__ == "__main__":
    main()
