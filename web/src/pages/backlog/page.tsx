import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowRight, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { toast } from "sonner";
import { client, got, type Schemas } from "@/api/client";
import { errorText } from "@/api/errors";
import { reposQuery } from "@/api/queries";
import { repoName } from "@/lib/format";
import { address } from "@/routes";
import { Badge, Card, type Tone } from "@/ui/badge";
import { Button, ButtonLink, IconButton } from "@/ui/button";
import { Confirm } from "@/ui/dialog";
import { Select } from "@/ui/field";
import { Page } from "@/ui/page";
import { Asked, Empty, Fault } from "@/ui/state";
import { ItemForm } from "./item-form";

export type Item = Schemas["BacklogItem"];
const pageSize = 50;
const tones: Record<Item["status"], Tone> = { draft: "plain", ready: "accent", in_progress: "busy", done: "good" };

async function itemsPage(repo_id: string, cursor: string, signal: AbortSignal) {
  const { data, response } = await client.GET("/v1/backlog", { params: { query: { limit: pageSize, ...(repo_id ? { repo_id } : {}), ...(cursor ? { cursor } : {}) } }, signal });
  return { items: data ?? [], next: response.headers.get("X-Next-Cursor") };
}

export default function BacklogPage() {
  const { t } = useTranslation("backlog");
  const [repo, setRepo] = useState("");
  const [editing, setEditing] = useState<Item | "new">();
  const repos = useQuery(reposQuery);
  const items = useInfiniteQuery({
    queryKey: ["backlog", repo],
    queryFn: ({ pageParam, signal }) => itemsPage(repo, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });
  const all = items.data?.pages.flatMap((page) => page.items);
  const names = new Map(repos.data?.map((one) => [one.id, repoName(one.repo_url)]));
  return (
    <Page
      title={t("common:place.backlog")}
      actions={
        <>
          <Select label={t("by_repo")} bare value={repo} onChange={(event) => setRepo(event.target.value)}>
            <option value="">{t("all_repos")}</option>
            {repos.data?.map((one) => <option key={one.id} value={one.id}>{repoName(one.repo_url)}</option>)}
          </Select>
          <Button kind="primary" because={repos.data?.length === 0 && t("because_repo")} onClick={() => setEditing("new")}><Plus className="size-4" aria-hidden />{t("add")}</Button>
        </>
      }
    >
      <Asked query={{ ...items, data: all }}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={t("none")}>{t("none_about")}</Empty>
          ) : (
            <Card><ul className="divide-y">{found.map((item) => <Row key={item.id} item={item} repo={names.get(item.repo_id)} onEdit={() => setEditing(item)} />)}</ul></Card>
          )
        }
      </Asked>
      {items.hasNextPage && <Button className="self-center" busy={items.isFetchingNextPage} onClick={() => void items.fetchNextPage()}>{t("common:more")}</Button>}
      {editing && repos.data && <ItemForm item={editing === "new" ? undefined : editing} repos={repos.data} onClose={() => setEditing(undefined)} />}
    </Page>
  );
}

function Row({ item, repo, onEdit }: { item: Item; repo: string | undefined; onEdit: () => void }) {
  const { t } = useTranslation("backlog");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const params = { path: { item_id: item.id } };
  const promote = useMutation({
    mutationFn: () => got(client.POST("/v1/backlog/{item_id}/start", { params })),
    onSuccess: async (task) => {
      await Promise.all([queries.invalidateQueries({ queryKey: ["backlog"] }), queries.invalidateQueries({ queryKey: ["tasks"] })]);
      void navigate(address.task(task.id));
    },
    onError: (error) => toast.error(errorText(t, error)),
  });
  const remove = useMutation({
    mutationFn: () => got(client.DELETE("/v1/backlog/{item_id}", { params })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["backlog"] }),
  });
  const done = item.subtasks.filter((one) => one.completed).length;
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="text-sm font-medium">{item.title}</p>
        {item.description && <p className="line-clamp-2 text-sm text-muted">{item.description}</p>}
        <p className="mt-1 flex flex-wrap items-center gap-1.5 text-xs text-muted">
          <Badge tone={tones[item.status]}>{t(`status.${item.status}`)}</Badge>
          <Badge>{t(`type.${item.type}`)}</Badge>
          <Badge>{t(`size.${item.estimated_size}`)}</Badge>
          {item.subtasks.length > 0 && <span>{t("subtasks_n", { done, count: item.subtasks.length })}</span>}
          {item.tags.map((tag) => <span key={tag}>#{tag}</span>)}
          <span>{repo}</span>
        </p>
      </div>
      {item.task_id ? (
        <ButtonLink size="small" to={address.task(item.task_id)}>{t("to_task")}<ArrowRight className="size-3.5" aria-hidden /></ButtonLink>
      ) : (
        <Button size="small" busy={promote.isPending} onClick={() => promote.mutate()} aria-label={t("promote_of", { title: item.title })}>{t("promote")}<ArrowRight className="size-3.5" aria-hidden /></Button>
      )}
      <IconButton size="small-icon" label={t("edit_of", { title: item.title })} onClick={onEdit}><Pencil className="size-4" aria-hidden /></IconButton>
      <IconButton size="small-icon" label={t("delete_of", { title: item.title })} onClick={() => setDeleting(true)}><Trash2 className="size-4" aria-hidden /></IconButton>
      <Confirm open={deleting} onClose={() => setDeleting(false)} title={t("delete_of", { title: item.title })} about={t("delete_about")} action={t("common:delete")} busy={remove.isPending} onConfirm={() => remove.mutate()}>
        {remove.error ? <Fault error={remove.error} /> : null}
      </Confirm>
    </li>
  );
}
