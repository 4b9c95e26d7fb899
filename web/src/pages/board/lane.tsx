// A column of the board and its cards.
import { useDraggable, useDroppable } from "@dnd-kit/core";
import { Ellipsis, GitPullRequest, GripVertical } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useNow } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { ago, count } from "@/lib/format";
import { address } from "@/routes";
import { Badge } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { moveTo, type Card, type Column, type Place } from "./columns";

const minute = 60_000;

interface Moving {
  columns: Column[];
  /** Whether the focus goes with this card, which has come to another column; asked once. */
  arrives: (cardId: string) => boolean;
  onMove: (card: Card, place: Place) => void;
  /** The menu that moved a card has closed. */
  onMoved: () => void;
}

interface LaneProps extends Moving {
  column: Column;
  dragged: Card | undefined;
}

export function Lane({ column, dragged, ...moving }: LaneProps) {
  const { t, i18n } = useTranslation("board");
  const { setNodeRef, isOver } = useDroppable({ id: column.status });
  const fits = dragged && moveTo(dragged, column.status);
  const title = t(`column.${column.status}`);
  return (
    <section ref={setNodeRef} aria-label={title} className={cn("flex min-w-48 flex-1 flex-col gap-2 rounded-2xl bg-sunken p-2", fits && "ring-2 ring-accent/50", isOver && fits && "bg-accent-weak")}>
      <h2 className="flex items-center justify-between px-1.5 pt-1 text-sm font-semibold">{title}<span className="text-xs font-normal text-muted">{count(i18n.language, column.count)}</span></h2>
      <ul className="flex flex-col gap-2">
        {column.tasks.map((card) => <Tile key={card.id} card={card} {...moving} />)}
        {column.tasks.length === 0 && <li className="px-1.5 py-3 text-center text-xs text-muted">{t("column_empty")}</li>}
        {column.count > column.tasks.length && <li className="px-1.5 text-xs text-muted">{t("more", { count: column.count - column.tasks.length })}</li>}
      </ul>
    </section>
  );
}

function Tile({ card, columns, arrives, onMove, onMoved }: Moving & { card: Card }) {
  const { t, i18n } = useTranslation("board");
  const { setNodeRef, attributes, listeners, isDragging } = useDraggable({ id: card.id });
  const now = useNow(minute);
  const link = useRef<HTMLAnchorElement>(null);
  const moves = useRef(false);
  useEffect(() => {
    if (arrives(card.id)) link.current?.focus();
  }, [arrives, card.id]);
  const go = (place: Place) => {
    moves.current = true;
    onMove(card, place);
  };
  const closed = (event: Event) => {
    if (!moves.current) return;
    event.preventDefault(); // its button goes away with the card
    moves.current = false;
    onMoved();
  };
  const title = card.title || t("common:untitled");
  return (
    <li ref={setNodeRef} className={cn("flex flex-col gap-2 rounded-xl border bg-surface p-2.5 shadow-card", isDragging && "opacity-40")}>
      <div className="flex items-start gap-1">
        <button type="button" aria-label={t("drag", { name: title })} className="mt-0.5 cursor-grab touch-none rounded p-0.5 text-muted hover:bg-sunken" {...attributes} {...listeners}><GripVertical className="size-4" aria-hidden /></button>
        <Link ref={link} to={address.task(card.id)} className="line-clamp-2 min-w-0 flex-1 text-sm font-medium hover:underline">{title}</Link>
        <Menu onClosed={closed} button={<IconButton label={t("actions_of", { name: title })} size="small-icon"><Ellipsis className="size-4" aria-hidden /></IconButton>}>
          {columns.filter((column) => column.status !== card.computed_status).map((column) => (
            <MenuItem key={column.status} because={!moveTo(card, column.status) && t("follows")} onSelect={() => go(column.status)}>{t("move_to", { place: t(`column.${column.status}`) })}</MenuItem>
          ))}
          {!columns.some((column) => column.status === "archived") && <MenuItem onSelect={() => go("archived")}>{t("archive")}</MenuItem>}
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
