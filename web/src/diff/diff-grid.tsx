// All files and lines of a difference as one list of which only what is seen is drawn. It scrolls with what is
// around it.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useImperativeHandle, useMemo, useState, type CSSProperties, type MouseEvent, type ReactNode, type Ref, type SyntheticEvent } from "react";
import { toast } from "sonner";
import { useTranslation } from "react-i18next";
import { errorText } from "@/api/errors";
import { cn } from "@/lib/cn";
import { patchQuery, type ChangedFile, type Source } from "./changes";
import { useColours } from "./colours";
import type { Comments, LineComment, Side } from "./comments";
import { GridRow } from "./grid-row";
import type { Layout, Row } from "./rows";
import { useCursor } from "./use-cursor";
import { useList } from "./use-list";
import { usePlace } from "./use-place";
import { useRows } from "./use-rows";
import type { Views } from "./use-views";
import "./diff.css";

export interface GridHandle {
  /** Brings a file to the top and the cursor to it. */
  goTo: (path: string) => void;
}

export interface DiffGridProps {
  label: string;
  source: Source;
  files: ChangedFile[];
  layout: Layout;
  views: Views;
  comments: Comments;
  /** Behind the name of a file. */
  extra?: ((file: ChangedFile) => ReactNode) | undefined;
  /** The file at the top is another one. */
  onLook?: ((path: string) => void) | undefined;
  handle?: Ref<GridHandle>;
}

const indexOf = (event: SyntheticEvent) => Number((event.target as HTMLElement).closest<HTMLElement>("[data-index]")?.dataset.index ?? NaN);

/** Loads the lines of one file of a change that was too large for one answer. */
function useLoad(source: Source, views: Views) {
  const client = useQueryClient();
  const { t } = useTranslation("diff");
  return (path: string) =>
    client.fetchQuery(patchQuery(source, path)).then(
      ({ files }) => views.change(path, { hunks: files.get(path)?.hunks ?? [] }),
      (error: unknown) => void toast.error(errorText(t, error)),
    );
}

/** Those on lines that are shown: the old lines are those of the other run, when there is one. */
function commentsOn(all: LineComment[], runId: string, against: string | undefined): LineComment[] {
  return all.flatMap((comment) => {
    if (comment.runId === runId && (comment.side === "new" || !against)) return [comment];
    return comment.runId === against && comment.side === "new" ? [{ ...comment, side: "old" as const }] : [];
  });
}

/** Begins a comment on a line, or goes back to the one that is being written there. */
function useCommenting(comments: Comments, { runId, against }: Source) {
  const { t } = useTranslation("diff");
  const [fresh, setFresh] = useState("");
  const comment = (row: Row, side?: Side) => {
    const on = side ?? (row.type === "line" && row.new ? "new" : "old");
    const line = row.type === "line" ? row[on] : undefined;
    if (!line || (on === "old" && line.kind !== "removed")) {
      toast(t(side ? "no_old_line" : "no_line"));
      return;
    }
    const of = on === "old" && against ? ({ runId: against, side: "new" } as const) : { runId, side: on };
    const here = { ...of, path: row.file.path, line: line[on], quote: line.text };
    const open = comments.all.find((one) => one.open && one.runId === here.runId && one.path === here.path && one.side === here.side && one.line === here.line);
    setFresh(open?.id ?? comments.begin(here));
  };
  return { fresh, comment, settle: () => setFresh("") };
}

export function DiffGrid({ label, source, files, layout, views, comments, extra, onLook, handle }: DiffGridProps) {
  const { t } = useTranslation("diff");
  const id = useId();
  useColours();
  const [node, setNode] = useState<HTMLDivElement | null>(null);
  const place = usePlace(node);
  const ours = useMemo(() => commentsOn(comments.all, source.runId, source.against), [comments.all, source.runId, source.against]);
  const rows = useRows(files, layout, views, ours);
  const { current, indexes, setKey, keys } = useCursor(rows);
  const [held, setHeld] = useState(""); // the row in which something has the focus stays drawn
  const { list, digits, stuck, toTop, page, looked } = useList(rows, layout, place, [current, indexes.get(held) ?? -1]);
  const { fresh, comment, settle } = useCommenting(comments, source);
  const load = useLoad(source, views);
  const toggle = ({ file }: Row) => views.change(file.path, { closed: !views.of(file.path).closed });
  const act = (row: Row) => {
    if (row.type === "file") toggle(row);
    else if (row.type === "gap") void views.reveal(row.file.path, row.gap, "all");
    else if (row.type === "note" && row.note === "huge") views.change(row.file.path, { anyway: true });
    else if (row.type === "note" && row.note === "absent") void load(row.file.path);
    else comment(row);
  };
  const clicked = (event: MouseEvent) => {
    const row = rows[indexOf(event)];
    if (row?.type !== "line") return;
    setKey(row.key);
    const number = (event.target as HTMLElement).closest<HTMLElement>("[data-may]");
    if (number) comment(row, number.dataset.side as Side);
  };
  const done = () => {
    settle();
    node?.focus({ preventScroll: true });
  };
  useEffect(() => {
    if (looked) onLook?.(looked);
  }, [looked, onLook]);
  useImperativeHandle(handle, () => ({
    goTo: (path) => {
      setKey(path);
      toTop(indexes.get(path) ?? 0);
    },
  }));
  const head = stuck();

  return (
    <div
      ref={setNode}
      role="grid"
      aria-label={label}
      aria-description={t("grid_keys")}
      aria-rowcount={rows.length}
      aria-activedescendant={`${id}-${current}`}
      tabIndex={0}
      data-layout={layout}
      onKeyDown={keys({ scroll: (index) => list.scrollToIndex(index), page, act, comment })}
      onClick={clicked}
      onFocus={(event) => setHeld(rows[indexOf(event)]?.key ?? "")}
      className="diff relative border-b bg-surface"
      style={{ height: list.getTotalSize(), "--digits": `${digits}px` } as CSSProperties}
    >
      {list.getVirtualItems().map(({ index, key, start }) => {
        const row = rows[index] as Row;
        const sticks = index === head && row.type === "file" && row.open;
        return (
          <div
            key={key}
            ref={list.measureElement}
            id={`${id}-${index}`}
            role="row"
            aria-rowindex={index + 1}
            data-index={index}
            data-current={index === current ? "" : undefined}
            className={cn(row.type === "line" && "diff-row", sticks ? "sticky top-12 z-10" : "absolute inset-x-0 top-0")}
            style={sticks ? undefined : { transform: `translateY(${start - place.margin}px)` }}
          >
            <GridRow
              row={row}
              layout={layout}
              view={views.of(row.file.path)}
              comments={comments}
              fresh={row.type === "comment" && row.comment.id === fresh}
              isFirst={rows[index - 1]?.type !== "line"}
              extra={extra}
              onToggle={() => toggle(row)}
              onReveal={(gap, more) => views.reveal(row.file.path, gap, more)}
              onAnyway={() => views.change(row.file.path, { anyway: true })}
              onLoad={() => load(row.file.path)}
              onDone={done}
            />
          </div>
        );
      })}
    </div>
  );
}
