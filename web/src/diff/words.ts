// Which words of two lines differ, and how a line is cut into pieces of one look.

/** From (included) and to (excluded), in UTF-16 units. */
export type Range = [from: number, to: number];

const longest = 2_000; // characters of a line; beyond, whole lines are enough
const mostWords = 300; // of the part that differs
const leastAlike = 0.35; // of the longer line; below, marks would be noise

const wordsOf = (text: string) => text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];

/** The marks of a removed line and of the added one that took its place; null when they have little in common. */
export function wordMarks(before: string, after: string): [Range[], Range[]] | null {
  if (before.length > longest || after.length > longest) return null;
  const old = wordsOf(before);
  const now = wordsOf(after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  const oldPart = old.slice(start, old.length - end);
  const nowPart = now.slice(start, now.length - end);
  if (oldPart.length > mostWords || nowPart.length > mostWords) return null;
  const [oldKept, nowKept] = common(oldPart, nowPart);
  const ranges: [Range[], Range[]] = [differing(old, start, end, oldKept), differing(now, start, end, nowKept)];
  const marked = (list: Range[], text: string) => list.reduce((sum, [from, to]) => sum + text.slice(from, to).trim().length, 0);
  const size = Math.max(before.trim().length, after.trim().length);
  const changed = Math.max(marked(ranges[0], before), marked(ranges[1], after));
  return size > 0 && 1 - changed / size < leastAlike ? null : ranges;
}

/** For each word whether it belongs to the longest common sequence. */
function common(old: string[], now: string[]): [boolean[], boolean[]] {
  const width = now.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        old[i] === now[j]
          ? (lengths[(i + 1) * width + j + 1] as number) + 1
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number);
  const kept: [boolean[], boolean[]] = [old.map(() => false), now.map(() => false)];
  for (let i = 0, j = 0; i < old.length && j < now.length; ) {
    if (old[i] === now[j]) {
      kept[0][i++] = true;
      kept[1][j++] = true;
    } else if ((lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number)) i++;
    else j++;
  }
  return kept;
}

function differing(words: string[], start: number, end: number, kept: boolean[]): Range[] {
  const ranges: Range[] = [];
  let at = 0;
  words.forEach((word, index) => {
    const differs = index >= start && index < words.length - end && !kept[index - start];
    const last = ranges.at(-1);
    if (differs && last?.[1] === at) last[1] = at + word.length;
    else if (differs) ranges.push([at, at + word.length]);
    at += word.length;
  });
  return ranges;
}

/** How many characters look how: `["hl-keyword", 5]`; "" is plain. */
export type Look = [look: string, length: number];

export interface Piece {
  text: string;
  look: string;
  marked: boolean;
}

/** The line cut where its colour or its mark changes. */
export function pieces(text: string, looks: Look[] | undefined, marks: Range[] | undefined): Piece[] {
  if (!looks?.length && !marks?.length) return text ? [{ text, look: "", marked: false }] : [];
  const cuts = new Set<number>([0, text.length]);
  const starts: { at: number; look: string }[] = [];
  let at = 0;
  for (const [look, length] of looks ?? []) {
    starts.push({ at, look });
    cuts.add(Math.min(at, text.length));
    at += length;
  }
  for (const [from, to] of marks ?? []) cuts.add(from).add(to);
  const ordered = [...cuts].sort((a, b) => a - b);
  let index = 0;
  return ordered.slice(0, -1).map((from, n) => {
    while (index + 1 < starts.length && (starts[index + 1] as { at: number }).at <= from) index++;
    return {
      text: text.slice(from, ordered[n + 1]),
      look: from < at ? (starts[index]?.look ?? "") : "",
      marked: Boolean(marks?.some(([a, b]) => a <= from && from < b)),
    };
  });
}
