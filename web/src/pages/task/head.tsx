// What belongs to the whole task: its title, its pull requests, deleting it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Archive, ArchiveRestore, Ellipsis, GitPullRequest, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { toast } from "sonner";
import { client, got } from "@/api/client";
import { errorText } from "@/api/errors";
import { reposQuery } from "@/api/queries";
import { repoName } from "@/lib/format";
import { Badge, type Tone } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Confirm, Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { Menu, MenuItem, MenuLine } from "@/ui/menu";
import { Fault } from "@/ui/state";
import type { Task } from "./run-state";

const titleMost = 200;

export function RepoLine({ task }: { task: Task | undefined }) {
  const repos = useQuery(reposQuery);
  const repo = repos.data?.find((one) => one.id === task?.repo_id);
  return repo ? <span translate="no">{repoName(repo.repo_url)}</span> : null;
}

const pullTones: Record<string, Tone> = { open: "accent", merged: "good", closed: "plain" };

export function Pulls({ task }: { task: Task }) {
  const { t } = useTranslation("task");
  return task.prs.map((pull) => (
    <a key={pull.id} href={pull.url} target="_blank" rel="noreferrer" className="rounded-full">
      <Badge tone={pullTones[pull.status] ?? "plain"}><GitPullRequest className="size-3.5" aria-hidden />#{pull.number} {t(`pull.${pull.status}`, { defaultValue: pull.status })}</Badge>
    </a>
  ));
}

function Rename({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation("task");
  const queries = useQueryClient();
  const [title, setTitle] = useState(task.title ?? "");
  const save = useMutation({
    mutationFn: () => got(client.PATCH("/v1/tasks/{task_id}", { params: { path: { task_id: task.id } }, body: { title: title.trim() } })),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: ["task", task.id] }), queries.invalidateQueries({ queryKey: ["tasks"] })]);
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={t("rename")} actions={<Button kind="primary" busy={save.isPending} because={!title.trim() && t("title_empty")} onClick={() => save.mutate()}>{t("common:save")}</Button>}>
      <form onSubmit={(event) => { event.preventDefault(); if (title.trim()) save.mutate(); }} className="flex flex-col gap-3 pb-2">
        <TextField label={t("title")} value={title} maxLength={titleMost} onChange={(event) => setTitle(event.target.value)} />
        {save.error ? <Fault error={save.error} /> : null}
      </form>
    </Dialog>
  );
}

function Delete({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation("task");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => got(client.DELETE("/v1/tasks/{task_id}", { params: { path: { task_id: task.id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["tasks"] });
      void navigate("/");
    },
  });
  return (
    <Confirm open onClose={onClose} title={t("delete")} about={t("delete_about")} action={t("delete")} busy={remove.isPending} onConfirm={() => remove.mutate()}>
      {remove.error ? <Fault error={remove.error} /> : null}
    </Confirm>
  );
}

function useArchive(task: Task) {
  const { t } = useTranslation("task");
  const queries = useQueryClient();
  const away = task.kanban_status === "archived";
  const params = { path: { task_id: task.id } };
  const move = useMutation({
    mutationFn: () => got(away ? client.POST("/v1/kanban/tasks/{task_id}/unarchive", { params }) : client.POST("/v1/kanban/tasks/{task_id}/archive", { params })),
    onSuccess: async () => {
      await Promise.all([["task", task.id], ["tasks"], ["kanban"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
      toast.success(t(away ? "unarchived_told" : "archived_told"));
    },
    onError: (error) => toast.error(errorText(t, error)),
  });
  return { away, move: () => move.mutate() };
}

export function TaskMenu({ task }: { task: Task }) {
  const { t } = useTranslation("task");
  const { away, move } = useArchive(task);
  const [open, setOpen] = useState<"" | "rename" | "delete">("");
  const close = () => setOpen("");
  return (
    <>
      {away && <Badge><Archive className="size-3.5" aria-hidden />{t("archived")}</Badge>}
      <Menu button={<IconButton label={t("task_actions")}><Ellipsis className="size-5" aria-hidden /></IconButton>}>
        <MenuItem onSelect={() => setOpen("rename")}><Pencil className="size-4" aria-hidden />{t("rename")}</MenuItem>
        <MenuItem onSelect={move}>{away ? <ArchiveRestore className="size-4" aria-hidden /> : <Archive className="size-4" aria-hidden />}{t(away ? "unarchive" : "archive")}</MenuItem>
        <MenuLine />
        <MenuItem danger onSelect={() => setOpen("delete")}><Trash2 className="size-4" aria-hidden />{t("delete")}</MenuItem>
      </Menu>
      {open === "rename" && <Rename task={task} onClose={close} />}
      {open === "delete" && <Delete task={task} onClose={close} />}
    </>
  );
}
