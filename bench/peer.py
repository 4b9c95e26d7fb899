"""The two measured routes as a Python service would have them: FastAPI on uvicorn, with asyncpg or sqlite3.

    PEER_DATABASE=postgresql://… or /path/to.db  PEER_TOKEN=…  uvicorn peer:app
"""

import contextlib
import datetime
import hmac
import os
import sqlite3
import threading
import uuid

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel

import statements

DATABASE = os.environ["PEER_DATABASE"]
TOKEN = os.environ["PEER_TOKEN"]
CONNECTIONS = int(os.environ.get("PEER_CONNECTIONS", "10"))
POSTGRES = DATABASE.startswith("postgresql:")
TENANT = USER = "local"

queries = statements.read()


class Message(BaseModel):
    id: uuid.UUID
    task_id: uuid.UUID
    role: str
    content: str
    created_at: datetime.datetime


class RunSummary(BaseModel):
    id: uuid.UUID
    message_id: uuid.UUID | None
    model_id: str | None
    model_name: str | None
    provider: str | None
    executor_type: str
    working_branch: str | None
    status: str
    created_at: datetime.datetime
    phase: str | None
    commit_sha: str | None
    summary: str | None
    error: str | None
    added_lines: int
    removed_lines: int
    files_count: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    started_at: datetime.datetime | None
    completed_at: datetime.datetime | None
    event_seq: int


class PullSummary(BaseModel):
    id: uuid.UUID
    number: int
    url: str
    branch: str
    status: str


class TaskDetail(BaseModel):
    id: uuid.UUID
    repo_id: uuid.UUID
    title: str | None
    kanban_status: str
    coding_mode: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    messages: list[Message]
    runs: list[RunSummary]
    prs: list[PullSummary]


class MessageCreate(BaseModel):
    role: str
    content: str


def identified(authorization: str = Header("")):
    if not hmac.compare_digest(authorization, f"Bearer {TOKEN}"):
        raise HTTPException(401, "not identified")


def time_of(value):
    """SQLite keeps microseconds."""
    return value if value is None or isinstance(value, datetime.datetime) else \
        datetime.datetime.fromtimestamp(value / 1e6, datetime.timezone.utc)


def plain(row):
    return {name: time_of(value) if name.endswith("_at") else value for name, value in dict(row).items()}


def detail_of(tasks, messages, runs, prs):
    if not tasks:
        raise HTTPException(404, "no such task")
    row = plain(tasks[0])
    if prs and prs[0]["status"] == "merged":
        row["kanban_status"] = "done"
    elif any(run["status"] == "running" for run in runs):
        row["kanban_status"] = "in_progress"
    elif runs and all(run["status"] in ("succeeded", "failed", "canceled") for run in runs):
        row["kanban_status"] = "in_review"
    return TaskDetail(**row, messages=[Message(**plain(m)) for m in reversed(messages)], runs=[RunSummary(**plain(r)) for r in runs],
                      prs=[PullSummary(**plain(p)) for p in prs])


@contextlib.asynccontextmanager
async def lifespan(application):
    if POSTGRES:
        import asyncpg
        application.state.pool = await asyncpg.create_pool(DATABASE, min_size=CONNECTIONS, max_size=CONNECTIONS)
    yield
    if POSTGRES:
        await application.state.pool.close()


app = FastAPI(lifespan=lifespan, dependencies=[Depends(identified)])


def arguments(query, values):
    return [values[name] for name in query.params]


if POSTGRES:
    @contextlib.asynccontextmanager
    async def transaction():
        async with app.state.pool.acquire() as connection, connection.transaction():
            await connection.fetch(statements.TENANT.replace(":tenant_id", "$1"), TENANT)
            yield connection

    async def ask(connection, name, values):
        query = queries[name]
        return await connection.fetch(query.texts["postgres"], *arguments(query, values))

    @app.get("/v1/tasks/{task_id}", response_model=TaskDetail)
    async def show(task_id: uuid.UUID):
        values = {"tenant_id": TENANT, "user_id": USER, "id": task_id, "most": statements.MOST}
        async with transaction() as connection:
            found = [await ask(connection, name, values) for name in statements.DETAIL]
        return detail_of(*found)

    @app.post("/v1/tasks/{task_id}/messages", status_code=201, response_model=Message)
    async def message_create(task_id: uuid.UUID, body: MessageCreate):
        message = {"id": uuid.uuid4(), "task_id": task_id, "role": body.role, "content": body.content}
        async with transaction() as connection:
            await ask(connection, "task_touch", {"tenant_id": TENANT, "id": task_id})
            made = await ask(connection, "message_insert", {"tenant_id": TENANT, **message})
            if not made:
                raise HTTPException(404, "no such task")
        return Message(**message, created_at=made[0]["at"])
else:
    local = threading.local()
    writing = threading.Lock()

    def connected():
        if not hasattr(local, "connection"):
            connection = local.connection = sqlite3.connect(DATABASE, isolation_level=None, timeout=30, cached_statements=50)
            connection.row_factory = sqlite3.Row
            connection.create_function("db_now", 0, now_us)
            connection.executescript("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA mmap_size = 33554432")
        return local.connection

    def now_us():
        return int(datetime.datetime.now(datetime.timezone.utc).timestamp() * 1_000_000)

    def ask(name, values):
        query = queries[name]
        return connected().execute(query.texts["sqlite"], arguments(query, values)).fetchall()

    @contextlib.contextmanager
    def transaction(begin):
        connected().execute(begin)
        try:
            yield
            connected().execute("COMMIT")
        except BaseException:
            connected().execute("ROLLBACK")
            raise

    @app.get("/v1/tasks/{task_id}", response_model=TaskDetail)
    def show(task_id: uuid.UUID):
        values = {"tenant_id": TENANT, "user_id": USER, "id": str(task_id), "most": statements.MOST}
        with transaction("BEGIN"):
            found = [ask(name, values) for name in statements.DETAIL]
        return detail_of(*found)

    @app.post("/v1/tasks/{task_id}/messages", status_code=201, response_model=Message)
    def message_create(task_id: uuid.UUID, body: MessageCreate):
        message = {"id": str(uuid.uuid4()), "task_id": str(task_id), "role": body.role, "content": body.content}
        with writing, transaction("BEGIN IMMEDIATE"):
            ask("task_touch", {"tenant_id": TENANT, "id": str(task_id)})
            made = ask("message_insert", {"tenant_id": TENANT, **message})
            if not made:
                raise HTTPException(404, "no such task")
        return Message(**message, created_at=time_of(made[0]["at"]))
