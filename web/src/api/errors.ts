// What the server says, in the words of the reader's language: its sentences are English, their codes are translated.
import type { TFunction } from "i18next";
import { ApiError, OfflineError, type Issue } from "./client";

type Params = Record<string, string>;

const named = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name as string);

/** By its code, when that has a translation whose values are all known; else the server's own sentence. */
function translated(t: TFunction, code: string, params: Params, sentence: string): string {
  const known = { detail: sentence, ...params };
  const text = t(`errors:${code}`, { defaultValue: "", skipInterpolation: true });
  if (!text || named(text).some((name) => !(name in known))) return sentence;
  return t(`errors:${code}`, known);
}

/** A sentence that stands in an answer beside its code: why a run failed, what it warns of, why an agent cannot be used. */
export const saidText = (t: TFunction, code: string | null | undefined, params: unknown, sentence: string) =>
  code ? translated(t, code, (params ?? {}) as Params, sentence) : sentence;

const issueText = (t: TFunction, issue: Issue) => translated(t, `issue.${issue.type}`, issue.ctx, issue.msg);

/** What is wrong with which field: "instruction" → "must be filled in". */
export const fieldTexts = (t: TFunction, error: unknown): Record<string, string> =>
  error instanceof ApiError ? Object.fromEntries(error.issues.map((issue) => [issue.field, issueText(t, issue)])) : {};

/** By the server's code when it is known to this page, else the server's own English sentence. */
export function errorText(t: TFunction, error: unknown): string {
  if (error instanceof OfflineError) return t("errors:offline");
  if (error instanceof ApiError) {
    const sentence = error.issues.length ? error.issues.map((issue) => `${issue.field}: ${issueText(t, issue)}`).join("; ") : error.message;
    if (error.code && error.code !== "bug") return translated(t, error.code, error.params, sentence);
    if (error.status >= 500) return t("errors:server", { id: error.requestId ?? "–" });
    return sentence;
  }
  return error instanceof Error ? error.message : String(error);
}
