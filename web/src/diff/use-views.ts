// What the reader did to each file, and the layout that was chosen last.
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { toast } from "sonner";
import { useTranslation } from "react-i18next";
import { errorText } from "@/api/errors";
import { textQuery, type Source } from "./changes";
import type { FileView, Gap, Layout } from "./rows";

export interface Views {
  of: (path: string) => FileView;
  change: (path: string, change: FileView) => void;
  /** Shows more of what did not change: some lines at the gap's top or foot, or all of it. */
  reveal: (path: string, gap: Gap, more: More) => Promise<void>;
  closeAll: (paths: string[], closed: boolean) => void;
}

const step = 20; // lines
const plain: FileView = {};

type More = "top" | "foot" | "all";

function revealMore(view: FileView, index: number, more: More): FileView {
  const { top, foot } = view.revealed?.[index] ?? { top: 0, foot: 0 };
  const next = more === "all" ? { top: Infinity, foot: 0 } : more === "top" ? { top: top + step, foot } : { top, foot: foot + step };
  return { ...view, revealed: { ...view.revealed, [index]: next } };
}

/** Kept for each source, so that a look at another run and back finds all as it was. */
export function useViews({ runId, against, version }: Source): Views {
  const client = useQueryClient();
  const { t } = useTranslation("diff");
  const [views, setViews] = useState<ReadonlyMap<string, FileView>>(new Map());
  return useMemo(() => {
    const source = { runId, against, version };
    const name = (path: string) => `${runId} ${against ?? ""} ${version} ${path}`;
    const change = (path: string, to: (view: FileView) => FileView) =>
      setViews((before) => new Map(before).set(name(path), to(before.get(name(path)) ?? plain)));
    return {
      of: (path) => views.get(name(path)) ?? plain,
      change: (path, more) => change(path, (view) => ({ ...view, ...more })),
      reveal: async (path, gap, more) => {
        try {
          const text = await client.fetchQuery(textQuery(source, path));
          if (text) change(path, (view) => revealMore({ ...view, text }, gap.index, more));
          else toast.error(t("no_text"));
        } catch (error) {
          toast.error(errorText(t, error));
        }
      },
      closeAll: (paths, closed) =>
        setViews((before) => new Map([...before, ...paths.map((path) => [name(path), { ...before.get(name(path)), closed }] as const)])),
    };
  }, [views, client, t, runId, against, version]);
}

const key = "dursor.diff.layout";
const narrow = 900; // px; below, two columns of code are too little

export function useLayout(): [Layout, (layout: Layout) => void] {
  const [layout, setLayout] = useState<Layout>(() => {
    const kept = localStorage.getItem(key);
    return kept === "split" || kept === "unified" ? kept : innerWidth < narrow ? "unified" : "split";
  });
  return [
    layout,
    (chosen) => {
      localStorage.setItem(key, chosen);
      setLayout(chosen);
    },
  ];
}
