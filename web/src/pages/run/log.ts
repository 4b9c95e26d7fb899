// The lines of a run's log, by windows: only those near what is looked at are kept.
import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { client, got, type Schemas } from "@/api/client";

export type LogLine = Schemas["LogWindowLine"];

const windowLines = 500;
const keptMs = 2_000; // a window that nobody looks at any more: short, so that scrolling far keeps little

const windowOf = (runId: string, from: number, limit: number, signal: AbortSignal) =>
  got(client.GET("/v1/runs/{run_id}/log", { params: { path: { run_id: runId }, query: { from, limit } }, signal }));

/** How many lines there are, and whether they were removed since. While the run goes on, news of it make this old. */
export function useLogSize(runId: string) {
  return useQuery({
    queryKey: ["run", runId, "log-total"],
    queryFn: ({ signal }) => windowOf(runId, -1, 1, signal),
    placeholderData: keepPreviousData,
  });
}

interface Window {
  lines: LogLine[];
  /** Of the log, when its last lines were read. */
  total: number;
}

const windowQuery = (runId: string, at: number) => ({
  queryKey: ["run-log", runId, at],
  /** An answer ends early when its lines are long. */
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Window> => {
    const lines: LogLine[] = [];
    for (;;) {
      const part = await windowOf(runId, at * windowLines + lines.length, windowLines - lines.length, signal);
      lines.push(...part.lines);
      if (!part.lines.length || lines.length === windowLines) return { lines, total: part.total };
    }
  },
  staleTime: Infinity,
  gcTime: keptMs,
});

/** The lines from first to last by their numbers; those that are not here yet are absent. */
export function useLogLines(runId: string, total: number, first: number, last: number): (number: number) => LogLine | undefined {
  const queries = useQueryClient();
  const from = Math.floor(first / windowLines);
  const until = Math.min(Math.floor(last / windowLines), Math.floor((total - 1) / windowLines));
  const wanted = Array.from({ length: until - from + 1 }, (_, n) => from + n);
  const windows = useQueries({ queries: wanted.map((at) => windowQuery(runId, at)) });
  const grown = wanted.filter((at, n) => {
    const { data, isFetching } = windows[n] ?? {};
    return data && !isFetching && data.total < Math.min(total, (at + 1) * windowLines);
  });
  const again = grown.join();
  useEffect(() => {
    for (const at of again ? again.split(",") : []) void queries.invalidateQueries({ queryKey: ["run-log", runId, Number(at)], exact: true });
  }, [queries, runId, again, total]);
  return (number) => windows[Math.floor(number / windowLines) - from]?.data?.lines[number % windowLines];
}

export const searchQuery = (runId: string, words: string, from: number) => ({
  queryKey: ["run-log", runId, "search", words, from],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    got(client.GET("/v1/runs/{run_id}/log/search", { params: { path: { run_id: runId }, query: { q: words, from, limit: 100 } }, signal })),
  staleTime: 10_000,
});
