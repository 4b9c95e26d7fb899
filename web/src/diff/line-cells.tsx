// A line of code: numbers, a word for those who cannot see the colours, the code with its colours and marks.
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Side } from "./comments";
import type { Line } from "./patch";
import type { Layout, LineRow } from "./rows";
import { pieces, wordMarks, type Look, type Range } from "./words";

const known = new WeakMap<Line, { pair: Line; marks: Range[] | undefined }>();

function marksOf(line: Line, pair: Line | undefined): Range[] | undefined {
  if (!pair || line.kind === "same" || pair.kind === "same" || pair.kind === line.kind) return undefined;
  const before = known.get(line);
  if (before?.pair === pair) return before.marks;
  const [old, now] = line.kind === "removed" ? [line, pair] : [pair, line];
  const marks = wordMarks(old.text, now.text);
  known.set(old, { pair: now, marks: marks?.[0] });
  known.set(now, { pair: old, marks: marks?.[1] });
  return known.get(line)?.marks;
}

const Code = ({ line, looks, marks }: { line: Line; looks: Look[] | undefined; marks: Range[] | undefined }) => (
  <code>
    {pieces(line.text, looks, marks).map((piece, index) =>
      piece.marked ? (
        <mark key={index} className={piece.look}>{piece.text}</mark>
      ) : piece.look ? (
        <span key={index} className={piece.look}>{piece.text}</span>
      ) : (
        piece.text
      ),
    )}
    {line.text ? null : "\n"}
  </code>
);

interface CellProps {
  line: Line | undefined;
  pair: Line | undefined;
  looks: Look[] | undefined;
}

function CodeCell({ line, pair, looks }: CellProps) {
  const { t } = useTranslation("diff");
  if (!line) return <div role="gridcell" className="diff-code" data-kind="none" />;
  return (
    <div role="gridcell" className="diff-code" data-kind={line.kind}>
      {line.kind !== "same" && <span className="diff-said">{t(line.kind)}</span>}
      <Code line={line} looks={looks} marks={marksOf(line, pair)} />
    </div>
  );
}

interface NumberProps {
  side: Side;
  line: Line | undefined;
  kind?: string | undefined;
  mayComment: boolean;
}

/** A click on a number begins a comment; by keyboard the row does. */
const NumberCell = ({ side, line, kind, mayComment }: NumberProps) => (
  <div role="gridcell" className="diff-number" data-side={side} data-kind={kind ?? line?.kind ?? "none"} data-may={line && mayComment ? "" : undefined}>
    {line?.[side] || ""}
  </div>
);

interface LineCellsProps {
  row: LineRow;
  layout: Layout;
  looks: { old?: Look[] | undefined; new?: Look[] | undefined };
  mayComment: boolean;
}

function Cells({ row, layout, looks, mayComment }: LineCellsProps) {
  if (layout === "split")
    return (
      <>
        <NumberCell side="old" line={row.old} mayComment={mayComment && row.old?.kind === "removed"} />
        <CodeCell line={row.old} pair={row.new} looks={looks.old} />
        <NumberCell side="new" line={row.new} mayComment={mayComment} />
        <CodeCell line={row.new} pair={row.old} looks={looks.new} />
      </>
    );
  const line = row.new ?? row.old;
  return (
    <>
      <NumberCell side="old" line={row.old} kind={line?.kind} mayComment={mayComment && line?.kind === "removed"} />
      <NumberCell side="new" line={row.new} kind={line?.kind} mayComment={mayComment} />
      <CodeCell line={line} pair={row.pair} looks={row.new ? looks.new : looks.old} />
    </>
  );
}

export const LineCells = memo(Cells, (a, b) => a.row === b.row && a.layout === b.layout && a.mayComment === b.mayComment && a.looks.old === b.looks.old && a.looks.new === b.looks.new);
