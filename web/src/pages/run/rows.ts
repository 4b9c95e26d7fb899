// Which of very many rows of one height are in sight. Nothing is kept for each row, and the rows may be higher
// together than browsers make an element: the way of the scrollbar is stretched over them then.

export const rowHeight = 17; // pixels
const mostHeight = 12_000_000; // pixels; the least that a browser we know of allows is 17 million
const beyond = 30; // rows drawn above and below what is seen

/** What the browser tells of the box that scrolls, in pixels. */
export interface View {
  top: number;
  height: number;
}

/** Height of what scrolls. */
export const heightOf = (count: number) => Math.min(count * rowHeight, mostHeight);

/** Pixels of rows that one pixel of scrolling passes. */
const stretch = (count: number, { height }: View) => (heightOf(count) > height ? (count * rowHeight - height) / (heightOf(count) - height) : 1);

export interface Sight {
  first: number;
  last: number;
  /** Where the first row stands in what scrolls. */
  start: number;
}

export function sight(count: number, view: View): Sight {
  const passed = view.top * stretch(count, view);
  const first = Math.max(0, Math.min(Math.floor(passed / rowHeight), count - 1) - beyond);
  const last = Math.min(count - 1, Math.ceil((passed + view.height) / rowHeight) + beyond);
  return { first, last, start: first * rowHeight - passed + view.top };
}

/** How far to scroll to have the row in the middle. */
export function topFor(row: number, count: number, view: View): number {
  const passed = row * rowHeight - (view.height - rowHeight) / 2;
  return Math.max(0, Math.min(passed / stretch(count, view), heightOf(count) - view.height));
}
