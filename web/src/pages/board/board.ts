// The board's columns, and where a card may go by hand: the other places follow from its runs and pull request.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, got, type Schemas } from "@/api/client";

export type Column = Schemas["BoardColumn"];
export type Card = Schemas["BoardTask"];
export type Place = Column["status"];

const mostCards = 500;

export const boardQuery = (repo_id: string) =>
  queryOptions({
    queryKey: ["kanban", repo_id],
    queryFn: ({ signal }) => got(client.GET("/v1/kanban", { params: { query: { limit: mostCards, ...(repo_id ? { repo_id } : {}) } }, signal })),
    placeholderData: keepPreviousData,
  });

type Move = "move-to-todo" | "move-to-backlog" | "archive" | "unarchive";

/** What brings the card there; undefined when nothing does. */
export function moveTo(card: Card, place: Place): Move | undefined {
  if (place === card.computed_status) return undefined;
  if (place === "archived") return "archive";
  if (card.computed_status === "archived") return place === "backlog" ? "unarchive" : undefined;
  if (card.computed_status === "backlog" && place === "todo") return "move-to-todo";
  if (card.computed_status === "todo" && place === "backlog") return "move-to-backlog";
  return undefined;
}

export const move = (card: Card, how: Move) => got(client.POST(`/v1/kanban/tasks/{task_id}/${how}`, { params: { path: { task_id: card.id } } }));

/** The columns as they will be when the card has moved. */
export const moved = (columns: Column[], card: Card, place: Place): Column[] =>
  columns.map((column) => {
    if (column.status === card.computed_status) return { ...column, count: column.count - 1, tasks: column.tasks.filter((one) => one.id !== card.id) };
    if (column.status === place) return { ...column, count: column.count + 1, tasks: [{ ...card, computed_status: place }, ...column.tasks] };
    return column;
  });
