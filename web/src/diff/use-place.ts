// Where a list stands in what scrolls around it, and how many characters a line of it holds.
import { useLayoutEffect, useState } from "react";

export interface Place {
  scroller: HTMLElement | null;
  /** From the top of what scrolls to the top of the list, in px. */
  margin: number;
  width: number;
  /** The width of a digit in the list's font. */
  digit: number;
}

function scrollerOf(node: HTMLElement): HTMLElement {
  for (let at = node.parentElement; at; at = at.parentElement) if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  return document.documentElement;
}

const digitOf = (node: HTMLElement) => {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return 8;
  const { fontSize, fontFamily } = getComputedStyle(node);
  context.font = `${fontSize} ${fontFamily}`;
  return context.measureText("0000000000").width / 10;
};

export function usePlace(node: HTMLElement | null): Place {
  const [place, setPlace] = useState<Place>({ scroller: null, margin: 0, width: 0, digit: 8 });
  useLayoutEffect(() => {
    if (!node) return;
    const scroller = scrollerOf(node);
    const digit = digitOf(node);
    const measure = () => {
      const margin = Math.round(node.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop);
      const width = node.clientWidth;
      setPlace((before) => (before.scroller === scroller && before.margin === margin && before.width === width ? before : { scroller, margin, width, digit }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    for (let at: HTMLElement | null = node; at && at !== scroller.parentElement; at = at.parentElement) observer.observe(at);
    return () => observer.disconnect();
  }, [node]);
  return place;
}
