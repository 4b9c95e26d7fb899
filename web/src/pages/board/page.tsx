import { DndContext, DragOverlay, KeyboardSensor, PointerSensor, useDraggable, useDroppable, useSensor, useSensors, type DragEndEvent } from "@dnd-kit/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, GitPullRequest, GripVertical } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { toast } from "sonner";
import type { Schemas } from "@/api/client";
import { errorText } from "@/api/errors";
import { reposQuery } from "@/api/queries";
import { useNow } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { ago, count, repoName } from "@/lib/format";
import { address } from "@/routes";
import { Badge } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Checkbox, Select } from "@/ui/field";
import { Menu, MenuItem } from "@/ui/menu";
import { Page } from "@/ui/page";
import { Asked, Empty } from "@/ui/state";
import { boardQuery, move, moveTo, moved, type Card, type Column, type Place } from "./board";

const minute = 60_000;
const dragFrom = 6; // pixels that tell a drag from a click

export default function BoardPage() {
  const { t } = useTranslation("board");
  const [asked, setAsked] = useSearchParams();
  const repo = asked.get("repo") ?? "";
  const archived = asked.has("archived");
  const repos = useQuery(reposQuery);
  const board = useQuery(boardQuery(repo));
  const choose = (change: { repo?: string; archived?: boolean }) => {
    const next = { repo, archived, ...change };
    setAsked({ ...(next.repo ? { repo: next.repo } : {}), ...(next.archived ? { archived: "" } : {}) }, { replace: true });
  };
  return (
    <Page
      title={t("common:place.board")}
      wide
      actions={
        <div className="flex flex-wrap items-center gap-3">
          <Checkbox label={t("show_archived")} checked={archived} onChange={(event) => choose({ archived: event.target.checked })} />
          <Select label={t("by_repo")} bare value={repo} onChange={(event) => choose({ repo: event.target.value })}>
            <option value="">{t("all_repos")}</option>
            {repos.data?.map((one) => <option key={one.id} value={one.id}>{repoName(one.repo_url)}</option>)}
          </Select>
        </div>
      }
    >
      <Asked query={board} lines={6}>
        {(found) => (found.total_tasks === 0 ? <Empty title={t("empty")}>{t("empty_about")}</Empty> : <Columns columns={found.columns.filter((column) => archived || column.status !== "archived")} all={found} repo={repo} />)}
      </Asked>
    </Page>
  );
}

function useMove(all: Schemas["Board"], repo: string) {
  const { t } = useTranslation("board");
  const queries = useQueryClient();
  const key = boardQuery(repo).queryKey;
  return useMutation({
    mutationFn: async ({ card, place }: { card: Card; place: Place }) => {
      const how = moveTo(card, place);
      if (how) await move(card, how);
    },
    onMutate: ({ card, place }) => queries.setQueryData(key, { ...all, columns: moved(all.columns, card, place) }),
    onError: (error) => {
      queries.setQueryData(key, all);
      toast.error(errorText(t, error));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["kanban"] }),
  });
}

function Columns({ columns, all, repo }: { columns: Column[]; all: Schemas["Board"]; repo: string }) {
  const { t } = useTranslation("board");
  const change = useMove(all, repo);
  const [dragged, setDragged] = useState<Card>();
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: dragFrom } }), useSensor(KeyboardSensor));
  const cards = new Map(columns.flatMap((column) => column.tasks.map((card) => [card.id, card])));
  const name = (id: unknown) => cards.get(String(id))?.title || t("common:untitled");
  const place = (id: unknown) => t(`column.${String(id)}`);
  const end = ({ active, over }: DragEndEvent) => {
    setDragged(undefined);
    const card = cards.get(String(active.id));
    const to = over?.id as Place | undefined;
    if (!card || !to || to === card.computed_status) return;
    if (moveTo(card, to)) change.mutate({ card, place: to });
    else toast.warning(t("cannot", { place: place(to) }));
  };
  return (
    <DndContext
      sensors={sensors}
      onDragStart={({ active }) => setDragged(cards.get(String(active.id)))}
      onDragEnd={end}
      onDragCancel={() => setDragged(undefined)}
      accessibility={{
        screenReaderInstructions: { draggable: t("how_to_drag") },
        announcements: {
          onDragStart: ({ active }) => t("drag_start", { name: name(active.id) }),
          onDragOver: ({ active, over }) => (over ? t("drag_over", { name: name(active.id), place: place(over.id) }) : undefined),
          onDragEnd: ({ active, over }) => (over ? t("drag_end", { name: name(active.id), place: place(over.id) }) : undefined),
          onDragCancel: ({ active }) => t("drag_cancel", { name: name(active.id) }),
        },
      }}
    >
      <div className="flex gap-3 overflow-x-auto pb-3" tabIndex={0} role="group" aria-label={t("columns")}>
        {columns.map((column) => (
          <Lane key={column.status} column={column} columns={columns} dragged={dragged} onMove={(card, to) => change.mutate({ card, place: to })} />
        ))}
      </div>
      <DragOverlay dropAnimation={null}>{dragged && <div className="rounded-xl border border-accent bg-raised p-3 text-sm shadow-pop">{dragged.title || t("common:untitled")}</div>}</DragOverlay>
    </DndContext>
  );
}

interface LaneProps {
  column: Column;
  columns: Column[];
  dragged: Card | undefined;
  onMove: (card: Card, place: Place) => void;
}

function Lane({ column, columns, dragged, onMove }: LaneProps) {
  const { t, i18n } = useTranslation("board");
  const { setNodeRef, isOver } = useDroppable({ id: column.status });
  const fits = dragged && moveTo(dragged, column.status);
  const title = t(`column.${column.status}`);
  return (
    <section ref={setNodeRef} aria-label={title} className={cn("flex min-w-48 flex-1 flex-col gap-2 rounded-2xl bg-sunken p-2", fits && "ring-2 ring-accent/50", isOver && fits && "bg-accent-weak")}>
      <h2 className="flex items-center justify-between px-1.5 pt-1 text-sm font-semibold">{title}<span className="text-xs font-normal text-muted">{count(i18n.language, column.count)}</span></h2>
      <ul className="flex flex-col gap-2">
        {column.tasks.map((card) => <Tile key={card.id} card={card} columns={columns} onMove={onMove} />)}
        {column.tasks.length === 0 && <li className="px-1.5 py-3 text-center text-xs text-muted">{t("column_empty")}</li>}
        {column.count > column.tasks.length && <li className="px-1.5 text-xs text-muted">{t("more", { count: column.count - column.tasks.length })}</li>}
      </ul>
    </section>
  );
}

function Tile({ card, columns, onMove }: { card: Card; columns: Column[]; onMove: (card: Card, place: Place) => void }) {
  const { t, i18n } = useTranslation("board");
  const { setNodeRef, attributes, listeners, isDragging } = useDraggable({ id: card.id });
  const now = useNow(minute);
  const title = card.title || t("common:untitled");
  return (
    <li ref={setNodeRef} className={cn("flex flex-col gap-2 rounded-xl border bg-surface p-2.5 shadow-card", isDragging && "opacity-40")}>
      <div className="flex items-start gap-1">
        <button type="button" aria-label={t("drag", { name: title })} className="mt-0.5 cursor-grab touch-none rounded p-0.5 text-muted hover:bg-sunken" {...attributes} {...listeners}><GripVertical className="size-4" aria-hidden /></button>
        <Link to={address.task(card.id)} className="line-clamp-2 min-w-0 flex-1 text-sm font-medium hover:underline">{title}</Link>
        <Menu button={<IconButton label={t("actions_of", { name: title })} size="small-icon"><Ellipsis className="size-4" aria-hidden /></IconButton>}>
          {columns.filter((column) => column.status !== card.computed_status).map((column) => (
            <MenuItem key={column.status} because={!moveTo(card, column.status) && t("follows")} onSelect={() => onMove(card, column.status)}>{t("move_to", { place: t(`column.${column.status}`) })}</MenuItem>
          ))}
          {!columns.some((column) => column.status === "archived") && <MenuItem onSelect={() => onMove(card, "archived")}>{t("archive")}</MenuItem>}
        </Menu>
      </div>
      <p className="flex flex-wrap items-center gap-1.5 pl-6 text-xs text-muted">
        {card.running_count > 0 && <Badge tone="busy">{t("running", { count: card.running_count })}</Badge>}
        {card.run_count > 0 && <span>{t("runs", { count: card.run_count })}</span>}
        {card.latest_pr_status && <Badge tone={card.latest_pr_status === "merged" ? "good" : "accent"}><GitPullRequest className="size-3" aria-hidden />{t(`pull.${card.latest_pr_status}`, { defaultValue: card.latest_pr_status })}</Badge>}
        <span className="ml-auto">{ago(i18n.language, card.updated_at, now)}</span>
      </p>
    </li>
  );
}
