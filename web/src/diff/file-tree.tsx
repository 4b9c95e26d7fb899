// The files of a difference as a tree, with a filter; arrows move, Enter goes to the file.
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronRight, Folder } from "lucide-react";
import { useCallback, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { TextField } from "@/ui/field";
import { matching, treeRows, type TreeFile, type TreeRow } from "./tree";

interface FileTreeProps<F extends TreeFile> {
  label: string;
  files: F[];
  /** The file that is looked at. */
  current: string | undefined;
  onChoose: (path: string) => void;
  /** Before and behind the name. */
  sign: (file: F) => ReactNode;
  about: (file: F) => ReactNode;
  className?: string;
}

const rowHeight = 28; // px
const indent = 14; // px a level

export function FileTree<F extends TreeFile>({ label, files, current, onChoose, sign, about, className }: FileTreeProps<F>) {
  const { t } = useTranslation("diff");
  const [filter, setFilter] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const found = useMemo(() => matching(files, filter), [files, filter]);
  const rows = useMemo(() => treeRows(found, filter ? new Set() : closed), [found, filter, closed]);
  const toggle = (row: TreeRow<F>) => {
    const key = row.key.slice(0, -1);
    const next = new Set(closed);
    if (!next.delete(key)) next.add(key);
    setClosed(next);
  };
  return (
    <div className={cn("flex min-h-0 flex-col gap-2", className)}>
      <TextField label={t("filter")} bare placeholder={t("filter")} type="search" value={filter} onChange={(event) => setFilter(event.target.value)} />
      <p role="status" className="px-1 text-xs text-muted">{t("files_shown", { count: found.length, of: files.length })}</p>
      <Branches label={label} rows={rows} current={current} onChoose={onChoose} onToggle={toggle} sign={sign} about={about} />
    </div>
  );
}

interface BranchesProps<F extends TreeFile> extends Pick<FileTreeProps<F>, "label" | "current" | "onChoose" | "sign" | "about"> {
  rows: TreeRow<F>[];
  onToggle: (row: TreeRow<F>) => void;
}

function Branches<F extends TreeFile>({ label, rows, current, onChoose, onToggle, sign, about }: BranchesProps<F>) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [moved, setMoved] = useState({ to: "", from: current }); // forgotten when another file is looked at
  const setAt = (to: string) => setMoved({ to, from: current });
  const shownAt = Math.max(0, rows.findIndex((row) => row.key === (moved.from === current && moved.to ? moved.to : current)));
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing of it is memoised
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), Math.min(shownAt, rows.length - 1)])].sort((a, b) => a - b),
  });
  const go = (index: number) => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    setAt(rows[to]?.key ?? "");
    list.scrollToIndex(to);
  };
  useEffect(() => {
    const index = rows.findIndex((row) => row.key === current);
    if (index >= 0) list.scrollToIndex(index);
    // only when another file is looked at
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [current]);
  const act = (row: TreeRow<F> | undefined) => row && (row.file ? onChoose(row.key) : onToggle(row));
  const pressed = (event: KeyboardEvent) => {
    const row = rows[shownAt];
    const keys: Record<string, () => unknown> = {
      ArrowDown: () => go(shownAt + 1),
      ArrowUp: () => go(shownAt - 1),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      Enter: () => act(row),
      " ": () => act(row),
      ArrowRight: () => (row && !row.file && !row.open ? onToggle(row) : go(shownAt + 1)),
      ArrowLeft: () => (row && !row.file && row.open ? onToggle(row) : go(Math.max(0, rows.findIndex((one) => one.key === row?.parent)))),
    };
    const key = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!key) return;
    event.preventDefault();
    key();
  };
  if (!rows.length) return null;
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={`${id}-${shownAt}`}
      onKeyDown={pressed}
      className="group min-h-0 flex-1 overflow-y-auto rounded-lg outline-offset-0"
    >
      <div role="presentation" className="relative" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map((item) => {
          const row = rows[item.index] as TreeRow<F>;
          return (
            <div
              key={item.key}
              id={`${id}-${item.index}`}
              role="treeitem"
              aria-level={row.depth + 1}
              aria-selected={row.key === current}
              {...(row.file ? {} : { "aria-expanded": row.open })}
              onClick={() => {
                setAt(row.key);
                act(row);
              }}
              className={cn(
                "absolute inset-x-0 top-0 flex h-7 cursor-pointer items-center gap-1.5 rounded-md pr-1.5 text-[0.8125rem] hover:bg-sunken",
                row.key === current && "bg-accent-weak font-medium hover:bg-accent-weak",
                item.index === shownAt && "group-focus-visible:ring-2 group-focus-visible:ring-accent group-focus-visible:ring-inset",
              )}
              style={{ transform: `translateY(${item.start}px)`, paddingLeft: 6 + row.depth * indent }}
            >
              {row.file ? sign(row.file) : <FolderSign open={row.open} />}
              <span className="min-w-0 flex-1 truncate" title={row.key}>{row.name}</span>
              {row.file && about(row.file)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function FolderSign({ open }: { open: boolean }) {
  const Arrow = open ? ChevronDown : ChevronRight;
  return (
    <span className="flex shrink-0 items-center text-muted" aria-hidden>
      <Arrow className="size-3.5" />
      <Folder className="size-3.5" />
    </span>
  );
}
