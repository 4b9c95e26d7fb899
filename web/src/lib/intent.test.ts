import { beforeEach, expect, test, vi } from "vitest";
import { intentKey, intentSent } from "./intent";

const kept = new Map<string, string>();
vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text), removeItem: (key: string) => void kept.delete(key) });

let made = 0;
const next = () => `key-${++made}`;
const order = { words: "Add a limit", models: ["a", "b"] };

beforeEach(() => {
  kept.clear();
  made = 0;
});

test("the same content keeps its key, other content gets another", () => {
  expect(intentKey("home", order, next)).toBe("key-1");
  expect(intentKey("home", { ...order }, next)).toBe("key-1");
  expect(intentKey("home", { ...order, words: "Add a test" }, next)).toBe("key-2");
});

test("what was sent and is wanted again is another intent", () => {
  intentKey("home", order, next);
  intentSent("home");
  expect(intentKey("home", order, next)).toBe("key-2");
});
