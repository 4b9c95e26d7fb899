import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { client, got, newKey, once, type Schemas } from "@/api/client";
import { readDraft, writeDraft } from "@/lib/drafts";
import { composing } from "@/lib/keys";
import { repoName } from "@/lib/format";
import { Button, IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Select, TextArea, TextField } from "@/ui/field";
import { Fault } from "@/ui/state";
import type { Item } from "./page";

const types = ["feature", "bug_fix", "refactoring", "docs", "test"] as const;
const sizes = ["small", "medium", "large"] as const;
const states = ["draft", "ready", "in_progress", "done"] as const;

interface Typed {
  repo_id: string;
  title: string;
  description: string;
  type: Item["type"];
  estimated_size: Item["estimated_size"];
  status: Item["status"];
  tags: string;
  subtasks: { id: string | null; title: string; completed: boolean }[];
}

function begin(item: Item | undefined, repos: Schemas["Repo"][]): Typed {
  if (item) return { ...item, tags: item.tags.join(", "), subtasks: item.subtasks };
  const empty: Typed = { repo_id: repos[0]?.id ?? "", title: "", description: "", type: "feature", estimated_size: "medium", status: "draft", tags: "", subtasks: [] };
  try {
    return { ...empty, ...(JSON.parse(readDraft("backlog.new") || "{}") as Partial<Typed>) };
  } catch {
    return empty;
  }
}

/** A new item, which survives a reload until it is saved, or one that is there. */
export function ItemForm({ item, repos, onClose }: { item: Item | undefined; repos: Schemas["Repo"][]; onClose: () => void }) {
  const { t } = useTranslation("backlog");
  const queries = useQueryClient();
  const [typed, setTyped] = useState(() => begin(item, repos));
  const [key] = useState(newKey);
  const form = useId();
  const change = (part: Partial<Typed>) => {
    const next = { ...typed, ...part };
    if (!item) writeDraft("backlog.new", JSON.stringify(next));
    setTyped(next);
  };
  const save = useMutation({
    mutationFn: async () => {
      const body = { title: typed.title.trim(), description: typed.description, type: typed.type, estimated_size: typed.estimated_size, tags: typed.tags.split(",").map((tag) => tag.trim()).filter(Boolean) };
      const subtasks = typed.subtasks.filter((one) => one.title.trim());
      if (item) await got(client.PUT("/v1/backlog/{item_id}", { params: { path: { item_id: item.id } }, body: { ...body, status: typed.status, subtasks } }));
      else await got(client.POST("/v1/backlog", { body: { ...body, repo_id: typed.repo_id, subtasks: subtasks.map(({ title }) => ({ title })) }, headers: once(key) }));
    },
    onSuccess: async () => {
      if (!item) writeDraft("backlog.new", "");
      await queries.invalidateQueries({ queryKey: ["backlog"] });
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={item ? t("edit") : t("add")}
      actions={<Button type="submit" form={form} kind="primary" busy={save.isPending} because={!typed.title.trim() && t("because_title")}>{t("common:save")}</Button>}
    >
      <form id={form} onSubmit={(event) => { event.preventDefault(); if (typed.title.trim()) save.mutate(); }} className="flex flex-col gap-3 pb-3">
        {!item && (
          <Select label={t("repo")} value={typed.repo_id} onChange={(event) => change({ repo_id: event.target.value })}>
            {repos.map((one) => <option key={one.id} value={one.id}>{repoName(one.repo_url)}</option>)}
          </Select>
        )}
        <TextField label={t("title")} value={typed.title} maxLength={200} onChange={(event) => change({ title: event.target.value })} />
        <TextArea label={t("description")} rows={4} value={typed.description} onChange={(event) => change({ description: event.target.value })} />
        <div className="grid gap-3 sm:grid-cols-3">
          <Select label={t("type_label")} value={typed.type} onChange={(event) => change({ type: event.target.value as Item["type"] })}>{types.map((one) => <option key={one} value={one}>{t(`type.${one}`)}</option>)}</Select>
          <Select label={t("size_label")} value={typed.estimated_size} onChange={(event) => change({ estimated_size: event.target.value as Item["estimated_size"] })}>{sizes.map((one) => <option key={one} value={one}>{t(`size.${one}`)}</option>)}</Select>
          {item && <Select label={t("status_label")} value={typed.status} onChange={(event) => change({ status: event.target.value as Item["status"] })}>{states.map((one) => <option key={one} value={one}>{t(`status.${one}`)}</option>)}</Select>}
        </div>
        <TextField label={t("tags")} hint={t("tags_hint")} value={typed.tags} onChange={(event) => change({ tags: event.target.value })} />
        <Subtasks subtasks={typed.subtasks} withDone={Boolean(item)} onChange={(subtasks) => change({ subtasks })} />
        {save.error ? <Fault error={save.error} /> : null}
      </form>
    </Dialog>
  );
}

function Subtasks({ subtasks, withDone, onChange }: { subtasks: Typed["subtasks"]; withDone: boolean; onChange: (subtasks: Typed["subtasks"]) => void }) {
  const { t } = useTranslation("backlog");
  const set = (at: number, part: Partial<Typed["subtasks"][number]>) => onChange(subtasks.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const [added, setAdded] = useState<number>();
  const adder = useRef<HTMLButtonElement>(null);
  const add = () => {
    setAdded(subtasks.length);
    onChange([...subtasks, { id: null, title: "", completed: false }]);
  };
  const remove = (index: number) => {
    adder.current?.focus();
    onChange(subtasks.filter((_, at) => at !== index));
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="pb-1 text-sm font-medium">{t("subtasks")}</legend>
      {subtasks.map((one, index) => (
        <div key={one.id ?? index} className="flex items-center gap-2">
          {withDone && <input type="checkbox" aria-label={t("subtask_done", { n: index + 1 })} checked={one.completed} onChange={(event) => set(index, { completed: event.target.checked })} className="size-4 accent-(--accent)" />}
          <TextField
            label={t("subtask", { n: index + 1 })}
            bare
            className="flex-1"
            value={one.title}
            autoFocus={index === added}
            onChange={(event) => set(index, { title: event.target.value })}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || composing(event)) return;
              event.preventDefault();
              add();
            }}
          />
          <IconButton size="small-icon" label={t("subtask_remove", { n: index + 1 })} onClick={() => remove(index)}><X className="size-4" aria-hidden /></IconButton>
        </div>
      ))}
      <Button ref={adder} size="small" className="self-start" onClick={add}><Plus className="size-3.5" aria-hidden />{t("subtask_add")}</Button>
    </fieldset>
  );
}
