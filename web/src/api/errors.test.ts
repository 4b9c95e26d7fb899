import i18next from "i18next";
import { beforeAll, expect, test, vi } from "vitest";
import en from "@/locales/en/errors.json";
import ja from "@/locales/ja/errors.json";
import { ApiError, OfflineError, type Issue } from "./client";
import { errorText, fieldTexts, saidText } from "./errors";

vi.hoisted(() => vi.stubGlobal("location", { origin: "http://localhost" })); // where the client asks

beforeAll(() => i18next.init({ lng: "ja", fallbackLng: "en", resources: { en: { errors: en }, ja: { errors: ja } }, interpolation: { escapeValue: false } }));

const t = i18next.t;
const failed = (code: string, params: Record<string, string> = {}, detail = "in English") => new ApiError(409, code, params, detail, "r1");

test("what the server says is told in the reader's language, with its values", () => {
  expect(errorText(t, failed("task_busy"))).toBe(ja.task_busy);
  expect(errorText(t, failed("shares_full", { most: "9" }))).toContain("9 件");
  expect(errorText(t, failed("streams_full"))).toBe(ja.streams_full);
  expect(errorText(t, failed("api_unreachable"))).toBe(ja.api_unreachable);
  expect(errorText(t, new OfflineError(undefined))).toBe(ja.offline);
});

test("without a code of its own the kind is told, with the sentence where only that says more", () => {
  expect(errorText(t, failed("conflict"))).toContain("in English");
  expect(errorText(t, failed("missing"))).toBe(ja.missing);
});

test("a code of a newer server, or one without its values, is told in the server's words", () => {
  expect(errorText(t, failed("only_tomorrow"))).toBe("in English");
  expect(errorText(t, failed("shares_full"))).toBe("in English");
});

test("a fault of the server is told by its number", () => {
  expect(errorText(t, new ApiError(500, "bug", {}, "secret", "r1"))).toContain("r1");
});

test("each field that does not fit is told by what is wrong with it", () => {
  const issues: Issue[] = [
    { field: "title", type: "string_too_long", msg: "too long", ctx: { limit: "80" } },
    { field: "kind", type: "only_tomorrow", msg: "stale", ctx: {} },
  ];
  const error = new ApiError(422, "malformed", {}, "in English", "r1", issues);
  expect(fieldTexts(t, error)).toEqual({ title: "80 バイトまでです", kind: "stale" });
  expect(errorText(t, error)).toContain("title: 80 バイトまでです");
});

test("why a run failed is told by its code, and in its own words when it has none", () => {
  expect(saidText(t, "key_refused", { provider: "openai", model: "m" }, "in English")).toContain("openai");
  expect(saidText(t, null, null, "in English")).toBe("in English");
  expect(saidText(t, "key_refused", null, "in English")).toBe("in English");
});
