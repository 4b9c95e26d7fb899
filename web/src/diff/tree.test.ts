import { expect, test } from "vitest";
import { inTreeOrder, matching, treeRows } from "./tree";

const files = ["README.md", "src/api/a.c", "src/api/b.c", "web/src/ui/x.tsx"].map((path) => ({ path }));
const shown = (closed: string[] = []) => treeRows(files, new Set(closed)).map((row) => `${"  ".repeat(row.depth)}${row.name}`);

test("folders come before files, and lonely folders are joined", () => {
  expect(shown()).toEqual(["src/api", "  a.c", "  b.c", "web/src/ui", "  x.tsx", "README.md"]);
});

test("a closed folder hides what is in it", () => {
  expect(shown(["src/api"])).toEqual(["src/api", "web/src/ui", "  x.tsx", "README.md"]);
});

test("files follow each other as in the tree", () => {
  expect(inTreeOrder(files).map((file) => file.path)).toEqual(["src/api/a.c", "src/api/b.c", "web/src/ui/x.tsx", "README.md"]);
});

test("a filter finds all its words anywhere in the path", () => {
  expect(matching(files, "API b").map((file) => file.path)).toEqual(["src/api/b.c"]);
  expect(matching(files, " ")).toHaveLength(4);
});
