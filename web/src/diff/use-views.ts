// What the reader did to each file, and the layout that was chosen last.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { toast } from "sonner";
import { useTranslation } from "react-i18next";
import { errorText } from "@/api/errors";
import { textQuery, type Source } from "./changes";
import type { FileView, Gap, Layout } from "./rows";

export interface Views {
  of: (path: string) => FileView;
  change: (path: string, change: FileView) => void;
  /** Shows more of what did not change: some lines at the gap's top or foot, or all of it. */
  reveal: (path: string, gap: Gap, more: "top" | "foot" | "all") => Promise<void>;
  closeAll: (paths: string[], closed: boolean) => void;
}

const step = 20; // lines
const plain: FileView = {};

export function useViews(source: Source): Views {
  const client = useQueryClient();
  const { t } = useTranslation("diff");
  const [views, setViews] = useState<ReadonlyMap<string, FileView>>(new Map());
  const change = useCallback((path: string, more: FileView) => setViews((before) => new Map(before).set(path, { ...before.get(path), ...more })), []);
  const reveal = async (path: string, gap: Gap, more: "top" | "foot" | "all") => {
    let text: string[];
    try {
      text = await client.fetchQuery(textQuery(source, path));
    } catch (error) {
      toast.error(errorText(t, error));
      return;
    }
    setViews((before) => {
      const view = before.get(path) ?? plain;
      const { top, foot } = view.revealed?.[gap.index] ?? { top: 0, foot: 0 };
      const next = more === "all" ? { top: Infinity, foot: 0 } : more === "top" ? { top: top + step, foot } : { top, foot: foot + step };
      return new Map(before).set(path, { ...view, text, revealed: { ...view.revealed, [gap.index]: next } });
    });
  };
  return {
    of: (path) => views.get(path) ?? plain,
    change,
    reveal,
    closeAll: (paths, closed) => setViews((before) => new Map([...before, ...paths.map((path) => [path, { ...before.get(path), closed }] as const)])),
  };
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
