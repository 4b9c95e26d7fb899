// The lines of a run's log, by windows: only those near what is looked at are kept.
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { client, got, type Schemas } from "@/api/client";

export type LogLine = Schemas["LogWindowLine"];

const windowLines = 500;
const everyMs = 1000; // a running log is looked at again so often: its lines are no news of the live line
const keptMs = 30_000; // a window that nobody looks at any more

const windowOf = (runId: string, from: number, limit: number, signal: AbortSignal) =>
  got(client.GET("/v1/runs/{run_id}/log", { params: { path: { run_id: runId }, query: { from, limit } }, signal }));

/** How many lines there are; again and again while the run goes on. */
export function useLogTotal(runId: string, running: boolean) {
  return useQuery({
    queryKey: ["run", runId, "log-total"],
    queryFn: async ({ signal }) => (await windowOf(runId, -1, 1, signal)).total,
    refetchInterval: running ? everyMs : false,
    placeholderData: keepPreviousData,
  });
}

/** The lines from first to last; those that are not here yet are absent. */
export function useLogLines(runId: string, total: number, first: number, last: number): Map<number, LogLine> {
  const windows = [];
  for (let at = Math.floor(first / windowLines); at * windowLines <= last && at * windowLines < total; at++) windows.push(at);
  return useQueries({
    queries: windows.map((at) => ({
      // The last window is another one when it has more lines.
      queryKey: ["run-log", runId, at, Math.min(total, (at + 1) * windowLines)],
      queryFn: ({ signal }: { signal: AbortSignal }) => windowOf(runId, at * windowLines, windowLines, signal),
      staleTime: Infinity,
      gcTime: keptMs,
      placeholderData: keepPreviousData,
    })),
    combine: (found) => new Map(found.flatMap(({ data }) => (data?.lines ?? []).map((line): [number, LogLine] => [line.number, line]))),
  });
}

export const searchQuery = (runId: string, words: string, from: number) => ({
  queryKey: ["run-log", runId, "search", words, from],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    got(client.GET("/v1/runs/{run_id}/log/search", { params: { path: { run_id: runId }, query: { q: words, from, limit: 100 } }, signal })),
  staleTime: 10_000,
});
