// One row of the grid, by its type.
import { CornerDownLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ChangedFile } from "./changes";
import type { Comments } from "./comments";
import { FileHead } from "./file-head";
import { LineCells } from "./line-cells";
import { rowLooks } from "./looks";
import { CommentRow, GapRow, NoteRow } from "./other-rows";
import type { FileView, Gap, Layout, Row } from "./rows";

interface GridRowProps {
  row: Row;
  layout: Layout;
  view: FileView;
  comments: Comments;
  /** The comment was begun just now. */
  fresh: boolean;
  isFirst: boolean;
  extra: ((file: ChangedFile) => ReactNode) | undefined;
  onToggle: () => void;
  onReveal: (gap: Gap, more: "top" | "foot" | "all") => Promise<void>;
  onAnyway: () => void;
  onLoad: () => Promise<void>;
  onDone: () => void;
}

export function GridRow({ row, layout, view, comments, fresh, isFirst, extra, onToggle, onReveal, onAnyway, onLoad, onDone }: GridRowProps) {
  switch (row.type) {
    case "line":
      return <LineCells row={row} layout={layout} looks={rowLooks(row, view)} mayComment />;
    case "file":
      return <FileHead file={row.file} open={row.open} onToggle={onToggle} extra={extra?.(row.file)} />;
    case "gap":
      return <GapRow gap={row.gap} about={row.about} isFirst={isFirst} onReveal={(more) => onReveal(row.gap, more)} />;
    case "note":
      return <NoteRow note={row.note} file={row.file} onAnyway={onAnyway} onLoad={onLoad} />;
    case "comment":
      return <CommentRow comment={row.comment} comments={comments} fresh={fresh} onDone={onDone} />;
    case "unended":
      return <Unended side={row.side} />;
  }
}

function Unended({ side }: { side: "old" | "new" | "both" }) {
  const { t } = useTranslation("diff");
  return (
    <div role="gridcell" className="flex items-center gap-1.5 px-3 text-xs text-muted">
      <CornerDownLeft className="size-3" aria-hidden />
      {t(`unended.${side}`)}
    </div>
  );
}
