// What a run changed, as the server tells it: the files, their lines, and texts for more context.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { client, got, type Schemas } from "@/api/client";
import { readPatch, type Hunk } from "./patch";

/** Against the run's own start, or against what another run made of it. */
export interface Source {
  runId: string;
  against?: string | undefined;
  /** Changes when the run has another result. */
  version: string;
}

export type ChangedFile = Schemas["DiffFile"] & {
  /** Absent while they are not loaded: the whole change was too large for one answer. */
  hunks: Hunk[] | undefined;
};

const keep = { staleTime: "static", gcTime: 300_000 } as const; // a result never changes, whatever is told of its run
const asked = ({ against }: Source, path?: string) => ({ ...(against ? { against } : {}), ...(path ? { path } : {}) });

export const filesQuery = (source: Source) =>
  queryOptions({
    queryKey: ["difference", source.runId, source.version, source.against ?? null, "files"],
    queryFn: ({ signal }) =>
      got(client.GET("/v1/runs/{run_id}/files", { params: { path: { run_id: source.runId }, query: asked(source) }, signal })),
    ...keep,
  });

/** The whole change, or that of one file. */
export const patchQuery = (source: Source, path?: string) =>
  queryOptions({
    queryKey: ["difference", source.runId, source.version, source.against ?? null, "patch", path ?? null],
    queryFn: async ({ signal }) => {
      const { patch, is_cut } = await got(
        client.GET("/v1/runs/{run_id}/diff", { params: { path: { run_id: source.runId }, query: asked(source, path) }, signal }),
      );
      return { files: await readPatch(patch), is_cut };
    },
    ...keep,
    structuralSharing: false,
  });

/** The lines of a file as the run left it; null when they cannot be shown: too large, or no text. */
export const textQuery = (source: Source, path: string) =>
  queryOptions({
    queryKey: ["difference", source.runId, source.version, "text", path],
    queryFn: async ({ signal }) => {
      const { text } = await got(
        client.GET("/v1/runs/{run_id}/file", { params: { path: { run_id: source.runId }, query: { path, side: "new" } }, signal }),
      );
      if (text === null) return null;
      const lines = text.split("\n");
      if (lines.at(-1) === "") lines.pop();
      return lines;
    },
    ...keep,
    structuralSharing: false,
  });

/** Files with their lines; `only` asks for one file. */
export function useChanges(source: Source, only?: string) {
  const listed = useQuery(filesQuery(source));
  const patch = useQuery(patchQuery(source, only));
  const files = useMemo<ChangedFile[] | undefined>(() => {
    if (!listed.data || !patch.data) return undefined;
    const parts = patch.data.files;
    return listed.data.files
      .filter((file) => !only || file.path === only)
      .map((file) => {
        const part = parts.get(file.path);
        return { ...file, hunks: part?.hunks ?? (file.added_lines + file.removed_lines === 0 || file.is_binary ? [] : undefined) };
      });
  }, [listed.data, patch.data, only]);
  return {
    data: files && { files, isCut: Boolean(listed.data?.is_cut) },
    error: listed.error ?? patch.error,
    refetch: () => Promise.all([listed.refetch(), patch.refetch()]),
  };
}
