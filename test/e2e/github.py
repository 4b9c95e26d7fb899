"""A scripted GitHub on loopback: its REST API below /api/v3, and real git over HTTP beside it.

    hub = Github(box)
    hub.repository("octo/app", files)
    box.serve("--demo", settings=hub.app_settings())

It checks each request as GitHub would, and each request and answer against GitHub's published description; what was
wrong is kept in hub.faults: a test ends with none. Answers hold all fields that the description requires.

    hub.force["POST", "/repos/octo/app/pulls"] = (403, {"Retry-After": "7"}, {"message": "…"})
    hub.after["POST", "/repos/octo/app/pulls"] = lambda: server.stop(SIGKILL)   # done, but not answered
"""

import base64
import email.utils
import fnmatch
import hashlib
import hmac
import json
import os
import re
import subprocess
import tempfile
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import github_description

APP_ID = "4711"
SECRET = "the secret of the webhook"
TOKEN = "github_pat_of_a_person"


def key_pair(folder):
    private, public = f"{folder}/app.pem", f"{folder}/app.pub"
    subprocess.run(["openssl", "genrsa", "-out", private, "2048"], check=True, capture_output=True)
    subprocess.run(["openssl", "rsa", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    return private, public


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Github:
    def __init__(self, box):
        self.box = box
        self.root = f"{box.home}/github"
        os.makedirs(self.root)
        self.private, self.public = key_pair(self.root)
        self.repos, self.pulls, self.installations = {}, {}, {}
        self.permissions = {"contents": "write", "pull_requests": "write", "metadata": "read"}
        self.tokens = {TOKEN: None}  # token to the owner it reaches; None: all
        self.scopes = None      # of the person's token when it is a classic one: "repo, workflow"
        self.asked, self.faults = [], []
        self.force, self.before, self.after = {}, {}, {}
        self.ahead = 0          # seconds that its clock is ahead of ours
        self.token_seconds = 3600
        self.lock = threading.RLock()
        handler = type("Handler", (Door,), {"hub": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]
        self.web = f"http://127.0.0.1:{self.port}"

    # ---- What a test says ----

    def settings(self):
        return {"DURSOR_GITHUB_API_URL": f"{self.web}/api/v3", "DURSOR_WEBHOOK_SECRET": SECRET}

    def app_settings(self):
        with open(self.private, "rb") as f:
            key = base64.b64encode(f.read()).decode()
        return {**self.settings(), "DURSOR_GITHUB_APP_ID": APP_ID, "DURSOR_GITHUB_APP_PRIVATE_KEY": key}

    def token_settings(self):
        return {**self.settings(), "DURSOR_GIT_TOKEN": TOKEN, "DURSOR_GIT_TOKEN_HOST": f"127.0.0.1:{self.port}"}

    def repository(self, name, files, installed=True, private=True):
        owner = name.split("/")[0]
        work = self.box.repository(files, name=f"work-{name.replace('/', '-')}")
        path = f"{self.root}/{name}.git"
        subprocess.run(["git", "clone", "-q", "--bare", work, path], check=True, capture_output=True)
        self.git(name, "config", "http.receivepack", "true")
        self.git(name, "config", "uploadpack.allowFilter", "true")
        self.git(name, "config", "uploadpack.allowAnySHA1InWant", "true")
        self.repos[name] = {"id": len(self.repos) + 1, "archived": False, "private": private, "push": True, "protected": []}
        self.pulls[name] = []
        if installed:
            self.installations.setdefault(owner, 100 + len(self.installations))
        return f"{self.web}/{name}.git"

    def git(self, name, *arguments):
        return self.box.git(f"{self.root}/{name}.git", *arguments).strip()

    def commit_on(self, name, branch, file, content):
        """Somebody pushes a commit to the branch."""
        with tempfile.TemporaryDirectory(dir=self.root) as folder:
            subprocess.run(["git", "clone", "-q", "-b", branch, f"{self.root}/{name}.git", folder], check=True, capture_output=True)
            with open(f"{folder}/{file}", "w") as f:
                f.write(content)
            self.box.git(folder, "add", "-A")
            self.box.git(folder, "commit", "-q", "-m", f"By hand: {file}")
            self.box.git(folder, "push", "-q", "origin", branch)
        return self.git(name, "rev-parse", branch)

    def deliver(self, server, event, payload, secret=SECRET, delivery=None, sign=True):
        named = {"X-GitHub-Event": event, "X-GitHub-Delivery": delivery or str(uuid.uuid4())}
        return self.tell(server, "/v1/webhooks/github", payload, secret if sign else None, named)

    def tell(self, server, path, payload, secret=SECRET, headers=None):
        """A signed POST; secret None: without a signature."""
        body = json.dumps(payload).encode()
        sent = {"Content-Type": "application/json", **(headers or {})}
        if secret is not None:
            sent["X-Hub-Signature-256"] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return server.ask("POST", path, body, sent, token=False)

    def count(self, method, path):
        return sum(1 for m, p, _ in self.asked if m == method and fnmatch.fnmatch(p, path))

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # ---- What GitHub knows ----

    def now(self):
        return time.time() + self.ahead

    def head(self, name, branch):
        ran = subprocess.run(["git", "-C", f"{self.root}/{name}.git", "rev-parse", "--verify", "-q", f"refs/heads/{branch}"],
                             capture_output=True, text=True)
        return ran.stdout.strip() or None

    def repo_view(self, name):
        repo = self.repos[name]
        owner, short = name.split("/")
        return {"id": repo["id"], "name": short, "full_name": name, "owner": {"login": owner}, "private": repo["private"],
                "archived": repo["archived"], "default_branch": "main", "permissions": {"push": repo["push"], "pull": True}}

    def pull_view(self, name, pull):
        if pull["state"] == "open":
            pull["sha"] = self.head(name, pull["head"]) or pull["sha"]
        return {"id": pull["number"] + 9000, "number": pull["number"], "html_url": f"{self.web}/{name}/pull/{pull['number']}",
                "state": pull["state"], "merged_at": pull["merged_at"], "merged": bool(pull["merged_at"]), "title": pull["title"],
                "body": pull["body"] or None, "draft": pull["draft"], "head": {"ref": pull["head"], "sha": pull["sha"]}, "base": {"ref": pull["base"]}}

    def add_pull(self, name, head, base="main", title="By hand", body="", draft=False):
        pull = {"number": len(self.pulls[name]) + 1, "state": "open", "merged_at": None, "title": title, "body": body, "draft": draft,
                "head": head, "base": base, "sha": self.head(name, head)}
        self.pulls[name].append(pull)
        return pull


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub = None

    def log_message(self, *arguments):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(self.hub.now(), usegmt=True)

    def fault(self, what):
        self.hub.faults.append(f"{self.command} {self.path}: {what}")

    def answer(self, status, body=None, headers=None):
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_any(self):
        self.body = self.read_body()
        parsed = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(parsed.query))
        if not parsed.path.startswith("/api/v3/"):
            return self.git(parsed)
        self.place = parsed.path[len("/api/v3"):]
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.hub.asked.append((self.command, self.place, token))
        self.check_request()
        key = (self.command, self.place)
        if key in self.hub.before:
            self.hub.before.pop(key)()
        if key in self.hub.force:
            status, headers, body = self.hub.force[key]
            return self.answer(status, body, headers)
        status, body, headers = self.route(token)
        body = self.described(status, body)
        if key in self.hub.after:
            self.hub.after.pop(key)()
        try:
            return self.answer(status, body, headers)
        except (BrokenPipeError, ConnectionError):
            return None

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any

    def read_body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def check_request(self):
        if self.headers.get("Accept") != "application/vnd.github+json":
            self.fault("Accept is not application/vnd.github+json")
        if self.headers.get("X-GitHub-Api-Version") != "2022-11-28":
            self.fault("X-GitHub-Api-Version is not 2022-11-28")
        if not self.headers.get("User-Agent"):
            self.fault("there is no User-Agent, which GitHub refuses")
        if self.command in ("POST", "PATCH") and self.body and self.headers.get("Content-Type") != "application/json":
            self.fault("a body that is not application/json")

        described = github_description.operation(self.command, self.place)
        for fault in described.request_faults(self.query, self.body) if described else ["no such operation"]:
            self.fault(fault)

    def described(self, status, body):
        """The answer as GitHub would send it."""
        described = github_description.operation(self.command, self.place)
        if not described:
            return body
        body = described.complete(status, body)
        for fault in described.answer_faults(status, body):
            self.fault(fault)
        return body

    # ---- Who ----

    def claim_wrong(self, token):
        """What is wrong with an App's claim; None when it is right."""
        parts = token.split(".")
        if len(parts) != 3:
            return "A JSON web token could not be decoded"
        head, claims = json.loads(unpadded(parts[0])), json.loads(unpadded(parts[1]))
        if head.get("alg") != "RS256" or str(claims.get("iss")) != APP_ID:
            return "Integration not found"
        now = self.hub.now()
        if claims["iat"] > now:
            return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        if claims["exp"] > now + 600:
            return "'Expiration time' claim ('exp') is too far in the future"
        if claims["exp"] < now:
            return "'Expiration time' claim ('exp') must be a numeric value representing the future time"
        with tempfile.TemporaryDirectory(dir=self.hub.root) as folder:
            with open(f"{folder}/sig", "wb") as f:
                f.write(unpadded(parts[2]))
            ran = subprocess.run(["openssl", "dgst", "-sha256", "-verify", self.hub.public, "-signature", f"{folder}/sig"],
                                 input=f"{parts[0]}.{parts[1]}".encode(), capture_output=True)
        return None if ran.returncode == 0 else "A JSON web token could not be decoded"

    def reaches(self, token, name):
        owner = name.split("/")[0]
        return token in self.hub.tokens and self.hub.tokens[token] in (None, owner)

    # ---- The API ----

    def route(self, token):
        with self.hub.lock:
            for method, pattern, act in ROUTES:
                match = re.fullmatch(pattern, self.place)
                if match and method == self.command:
                    if pattern == "/app" or pattern.startswith("/app/"):
                        wrong = self.claim_wrong(token)
                        if wrong:
                            return 401, {"message": wrong}, {}
                    elif token not in self.hub.tokens:
                        return 401, {"message": "Bad credentials"}, {}
                    return act(self, token, *match.groups())
        self.fault("no such operation")
        return 404, {"message": "Not Found"}, {}

    def page(self, rows, wrap=None):
        size, number = int(self.query.get("per_page", 30)), int(self.query.get("page", 1))
        if size > 100:
            self.fault("per_page is over 100")
        headers = {}
        if number * size < len(rows):
            headers["Link"] = f'<{self.hub.web}{self.path.split("?")[0]}?per_page={size}&page={number + 1}>; rel="next"'
        part = rows[(number - 1) * size:number * size]
        return 200, {"total_count": len(rows), wrap: part} if wrap else part, headers

    def list_installations(self, token):
        return self.page([{"id": id, "account": {"login": login}, "suspended_at": None, "repository_selection": "selected",
                           "permissions": self.hub.permissions}
                          for login, id in self.hub.installations.items()])

    def show_app(self, token):
        return 200, {"id": 1, "slug": "dursor-of-test"}, {}

    def show_user(self, token):
        return 200, {"id": 1, "login": "ann"}, {} if self.hub.scopes is None else {"X-OAuth-Scopes": self.hub.scopes}

    def new_token(self, token, id):
        owner = {str(v): k for k, v in self.hub.installations.items()}.get(id)
        if not owner:
            return 404, {"message": "Not Found"}, {}
        made = f"ghs_{uuid.uuid4().hex}"
        self.hub.tokens[made] = owner
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.hub.now() + self.hub.token_seconds))
        return 201, {"token": made, "expires_at": end, "permissions": {"contents": "write", "pull_requests": "write"}}, {}

    def installation_repos(self, token):
        owner = self.hub.tokens[token]
        return self.page([self.hub.repo_view(n) for n in self.hub.repos if n.split("/")[0] == owner], "repositories")

    def user_repos(self, token):
        return self.page([self.hub.repo_view(n) for n in self.hub.repos])

    def known(self, token, name):
        return name in self.hub.repos and self.reaches(token, name)

    def show_repo(self, token, name):
        return (200, self.hub.repo_view(name), {}) if self.known(token, name) else (404, {"message": "Not Found"}, {})

    def list_branches(self, token, name):
        if not self.known(token, name):
            return 404, {"message": "Not Found"}, {}
        names = self.hub.git(name, "for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n")
        return self.page([{"name": n, "commit": {"sha": self.hub.head(name, n)}, "protected": False} for n in names])

    def list_pulls(self, token, name):
        if not self.known(token, name):
            return 404, {"message": "Not Found"}, {}
        owner, _, head = self.query.get("head", "").partition(":")
        if owner != name.split("/")[0]:
            self.fault("head is not owner:branch")
        rows = [p for p in reversed(self.hub.pulls[name]) if p["head"] == head and self.query.get("base", p["base"]) == p["base"]]
        return self.page([self.hub.pull_view(name, p) for p in rows])

    def refuse(self, message, **error):
        return 422, {"message": "Validation Failed", "errors": [{"resource": "PullRequest", **error, **({"message": message} if message else {})}]}, {}

    def create_pull(self, token, name):
        if not self.known(token, name):
            return 404, {"message": "Not Found"}, {}
        asked = json.loads(self.body)
        if set(asked) - {"title", "body", "head", "base", "draft", "maintainer_can_modify"}:
            self.fault(f"unknown keys {sorted(asked)}")
        if self.hub.repos[name]["archived"]:
            return 403, {"message": "Repository was archived so is read-only."}, {}
        if not self.hub.repos[name]["push"]:
            return 403, {"message": "Resource not accessible by integration"}, {}
        head, base = self.hub.head(name, asked["head"]), self.hub.head(name, asked["base"])
        if not head or not base:
            return self.refuse(None, field="base" if head else "head", code="invalid")
        if any(p["state"] == "open" and p["head"] == asked["head"] and p["base"] == asked["base"] for p in self.hub.pulls[name]):
            return self.refuse(f"A pull request already exists for {name.split('/')[0]}:{asked['head']}.", code="custom")
        if head == base:
            return self.refuse(f"No commits between {asked['base']} and {asked['head']}", code="custom")
        pull = self.hub.add_pull(name, asked["head"], asked["base"], asked["title"], asked.get("body", ""), asked.get("draft", False))
        return 201, self.hub.pull_view(name, pull), {}

    def one(self, token, name, number):
        found = [p for p in self.hub.pulls.get(name, ()) if p["number"] == int(number)]
        return found[0] if found and self.known(token, name) else None

    def show_pull(self, token, name, number):
        pull = self.one(token, name, number)
        return (200, self.hub.pull_view(name, pull), {}) if pull else (404, {"message": "Not Found"}, {})

    def edit_pull(self, token, name, number):
        pull = self.one(token, name, number)
        if not pull:
            return 404, {"message": "Not Found"}, {}
        asked = json.loads(self.body)
        if set(asked) - {"title", "body", "state", "base"}:
            self.fault(f"unknown keys {sorted(asked)}")
        pull.update(asked)
        return 200, self.hub.pull_view(name, pull), {}

    # ---- git ----

    def git(self, parsed):
        match = re.fullmatch(r"/([\w.-]+/[\w.-]+?)(?:\.git)?(/(?:info/refs|git-\w+-pack))", parsed.path)
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        user, _, token = base64.b64decode(value).decode().partition(":") if kind == "Basic" else ("", "", "")
        if self.hub.web.split("//")[1] != self.headers.get("Host"):
            self.fault("another host")
        if not match or match[1] not in self.hub.repos:
            return self.answer(404, b"", {})
        name, repo = match[1], self.hub.repos[match[1]]
        writes = "git-receive-pack" in self.path
        if (repo["private"] or writes) and not token:
            return self.answer(401, b"", {"WWW-Authenticate": 'Basic realm="GitHub"'})
        if token and (user != "x-access-token" or not self.reaches(token, name)):
            return self.answer(401, b"", {"WWW-Authenticate": 'Basic realm="GitHub"'})
        if writes and (repo["archived"] or not repo["push"]):
            return self.answer(403, b"Write access to repository not granted.", {"Content-Type": "text/plain"})
        key = (self.command, f"{name}:{parsed.path.rsplit('/', 1)[-1]}")
        if key in self.hub.before:
            self.hub.before.pop(key)()
        result = self.backend(match[1], match[2], parsed.query)
        if key in self.hub.after:
            self.hub.after.pop(key)()
        head, _, content = result.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        try:
            return self.answer(int(headers.pop("Status", "200").split()[0]), content, headers)
        except (BrokenPipeError, ConnectionError):
            return None

    def backend(self, name, rest, query):
        env = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": self.hub.root, "GIT_HTTP_EXPORT_ALL": "1",
               "PATH_INFO": f"/{name}.git{rest}", "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_USER": "dursor",
               "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(self.body)),
               "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_CONFIG_GLOBAL": "/dev/null",
               "GIT_PROTOCOL": self.headers.get("Git-Protocol", "")}
        return subprocess.run(["git", "http-backend"], input=self.body, env=env, capture_output=True, check=False)


NAME = r"([\w.-]+/[\w.-]+)"
ROUTES = [
    ("GET", "/app", Door.show_app),
    ("GET", "/user", Door.show_user),
    ("GET", "/app/installations", Door.list_installations),
    ("POST", r"/app/installations/(\d+)/access_tokens", Door.new_token),
    ("GET", "/installation/repositories", Door.installation_repos),
    ("GET", "/user/repos", Door.user_repos),
    ("GET", f"/repos/{NAME}", Door.show_repo),
    ("GET", f"/repos/{NAME}/branches", Door.list_branches),
    ("GET", f"/repos/{NAME}/pulls", Door.list_pulls),
    ("POST", f"/repos/{NAME}/pulls", Door.create_pull),
    ("GET", rf"/repos/{NAME}/pulls/(\d+)", Door.show_pull),
    ("PATCH", rf"/repos/{NAME}/pulls/(\d+)", Door.edit_pull),
]
