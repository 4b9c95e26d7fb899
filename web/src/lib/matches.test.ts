import { expect, test } from "vitest";
import { matches } from "./matches";

test("every word must stand in the text, in any order and width", () => {
  expect(matches("Operations", "operat")).toBe(1);
  expect(matches("Compare the runs of this task", "operat")).toBe(0);
  expect(matches("Greet in Japanese project", "project japanese")).toBe(0.5);
  expect(matches("ＡＰＩの設定", "api 設定")).toBe(0.5);
  expect(matches("Anything", " ")).toBe(1);
});
