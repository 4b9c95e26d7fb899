// The API of the server that served this page. A call gives what the API description promises, or throws
// an ApiError; who is no longer signed in goes to the way in and comes back.
import createClient, { type Middleware } from "openapi-fetch";
import { forgetDrafts } from "@/lib/drafts";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** One field that does not fit: `type` and `ctx` choose the text, `msg` is its English. */
export interface Issue {
  field: string;
  type: string;
  msg: string;
  ctx: Record<string, string>;
}

/** What the server says is wrong: `code` and `params` choose the text, `detail` is its English. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string | undefined,
    readonly params: Record<string, string>,
    detail: string,
    readonly requestId: string | undefined,
    /** What is wrong with which field of the body. */
    readonly issues: Issue[] = [],
    /** When it may be tried again, in seconds from the answer. */
    readonly retryAfter?: number,
  ) {
    super(detail);
    this.name = "ApiError";
  }
}

/** The server could not be reached at all. */
export class OfflineError extends Error {
  constructor(cause: unknown) {
    super("the server cannot be reached", { cause });
    this.name = "OfflineError";
  }
}

interface Failure {
  detail?: string | { loc?: (string | number)[]; type?: string; msg?: string; ctx?: Record<string, string> }[];
  code?: string;
  params?: Record<string, string>;
  request_id?: string;
}

async function failure(response: Response): Promise<ApiError> {
  const text = await response.text();
  let said: Failure = {};
  try {
    said = JSON.parse(text) as Failure;
  } catch {
    said = { detail: text.slice(0, 300) || response.statusText }; // a proxy answered, not dursor
  }
  const list = Array.isArray(said.detail) ? said.detail : [];
  const issues = list.map(({ loc = [], type = "", msg = "", ctx = {} }) => ({ field: loc.filter((part) => part !== "body").join("."), type, msg, ctx }));
  const detail = Array.isArray(said.detail) ? list.map((one) => one.msg).join("; ") : (said.detail ?? response.statusText);
  const retry = Number(response.headers.get("Retry-After"));
  return new ApiError(response.status, said.code, said.params ?? {}, detail, said.request_id, issues, retry > 0 ? retry : undefined);
}

/** To the way in, and back to where we are. */
export function signIn() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Takes the cookie away, and what was typed and not sent. */
export async function signOut() {
  await fetch("/logout", { method: "POST" });
  forgetDrafts();
  location.assign("/login");
}

const middleware: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    if (response.status === 401) signIn();
    throw await failure(response);
  },
  onError: ({ error }) => (error instanceof TypeError ? new OfflineError(error) : undefined),
};

export const client = createClient<paths>({ baseUrl: location.origin });
client.use(middleware);

/** The answer's content: `await got(client.GET("/v1/tasks"))`. */
export async function got<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** For creating POSTs: the same key for the same intent makes a repetition harmless. */
export const once = (key: string) => ({ "Idempotency-Key": key });
export const newKey = () => crypto.randomUUID();
