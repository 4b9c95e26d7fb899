import { expect, test } from "vitest";
import { doneBy } from "./executor";

test("a run is called by its model, else by the name of the agent program", () => {
  expect(doneBy({ model_name: "gpt-5", executor_type: "patch_agent" })).toBe("gpt-5");
  expect(doneBy({ model_name: null, executor_type: "claude_code" })).toBe("Claude Code");
  expect(doneBy({ model_name: null, executor_type: "only_tomorrow" })).toBe("only_tomorrow");
});
