import { expect, test } from "vitest";
import { readFile, readPatch, unquote } from "./patch";

const patch = `diff --git a/src/a.c b/src/a.c
index 111..222 100644
--- a/src/a.c
+++ b/src/a.c
@@ -1,3 +1,4 @@ int main(void)
 one
-two
+2
+and a half
 three
@@ -10 +11 @@
--- a comment in SQL
+++ counter
\\ No newline at end of file
diff --git a/old name.txt b/new name.txt
similarity index 100%
rename from old name.txt
rename to new name.txt
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git a/sign.png b/sign.png
index 333..444 100644
Binary files a/sign.png and b/sign.png differ
diff --git a/gone b/gone
deleted file mode 100644
index 555..000
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-last
`;

test("files are known by their new names, whatever git says of them", async () => {
  expect([...(await readPatch(patch)).keys()]).toEqual(["src/a.c", "new name.txt", "run.sh", "sign.png", "gone"]);
});

test("lines carry the numbers of both sides", async () => {
  const hunk = (await readPatch(patch)).get("src/a.c")?.hunks[0];
  expect(hunk?.about).toBe("int main(void)");
  expect(hunk?.lines.map((line) => [line.kind, line.old, line.new])).toEqual([
    ["same", 1, 1],
    ["removed", 2, 0],
    ["added", 0, 2],
    ["added", 0, 3],
    ["same", 3, 4],
  ]);
});

test("lines that look like heads are lines, and a missing line break belongs to the line above", async () => {
  const lines = (await readPatch(patch)).get("src/a.c")?.hunks[1]?.lines;
  expect(lines?.map((line) => line.text)).toEqual(["-- a comment in SQL", "++ counter"]);
  expect(lines?.map((line) => Boolean(line.unended))).toEqual([false, true]);
});

test("a binary file has no lines", async () => {
  const file = (await readPatch(patch)).get("sign.png");
  expect(file).toMatchObject({ isBinary: true, hunks: [] });
});

test("quoted names are read as UTF-8", () => {
  expect(unquote('"b/\\346\\227\\245 \\"x\\"\\t.txt"')).toBe('b/日 "x"\t.txt');
  expect(readFile('diff --git "a/\\346\\227\\245" "b/\\346\\227\\245"\nold mode 100644\nnew mode 100755\n').path).toBe("日");
});

test("what is no patch has no files", async () => {
  expect((await readPatch("")).size).toBe(0);
  expect((await readPatch("hello\n")).size).toBe(0);
});
