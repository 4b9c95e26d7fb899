// The real program in a home of its own, as a person starts it.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const passed = ["PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"];

function binary() {
  const found = process.env.DURSOR_BINARY;
  if (!found) throw new Error("DURSOR_BINARY names no program to test");
  return found;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  if (typeof address !== "object" || !address) throw new Error("there is no free port");
  return address.port;
}

export class Server {
  /** Opens the pages and signs in; each start gives another. */
  login = "";
  private process: ChildProcess | undefined;
  private starts = 0;

  private constructor(
    readonly home: string,
    readonly port: number,
    private readonly settings: Record<string, string>,
  ) {}

  static async start(settings: Record<string, string> = {}) {
    const server = new Server(mkdtempSync(join(tmpdir(), "dursor-pages-")), await freePort(), settings);
    await server.up();
    return server;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  private get env() {
    const kept = Object.fromEntries(passed.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
    const own = { HOME: this.home, LC_ALL: "C.UTF-8", XDG_STATE_HOME: `${this.home}/state`, XDG_CONFIG_HOME: `${this.home}/config` };
    return { ...kept, ...own, TMPDIR: tmpdir(), DURSOR_GIT_ALLOW_FILE: "true", DURSOR_PORT: String(this.port), ...this.settings };
  }

  /** Starts it, also after it was killed: at the same address, with what it had. */
  async up() {
    const log = openSync(this.logPath(++this.starts), "w");
    const child = spawn(binary(), ["serve", "--demo"], { env: this.env, cwd: this.home, stdio: ["ignore", "pipe", log] });
    closeSync(log);
    this.process = child;
    if (!child.stdout) throw new Error("serve says nothing");
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = String((await lines.next()).value);
    if (!first.includes("listens on")) throw new Error(`serve said ${first}\n${this.log()}`);
    this.login = String((await lines.next()).value).split(" ")[1] ?? "";
  }

  async kill(signal: NodeJS.Signals = "SIGKILL") {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  async end() {
    await this.kill();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  private logPath = (start: number) => `${this.home}/serve-${start}.log`;
  log = () => readFileSync(this.logPath(this.starts), "utf8").slice(-4000);

  git(folder: string, ...words: string[]) {
    return execFileSync("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-C", folder, ...words], { env: this.env, encoding: "utf8" });
  }

  /** A repository of the person's own; its path. */
  repository(name: string, files: Record<string, string>) {
    const folder = join(this.home, name);
    mkdirSync(folder);
    this.git(folder, "init", "-q", "-b", "main");
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    this.git(folder, "add", "-A");
    this.git(folder, "commit", "-q", "-m", "First");
    return folder;
  }

  /** dursor itself, as a person calls it beside the server. */
  run(...words: string[]) {
    return execFileSync(binary(), words, { env: this.env, cwd: this.home, encoding: "utf8" }).trim();
  }

  /** Asks the API as a program does, to prepare what a test needs. */
  async ask<T>(method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<T> {
    const headers = { Authorization: `Bearer ${this.run("token")}`, "Content-Type": "application/json" };
    const answer = await fetch(this.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${path} gave ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
