// The virtual list below a difference: which rows are drawn, how high they are, which head sticks.
import { defaultRangeExtractor, useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { Layout, Row } from "./rows";
import type { Place } from "./use-place";

export const barHeight = 48; // px, of the bar that sticks above the list
const heights = { file: 44, note: 37, gap: 30, unended: 20, comment: 132 }; // px, until they are measured
const lineHeight = 20;
const besideCode = 45; // px of a line's cell
const leastColumns = 20;

export function useList(rows: Row[], layout: Layout, place: Place, drawnToo: number[]) {
  const most = useMemo(() => rows.reduce((max, row) => (row.type === "line" ? Math.max(max, row.old?.old ?? 0, row.new?.new ?? 0) : max), 0), [rows]);
  const heads = useMemo(() => rows.flatMap((row, index) => (row.type === "file" ? [index] : [])), [rows]);
  const digits = Math.ceil(String(most).length * place.digit + 20); // px of a column of numbers
  const code = layout === "split" ? place.width / 2 - digits : place.width - 2 * digits;
  const columns = Math.max(leastColumns, Math.floor((code - besideCode) / place.digit));
  // the list measures all rows again when these are other functions
  const estimateSize = useCallback(
    (index: number) => {
      const row = rows[index];
      if (row?.type !== "line") return row ? heights[row.type] : 0;
      return lineHeight * Math.max(1, Math.ceil(Math.max(row.old?.text.length ?? 0, row.new?.text.length ?? 0) / columns));
    },
    [rows, columns],
  );
  const getItemKey = useCallback((index: number) => rows[index]?.key ?? index, [rows]);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing of it is memoised
  const list: Virtualizer<HTMLElement, HTMLDivElement> = useVirtualizer<HTMLElement, HTMLDivElement>({
    count: place.scroller ? rows.length : 0,
    getScrollElement: () => place.scroller,
    estimateSize,
    getItemKey,
    overscan: 12,
    scrollMargin: place.margin,
    scrollPaddingStart: barHeight + heights.file,
    scrollPaddingEnd: lineHeight * 2,
    rangeExtractor: (range): number[] => {
      const also = [stuck(), ...drawnToo].filter((index) => index >= 0 && index < rows.length);
      return [...new Set([...also, ...defaultRangeExtractor(range)])].sort((a, b) => a - b);
    },
  });
  const measuredFor = useRef(columns);
  useEffect(() => {
    if (measuredFor.current === columns) return;
    measuredFor.current = columns;
    list.measure();
    list.getTotalSize(); // forgets the heights of before
    for (const row of list.elementsCache.values()) list.measureElement(row); // the drawn ones told theirs before that
  }, [columns, list]);
  const under = (px: number): number => list.getVirtualItemForOffset(Math.max(place.margin, (list.scrollOffset ?? 0) + px))?.index ?? 0;
  /** The head of the file that is under the bar. */
  const stuck = (): number => {
    const row = under(barHeight + 1);
    return heads.findLast((head) => head <= row) ?? -1;
  };
  /** Brings a head right below the bar, where it sticks: what follows it goes below a head. */
  const toTop = (head: number) => list.scrollToIndex(Math.min(head + 1, rows.length - 1), { align: "start" });
  const page = Math.max(1, Math.floor(((place.scroller?.clientHeight ?? 0) - barHeight) / lineHeight) - 3); // rows
  return { list, digits, stuck, toTop, page, looked: rows[under(barHeight + heights.file + 1)]?.file.path };
}
