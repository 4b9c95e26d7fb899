// A front door before the server, that does to streams what front doors do.
import { Agent, createServer, request, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "./server";

const pages = process.env.DURSOR_PAGES_URL ? new URL(process.env.DURSOR_PAGES_URL) : undefined;

export interface Cuts {
  /** An answer that is silent for so long is cut. */
  idleMs?: number;
  /** However busy, an answer is cut after that. */
  totalMs?: number;
}

export class Front {
  /** An answer is passed on when it is complete, so that of a stream nothing comes. */
  buffers = false;
  opened = 0; // streams so far
  open = new Set<ServerResponse>();
  most = 0; // streams at once
  cuts = 0; // by idleMs or totalMs
  places: (string | undefined)[] = []; // from which streams went on
  polls = 0;
  private readonly http: HttpServer;
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly server: Server, private readonly limits: Cuts = {}) {
    this.http = createServer((asked, answer) => this.pass(asked, answer));
  }

  async start() {
    await new Promise<void>((resolve) => this.http.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  close() {
    this.agent.destroy();
    this.http.closeAllConnections();
    this.http.close();
  }

  /** Breaks the streams that are open. */
  cut() {
    for (const answer of this.open) answer.destroy();
  }

  private pass(asked: IncomingMessage, answer: ServerResponse) {
    const path = asked.url ?? "/";
    const ours = /^\/(v1|login|page)\b/.test(path);
    const port = pages && !ours ? Number(pages.port) : this.server.port;
    const headers = { ...asked.headers, host: `localhost:${port}` };
    delete headers.origin; // the program asked knows nothing of this address
    const onward = request({ host: "127.0.0.1", port, path, method: asked.method, headers, agent: this.agent }, (given) => this.give(asked, given, answer));
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  }

  private give(asked: IncomingMessage, given: IncomingMessage, answer: ServerResponse) {
    const stream = given.headers["content-type"]?.startsWith("text/event-stream");
    if (asked.url?.startsWith("/v1/events?")) this.polls++;
    if (stream) this.watch(asked, given, answer);
    given.on("close", () => answer.end());
    if (stream && this.buffers) return void given.resume();
    answer.writeHead(given.statusCode ?? 502, given.headers);
    answer.flushHeaders();
    given.pipe(answer);
  }

  private watch(asked: IncomingMessage, given: IncomingMessage, answer: ServerResponse) {
    this.opened++;
    this.places.push(asked.headers["last-event-id"] as string | undefined);
    this.open.add(answer);
    this.most = Math.max(this.most, this.open.size);
    const cut = () => {
      this.cuts++;
      answer.destroy();
    };
    const { idleMs, totalMs } = this.limits;
    const total = totalMs ? setTimeout(cut, totalMs) : undefined;
    let idle = idleMs ? setTimeout(cut, idleMs) : undefined;
    given.on("data", () => {
      clearTimeout(idle);
      idle = idleMs ? setTimeout(cut, idleMs) : undefined;
    });
    answer.on("close", () => {
      clearTimeout(total);
      clearTimeout(idle);
      this.open.delete(answer);
    });
  }
}
