// The rows of all files, kept for those of which nothing changed.
import { useMemo, useState } from "react";
import type { ChangedFile } from "./changes";
import type { LineComment } from "./comments";
import { rowsOf, type Layout, type Row } from "./rows";
import type { Views } from "./use-views";

interface Kept {
  of: unknown[];
  rows: Row[];
}

export function useRows(files: ChangedFile[], layout: Layout, views: Views, comments: LineComment[]): Row[] {
  const [kept] = useState(() => new Map<string, Kept>());
  return useMemo(() => {
    const rows: Row[] = [];
    for (const file of files) {
      const view = views.of(file.path);
      const on = comments.filter((comment) => comment.path === file.path);
      const of = [file, view, layout, ...on];
      let part = kept.get(file.path);
      if (part?.of.length !== of.length || part.of.some((one, index) => one !== of[index])) {
        part = { of, rows: rowsOf(view.hunks ? { ...file, hunks: view.hunks } : file, view, layout, on) };
        kept.set(file.path, part);
      }
      for (const row of part.rows) rows.push(row);
    }
    return rows;
  }, [files, layout, views, comments, kept]);
}
