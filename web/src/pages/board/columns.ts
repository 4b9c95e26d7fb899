// The board's columns, and where a card may go by hand: the other places follow from its runs and pull request.
import type { Schemas } from "@/api/client";

export type Column = Schemas["BoardColumn"];
export type Card = Schemas["BoardTask"];
export type Place = Column["status"];

/** Its columns hold the cards of this page and the counts of all. */
export interface BoardPart {
  columns: Column[];
  total: number;
  next: string | null;
}

/** The columns over all parts. A card that moved between two readings is shown where the first of them saw it. */
export function wholeBoard(parts: BoardPart[]): Column[] {
  const at = new Map<string, Place>();
  for (const part of parts) for (const column of part.columns) for (const card of column.tasks) if (!at.has(card.id)) at.set(card.id, column.status);
  return (parts[0]?.columns ?? []).map((column) => {
    const cards = new Map<string, Card>();
    for (const part of parts) for (const card of part.columns.find(({ status }) => status === column.status)?.tasks ?? []) if (at.get(card.id) === column.status && !cards.has(card.id)) cards.set(card.id, card);
    return { ...column, tasks: [...cards.values()] };
  });
}

export type Move = "move-to-todo" | "move-to-backlog" | "archive" | "unarchive";

/** What brings the card there; undefined when nothing does. */
export function moveTo(card: Card, place: Place): Move | undefined {
  if (place === card.computed_status) return undefined;
  if (place === "archived") return "archive";
  if (card.computed_status === "archived") return place === "backlog" ? "unarchive" : undefined;
  if (card.computed_status === "backlog" && place === "todo") return "move-to-todo";
  if (card.computed_status === "todo" && place === "backlog") return "move-to-backlog";
  return undefined;
}

/** The parts as they will be when the card has moved: first in its new column. */
export const moved = (parts: BoardPart[], card: Card, place: Place): BoardPart[] =>
  parts.map((part, at) => {
    const columns = part.columns.map((column) => {
      const tasks = column.tasks.filter((one) => one.id !== card.id);
      if (column.status === card.computed_status) return { ...column, count: column.count - 1, tasks };
      if (column.status === place) return { ...column, count: column.count + 1, tasks: at ? tasks : [{ ...card, computed_status: place }, ...tasks] };
      return { ...column, tasks };
    });
    return { ...part, columns };
  });
