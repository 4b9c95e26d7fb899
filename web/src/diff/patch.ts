// A patch as git writes it, file by file, hunk by hunk, line by line.

export interface Line {
  kind: "same" | "added" | "removed";
  text: string;
  /** The line's number in the old and in the new file; 0 where it does not exist. */
  old: number;
  new: number;
  /** The file ends here without a line break. */
  unended?: boolean;
}

export interface Hunk {
  oldStart: number;
  newStart: number;
  /** What git found above it: the head of a function. */
  about: string;
  lines: Line[];
}

export interface PatchFile {
  path: string;
  isBinary: boolean;
  hunks: Hunk[];
}

const hunkHead = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;
const escapes: Record<string, string> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v", '"': '"', "\\": "\\" };

/** A name that git put in quotes, with its octal bytes read as UTF-8. */
export function unquote(name: string): string {
  if (!name.startsWith('"')) return name;
  const bytes: number[] = [];
  const inside = name.slice(1, name.lastIndexOf('"'));
  for (const [, octal, escape, plain] of inside.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gu)) {
    if (octal) bytes.push(parseInt(octal, 8));
    else bytes.push(...new TextEncoder().encode(escape ? (escapes[escape] ?? escape) : plain));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** "a/x" and "b/x" without their first folder, as `diff --git` and `+++` write them. */
const sided = (name: string) => unquote(name.replace(/\t$/, "")).replace(/^[ab]\//, "");

/** The name on `diff --git a/X b/X`, for files without a `+++` line: both halves are the same there. */
function nameOf(head: string): string {
  const middle = (head.length - 1) / 2;
  return sided(head.slice(middle + 1));
}

/** One part that begins with `diff --git`. */
export function readFile(part: string): PatchFile {
  const lines = part.split("\n");
  const file: PatchFile = { path: nameOf((lines[0] ?? "").slice("diff --git ".length)), isBinary: false, hunks: [] };
  let at = 1;
  for (; at < lines.length && !(lines[at] as string).startsWith("@@ "); at++) {
    const line = lines[at] as string;
    if (line.startsWith("rename to ")) file.path = unquote(line.slice("rename to ".length));
    else if (line.startsWith("copy to ")) file.path = unquote(line.slice("copy to ".length));
    else if (line.startsWith("--- ") && line !== "--- /dev/null") file.path = sided(line.slice(4));
    else if (line.startsWith("+++ ") && line !== "+++ /dev/null") file.path = sided(line.slice(4));
    else if (line.startsWith("Binary files ") || line === "GIT binary patch") file.isBinary = true;
  }
  if (!file.isBinary) readHunks(lines, at, file.hunks);
  return file;
}

function readHunks(lines: string[], from: number, hunks: Hunk[]) {
  let hunk: Hunk | undefined;
  let oldNumber = 0;
  let newNumber = 0;
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] as string;
    const head = line.startsWith("@@ ") ? hunkHead.exec(line) : null;
    if (head) {
      oldNumber = Number(head[1]);
      newNumber = Number(head[2]);
      hunk = { oldStart: oldNumber, newStart: newNumber, about: head[3] ?? "", lines: [] };
      hunks.push(hunk);
      continue;
    }
    if (!hunk) continue;
    const text = line.slice(1);
    if (line.startsWith("+")) hunk.lines.push({ kind: "added", text, old: 0, new: newNumber++ });
    else if (line.startsWith("-")) hunk.lines.push({ kind: "removed", text, old: oldNumber++, new: 0 });
    else if (line.startsWith(" ")) hunk.lines.push({ kind: "same", text, old: oldNumber++, new: newNumber++ });
    else if (line.startsWith("\\")) (hunk.lines.at(-1) as Line).unended = true;
  }
}

const turnMs = 30; // then others may run: a patch of 16 MiB takes some hundred

/** All files of a patch, read in short turns so that the page stays awake. */
export async function readPatch(patch: string): Promise<Map<string, PatchFile>> {
  const files = new Map<string, PatchFile>();
  let start = patch.startsWith("diff --git ") ? 0 : patch.indexOf("\ndiff --git ") + 1;
  if (start === 0 && !patch.startsWith("diff --git ")) return files;
  let turn = performance.now();
  while (start < patch.length) {
    const next = patch.indexOf("\ndiff --git ", start);
    const end = next < 0 ? patch.length : next + 1;
    const file = readFile(patch.slice(start, end));
    files.set(file.path, file);
    start = end;
    if (performance.now() - turn > turnMs) {
      await new Promise((resolve) => setTimeout(resolve));
      turn = performance.now();
    }
  }
  return files;
}
