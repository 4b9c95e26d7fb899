import { DndContext, DragOverlay, type DragEndEvent } from "@dnd-kit/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { memo, useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { toast } from "sonner";
import { errorText } from "@/api/errors";
import { reposQuery } from "@/api/queries";
import { repoName } from "@/lib/format";
import { Button } from "@/ui/button";
import { Checkbox, Select } from "@/ui/field";
import { Page } from "@/ui/page";
import { Asked, Empty, Loading } from "@/ui/state";
import { boardQuery, move } from "./board";
import { moveTo, moved, wholeBoard, type BoardPart, type Card, type Column, type Place } from "./columns";
import { Lane } from "./lane";
import { useBoardSensors } from "./sensors";

type Kept = InfiniteData<BoardPart, string>;

export default function BoardPage() {
  const { t } = useTranslation("board");
  const [asked, setAsked] = useSearchParams();
  const repo = asked.get("repo") ?? "";
  const archived = asked.has("archived");
  const repos = useQuery(reposQuery);
  const board = useInfiniteQuery(boardQuery(repo));
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
        {(found) => (found.pages[0]?.total ? <Drawn parts={found.pages} archived={archived} repo={repo} /> : <Empty title={t("empty")}>{t("empty_about")}</Empty>)}
      </Asked>
      {board.hasNextPage && <Button className="self-center" busy={board.isFetchingNextPage} onClick={() => void board.fetchNextPage()}>{t("common:more")}</Button>}
    </Page>
  );
}

function useMove(repo: string, follow: (id: string) => void) {
  const { t } = useTranslation("board");
  const queries = useQueryClient();
  const key = boardQuery(repo).queryKey;
  return useMutation({
    mutationFn: async ({ card, place }: { card: Card; place: Place }) => {
      const how = moveTo(card, place);
      if (how) await move(card, how);
    },
    onMutate: async ({ card, place }) => {
      await queries.cancelQueries({ queryKey: key });
      const before = queries.getQueryData<Kept>(key);
      follow(card.id);
      if (before) queries.setQueryData<Kept>(key, { ...before, pages: moved(before.pages, card, place) });
      return before;
    },
    onError: (error, { card }, before) => {
      follow(card.id);
      if (before) queries.setQueryData<Kept>(key, before);
      toast.error(errorText(t, error));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["kanban"] }),
  });
}

/** Many cards take long to draw: between two of them the page answers. */
function Drawn({ parts, archived, repo }: { parts: BoardPart[]; archived: boolean; repo: string }) {
  const columns = useMemo(() => wholeBoard(parts).filter((column) => archived || column.status !== "archived"), [parts, archived]);
  const drawn = useDeferredValue<Column[] | null>(columns, null);
  return drawn ? <Columns columns={drawn} repo={repo} /> : <Loading lines={6} />;
}

const Columns = memo(function Columns({ columns, repo }: { columns: Column[]; repo: string }) {
  const { t } = useTranslation("board");
  const box = useRef<HTMLDivElement>(null);
  const followed = useRef("");
  const { mutate } = useMove(repo, (id) => {
    followed.current = id;
  });
  const onMove = useCallback((card: Card, to: Place) => mutate({ card, place: to }), [mutate]);
  const statuses = columns.map(({ status }) => status).join(); // the same as long as they are the same columns
  const places = useMemo(() => statuses.split(",") as Place[], [statuses]);
  const arrives = useCallback((id: string) => {
    const does = followed.current === id;
    if (does) followed.current = "";
    return does;
  }, []);
  const [dragged, setDragged] = useState<Card>();
  const sensors = useBoardSensors();
  const cards = useMemo(() => new Map(columns.flatMap((column) => column.tasks.map((card) => [card.id, card]))), [columns]);
  const name = (id: unknown) => cards.get(String(id))?.title || t("common:untitled");
  const place = (id: unknown) => t(`column.${String(id)}`);
  const fits = (id: unknown, over: unknown) => {
    const card = cards.get(String(id));
    return card && (card.computed_status === over || moveTo(card, over as Place));
  };
  const focusBoard = useCallback(() => {
    if (document.activeElement === document.body) box.current?.focus();
  }, []);
  const end = ({ active, over }: DragEndEvent) => {
    setDragged(undefined);
    const card = cards.get(String(active.id));
    const to = over?.id as Place | undefined;
    if (!card || !to || to === card.computed_status) return;
    if (moveTo(card, to)) onMove(card, to);
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
          onDragOver: ({ active, over }) => (over ? t(fits(active.id, over.id) ? "drag_over" : "drag_over_not", { name: name(active.id), place: place(over.id) }) : undefined),
          onDragEnd: ({ active, over }) => (over && fits(active.id, over.id) ? t("drag_end", { name: name(active.id), place: place(over.id) }) : t("drag_cancel", { name: name(active.id) })),
          onDragCancel: ({ active }) => t("drag_cancel", { name: name(active.id) }),
        },
      }}
    >
      <div ref={box} className="flex gap-3 overflow-x-auto pb-3" tabIndex={0} role="group" aria-label={t("columns")}>
        {columns.map((column) => (
          <Lane key={column.status} column={column} places={places} dragged={dragged} arrives={arrives} onMoved={focusBoard} onMove={onMove} />
        ))}
      </div>
      <DragOverlay dropAnimation={null}>{dragged && <div className="rounded-xl border border-accent bg-raised p-3 text-sm shadow-pop">{dragged.title || t("common:untitled")}</div>}</DragOverlay>
    </DndContext>
  );
});
