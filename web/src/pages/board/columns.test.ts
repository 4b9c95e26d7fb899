import { expect, test } from "vitest";
import { moved, moveTo, wholeBoard, type BoardPart, type Card, type Place } from "./columns";

const card = (id: string, computed_status: Place) => ({ id, computed_status }) as Card;
const part = (cards: Record<string, Card[]>): BoardPart => ({
  columns: (["backlog", "todo", "done", "archived"] as Place[]).map((status) => ({ status, count: 9, tasks: cards[status] ?? [] })),
  total: 9,
  next: null,
});
const ids = (parts: BoardPart[]) => Object.fromEntries(wholeBoard(parts).map(({ status, tasks }) => [status, tasks.map(({ id }) => id)]));

test("by hand a card goes between backlog and to do, into the archive and back to the backlog", () => {
  expect(moveTo(card("a", "backlog"), "todo")).toBe("move-to-todo");
  expect(moveTo(card("a", "todo"), "backlog")).toBe("move-to-backlog");
  expect(moveTo(card("a", "done"), "archived")).toBe("archive");
  expect(moveTo(card("a", "archived"), "backlog")).toBe("unarchive");
  for (const place of ["todo", "done", "archived"] as Place[]) expect(moveTo(card("a", "archived"), place)).toBeUndefined();
  expect(moveTo(card("a", "backlog"), "done")).toBeUndefined();
});

test("parts of the board make one, with each card once", () => {
  const first = part({ backlog: [card("a", "backlog")], done: [card("b", "done")] });
  const second = part({ backlog: [card("c", "backlog"), card("b", "backlog")], todo: [card("d", "todo")] });
  expect(ids([first, second])).toEqual({ backlog: ["a", "c"], todo: ["d"], done: ["b"], archived: [] });
  expect(ids([])).toEqual({});
});

test("a card that moves is first in its new column, whichever part it was in", () => {
  const parts = [part({ todo: [card("a", "todo")] }), part({ backlog: [card("b", "backlog")] })];
  const after = moved(parts, card("b", "backlog"), "todo");
  expect(ids(after)).toEqual({ backlog: [], todo: ["b", "a"], done: [], archived: [] });
  expect(wholeBoard(after).map(({ count }) => count)).toEqual([8, 10, 9, 9]);
});
