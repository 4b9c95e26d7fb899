// A column of the board and its cards.
import { useDraggable, useDroppable } from "@dnd-kit/core";
import { Ellipsis, GitPullRequest, GripVertical } from "lucide-react";
import { memo, useEffect, useRef, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useNow } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { ago, count } from "@/lib/format";
import { address } from "@/routes";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { moveTo, type Card, type Column, type Place } from "./columns";

const minute = 60_000;

interface Moving {
  /** All columns that are shown. */
  places: Place[];
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
        {column.tasks.map((card) => <Tile key={card.id} card={card} isDragged={card.id === dragged?.id} {...moving} />)}
        {column.tasks.length === 0 && <li className="px-1.5 py-3 text-center text-xs text-muted">{t("column_empty")}</li>}
        {column.count > column.tasks.length && <li className="px-1.5 text-xs text-muted">{t("more", { count: column.count - column.tasks.length })}</li>}
      </ul>
    </section>
  );
}

/** Of a drag only this is drawn again on every card. */
function Handle({ card, title, tile }: { card: Card; title: string; tile: RefObject<HTMLLIElement | null> }) {
  const { t } = useTranslation("board");
  const { setNodeRef, setActivatorNodeRef, attributes, listeners } = useDraggable({ id: card.id });
  useEffect(() => setNodeRef(tile.current), [setNodeRef, tile]);
  return <button ref={setActivatorNodeRef} type="button" aria-label={t("drag", { name: title })} className="mt-0.5 cursor-grab touch-none rounded p-0.5 text-muted hover:bg-sunken" {...attributes} {...listeners}><GripVertical className="size-4" aria-hidden /></button>;
}

function Age({ at }: { at: string }) {
  const { i18n } = useTranslation();
  return <span className="ml-auto">{ago(i18n.language, at, useNow(minute))}</span>;
}

/** There may be very many: drawn again only when the card is another, laid out only when it is near what is seen. */
const Tile = memo(function Tile({ card, isDragged, places, arrives, onMove, onMoved }: Moving & { card: Card; isDragged: boolean }) {
  const { t } = useTranslation("board");
  const tile = useRef<HTMLLIElement>(null);
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
    <li ref={tile} className={cn("flex flex-col gap-2 rounded-xl border bg-surface p-2.5 shadow-card [contain-intrinsic-height:auto_5.25rem] [content-visibility:auto]", isDragged && "opacity-40")}>
      <div className="flex items-start gap-1">
        <Handle card={card} title={title} tile={tile} />
        <Link ref={link} to={address.task(card.id)} className="line-clamp-2 min-w-0 flex-1 text-sm font-medium hover:underline">{title}</Link>
        <Menu onClosed={closed} button={<Button aria-label={t("actions_of", { name: title })} kind="quiet" size="small-icon"><Ellipsis className="size-4" aria-hidden /></Button>}>
          {places.filter((place) => place !== card.computed_status).map((place) => (
            <MenuItem key={place} because={!moveTo(card, place) && t("follows")} onSelect={() => go(place)}>{t("move_to", { place: t(`column.${place}`) })}</MenuItem>
          ))}
          {!places.includes("archived") && <MenuItem onSelect={() => go("archived")}>{t("archive")}</MenuItem>}
        </Menu>
      </div>
      <p className="flex flex-wrap items-center gap-1.5 pl-6 text-xs text-muted">
        {card.running_count > 0 && <Badge tone="busy">{t("running", { count: card.running_count })}</Badge>}
        {card.run_count > 0 && <span>{t("runs", { count: card.run_count })}</span>}
        {card.latest_pr_status && <Badge tone={card.latest_pr_status === "merged" ? "good" : "accent"}><GitPullRequest className="size-3" aria-hidden />{t(`pull.${card.latest_pr_status}`, { defaultValue: card.latest_pr_status })}</Badge>}
        <Age at={card.updated_at} />
      </p>
    </li>
  );
});
