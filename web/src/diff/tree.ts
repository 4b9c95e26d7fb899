// Files as a tree: folders with one folder in them are joined, "src/api" is one row.

export interface TreeFile {
  path: string;
}

export interface TreeRow<F extends TreeFile> {
  key: string;
  name: string;
  depth: number;
  /** Absent for a folder. */
  file?: F;
  open: boolean;
  /** The folder it is in. */
  parent: string;
}

interface Folder<F> {
  folders: Map<string, Folder<F>>;
  files: { name: string; file: F }[];
}

const empty = <F>(): Folder<F> => ({ folders: new Map(), files: [] });

function grow<F extends TreeFile>(files: F[]): Folder<F> {
  const root = empty<F>();
  for (const file of files) {
    const parts = file.path.split("/");
    const name = parts.pop() as string;
    let at = root;
    for (const part of parts) {
      const next = at.folders.get(part) ?? empty<F>();
      at.folders.set(part, next);
      at = next;
    }
    at.files.push({ name, file });
  }
  return root;
}

function walk<F extends TreeFile>(folder: Folder<F>, path: string, depth: number, closed: ReadonlySet<string>, rows: TreeRow<F>[]) {
  for (const [name, inner] of [...folder.folders].sort(([a], [b]) => (a < b ? -1 : 1))) {
    let shown = name;
    let at = inner;
    while (at.folders.size === 1 && !at.files.length) {
      const [next, below] = at.folders.entries().next().value as [string, Folder<F>];
      shown += `/${next}`;
      at = below;
    }
    const key = path ? `${path}/${shown}` : shown;
    const open = !closed.has(key);
    rows.push({ key: `${key}/`, name: shown, depth, open, parent: path ? `${path}/` : "" });
    if (open) walk(at, key, depth + 1, closed, rows);
  }
  for (const { name, file } of folder.files.sort((a, b) => (a.name < b.name ? -1 : 1)))
    rows.push({ key: file.path, name, depth, file, open: false, parent: path ? `${path}/` : "" });
}

/** What is seen of the tree; `closed` holds folders without their last slash. */
export function treeRows<F extends TreeFile>(files: F[], closed: ReadonlySet<string>): TreeRow<F>[] {
  const rows: TreeRow<F>[] = [];
  walk(grow(files), "", 0, closed, rows);
  return rows;
}

/** Files in the order in which the tree shows them. */
export const inTreeOrder = <F extends TreeFile>(files: F[]): F[] => treeRows(files, new Set()).flatMap((row) => (row.file ? [row.file] : []));

/** All words of the filter are somewhere in the path. */
export function matching<F extends TreeFile>(files: F[], filter: string): F[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length ? files.filter((file) => words.every((word) => file.path.toLowerCase().includes(word))) : files;
}
