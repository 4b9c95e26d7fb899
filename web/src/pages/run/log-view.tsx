import { useQuery } from "@tanstack/react-query";
import { ArrowDownToLine } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState, type UIEvent } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { count } from "@/lib/format";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { Asked, Empty } from "@/ui/state";
import { searchQuery, useLogLines, useLogSize, type LogLine } from "./log";
import { heightOf, rowHeight, sight, topFor, type View } from "./rows";

const nearEnd = 40; // pixels from the end that still count as the end

const looks: Partial<Record<LogLine["kind"], string>> = { phase: "text-busy", status: "font-semibold", warning: "text-warn", usage: "text-muted", turn: "text-muted" };

export function LogView({ runId, running }: { runId: string; running: boolean }) {
  const { t } = useTranslation("run");
  const size = useLogSize(runId);
  return (
    <Asked query={size} lines={8}>
      {({ total, is_removed }) =>
        total ? <Lines runId={runId} total={total} running={running} /> : <Empty title={t(is_removed ? "log_removed" : running ? "log_soon" : "log_empty")} />
      }
    </Asked>
  );
}

/** The box that scrolls and what is seen of it. */
function useView() {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>({ top: 0, height: 0 });
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return undefined;
    const look = () => setView({ top: node.scrollTop, height: node.clientHeight });
    const sized = new ResizeObserver(look);
    sized.observe(node);
    node.addEventListener("scroll", look, { passive: true });
    return () => {
      sized.disconnect();
      node.removeEventListener("scroll", look);
    };
  }, []);
  return { box, view };
}

function Lines({ runId, total, running }: { runId: string; total: number; running: boolean }) {
  const { t, i18n } = useTranslation("run");
  const { box, view } = useView();
  const [follows, setFollows] = useState(running);
  const [marked, setMarked] = useState<number>();
  const { first, last, start } = sight(total, view);
  const lineAt = useLogLines(runId, total, first, last);
  useLayoutEffect(() => {
    if (follows) box.current?.scrollTo({ top: heightOf(total) + view.height });
  }, [follows, total, view.height, box]);
  const scrolled = ({ currentTarget: node }: UIEvent) => setFollows(node.scrollHeight - node.scrollTop - node.clientHeight < nearEnd);
  const goTo = (line: number) => {
    setFollows(false);
    setMarked(line);
    box.current?.scrollTo({ top: topFor(line, total, view) });
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <Search runId={runId} onFound={goTo} />
        <p className="ml-auto pb-1.5 text-xs text-muted">{t("lines", { count: total, n: count(i18n.language, total) })}</p>
        <Button size="small" because={follows && t("at_end")} onClick={() => setFollows(true)}><ArrowDownToLine className="size-3.5" aria-hidden />{t("to_end")}</Button>
      </div>
      <div ref={box} role="log" aria-live="off" aria-label={t("log")} tabIndex={0} onScroll={scrolled} className="max-h-[65dvh] min-h-24 overflow-auto rounded-xl border bg-sunken py-2 font-mono text-xs">
        <div className="relative min-w-full" style={{ height: heightOf(total) }}>
          {Array.from({ length: last + 1 - first }, (_, n) => first + n).map((index) => {
            const line = lineAt(index);
            return (
              <div key={index} className={cn("absolute left-0 flex w-max min-w-full gap-3 pr-4 leading-[17px] whitespace-pre", marked === index && "bg-accent-weak")} style={{ top: start + (index - first) * rowHeight, height: rowHeight }}>
                <span className="w-16 shrink-0 text-right text-muted select-none">{index + 1}</span>
                <span className={line && looks[line.kind]}>{line?.text ?? " "}</span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Finds words from the beginning on; Enter goes to the next place, Shift+Enter to the one before. */
function Search({ runId, onFound }: { runId: string; onFound: (line: number) => void }) {
  const { t } = useTranslation("run");
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState({ words: "", from: 0 });
  const [at, setAt] = useState(0);
  const found = useQuery({ ...searchQuery(runId, asked.words, asked.from), enabled: Boolean(asked.words) });
  const matches = found.data?.matches ?? [];
  const more = found.data?.next_from ?? null;
  const first = matches[0]?.number;
  useEffect(() => {
    if (first !== undefined) onFound(first);
    // Only a new answer moves the log.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [found.data]);
  const step = (by: number) => {
    const next = at + by;
    if (next >= matches.length && more !== null) {
      setAt(0);
      setAsked({ ...asked, from: more });
    } else if (matches.length) {
      const wrapped = (next + matches.length) % matches.length;
      setAt(wrapped);
      onFound(matches[wrapped]?.number ?? 0);
    }
  };
  const submit = (back: boolean) => {
    const words = typed.trim();
    if (words && words === asked.words) return step(back ? -1 : 1);
    setAt(0);
    setAsked({ words, from: 0 });
  };
  const said = !asked.words || found.isPending ? "" : matches.length ? t("match", { n: at + 1, count: matches.length }) + (more === null ? "" : t("and_more")) : more === null ? t("no_match") : t("no_match_yet");
  return (
    <form
      role="search"
      className="flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        submit(false);
      }}
    >
      <TextField
        label={t("search")}
        bare
        type="search"
        placeholder={t("search")}
        value={typed}
        maxLength={200}
        className="w-56"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            submit(true);
          }
        }}
      />
      <p role="status" className="pb-1.5 text-xs text-muted">{found.isFetching ? t("common:loading") : said}</p>
      {!matches.length && more !== null && <Button size="small" onClick={() => setAsked({ ...asked, from: more })}>{t("search_on")}</Button>}
    </form>
  );
}
