"""The scripted GitHub as a process beside the tests of the pages, with what a person does on its own pages: a form
that makes a pull request, and the pull request that comes of it.

    DURSOR_TEST_ROOT=… DURSOR_BINARY=… python3 test/e2e/github_serve.py

Its first line tells {"web": address, "app": settings, "token": settings}. Then a line of JSON in, a line of JSON out,
until the input ends: ["repository", "octo/app"], ["set", "octo/app", {"archived": true}], ["permit", {…}],
["pulls", "octo/app"], ["merge", "octo/app", 1], ["commit", "octo/app", "main", "a.txt", "a"], ["faults"].
"""

import html
import json
import re
import sys
import time
import urllib.parse

from demo import demo_files
from github import Door, Github
from harness import Box

PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>{0}</title><link rel="icon" href="data:,"><h1>{0}</h1>{1}</html>'
FORM = """<form method="post"><p><label>Title <input name="title" value="{}"></label></p>
<p><label>Description <textarea name="body">{}</textarea></label></p><button>Create pull request</button></form>"""


class Site(Door):
    """Besides the API and git: the pages that a person sees."""

    def git(self, parsed):
        compared = re.fullmatch(r"/([\w.-]+/[\w.-]+)/compare/(\S+?)\.\.\.(\S+)", urllib.parse.unquote(parsed.path))
        pull = re.fullmatch(r"/([\w.-]+/[\w.-]+)/pull/(\d+)", parsed.path)
        if compared:
            return self.compare(*compared.groups())
        return self.show(*pull.groups()) if pull else super().git(parsed)

    def compare(self, name, base, head):
        if self.command == "POST":
            typed = dict(urllib.parse.parse_qsl(self.body.decode()))
            made = self.hub.add_pull(name, head, base, typed["title"], typed.get("body", "").replace("\r\n", "\n"))
            return self.answer(303, b"", {"Location": f"/{name}/pull/{made['number']}"})
        form = FORM.format(*(html.escape(self.query.get(field, "")) for field in ("title", "body")))
        return self.page_of("Open a pull request", form)

    def show(self, name, number):
        pull = self.hub.pulls[name][int(number) - 1]
        return self.page_of(pull["title"], f"<pre>{html.escape(pull['body'])}</pre>")

    def page_of(self, title, content):
        page = PAGE.format(html.escape(title), content)
        return self.answer(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


def merge(hub, name, number):
    """As the button on GitHub's page does, where nothing else has happened to the base."""
    pull = hub.pulls[name][number - 1]
    hub.git(name, "update-ref", f"refs/heads/{pull['base']}", hub.head(name, pull["head"]))
    pull.update(state="closed", merged_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(hub.now())), sha=hub.head(name, pull["head"]))


COMMANDS = {
    "repository": lambda hub, name: hub.repository(name, demo_files()),
    "set": lambda hub, name, facts: hub.repos[name].update(facts),
    "permit": lambda hub, permissions: hub.permissions.update(permissions),
    "pulls": lambda hub, name: [{**pull, "sha": hub.head(name, pull["head"])} for pull in hub.pulls[name]],
    "merge": merge,
    "commit": lambda hub, *arguments: hub.commit_on(*arguments),
    "faults": lambda hub: hub.faults,
}


def main():
    with Box() as box:
        hub = Github(box)
        hub.server.RequestHandlerClass = type("Handler", (Site,), {"hub": hub})
        print(json.dumps({"web": hub.web, "app": hub.app_settings(), "token": hub.token_settings()}), flush=True)
        for line in sys.stdin:
            command, *arguments = json.loads(line)
            with hub.lock:
                print(json.dumps(COMMANDS[command](hub, *arguments)), flush=True)
        hub.close()


if __name__ == "__main__":
    main()
