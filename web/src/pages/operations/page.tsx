// What the server is doing: queues, workers, what could not be done, disk.
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { toast } from "sonner";
import { client, got, type Schemas } from "@/api/client";
import { errorText, saidText } from "@/api/errors";
import { useNow } from "@/lib/clock";
import { ago, bytes, count, duration } from "@/lib/format";
import { address } from "@/routes";
import { Badge, Card } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/dialog";
import { Facts, Section } from "@/ui/facts";
import { Page } from "@/ui/page";
import { Asked, Empty } from "@/ui/state";
import { storageQuery } from "../settings/about";

const every = 5_000; // queues and leases tell no news
const shownJobs = 50;
const second = 1000;

const queuesQuery = queryOptions({ queryKey: ["operations", "queues"], queryFn: ({ signal }) => got(client.GET("/v1/operations/queues", { signal })), refetchInterval: every });
const workersQuery = queryOptions({ queryKey: ["operations", "workers"], queryFn: ({ signal }) => got(client.GET("/v1/operations/workers", { signal })), refetchInterval: every });
const deadQuery = queryOptions({
  queryKey: ["jobs", "dead"],
  queryFn: ({ signal }) => got(client.GET("/v1/operations/jobs", { params: { query: { state: "dead", limit: shownJobs } }, signal })),
  placeholderData: keepPreviousData,
});

type Job = Schemas["JobView"];

export default function OperationsPage() {
  const { t } = useTranslation("operations");
  return (
    <Page title={t("common:place.operations")}>
      <Queues />
      <Workers />
      <Dead />
      <Disk />
    </Page>
  );
}

const queueColumns = ["queue", "due", "delayed", "leased", "dead", "oldest"];
const head = "px-4 py-2 text-left text-xs font-medium text-muted";
const cell = "px-4 py-2 tabular-nums";

function Queues() {
  const { t, i18n } = useTranslation("operations");
  const queues = useQuery(queuesQuery);
  return (
    <Section title={t("queues")}>
      <Asked query={queues}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={t("no_queues")} />
          ) : (
            <Card role="group" aria-label={t("queues")} tabIndex={0} className="overflow-x-auto">
              <table className="w-full text-sm whitespace-nowrap">
                <thead><tr>{queueColumns.map((name) => <th key={name} scope="col" className={head}>{t(`column.${name}`)}</th>)}</tr></thead>
                <tbody className="divide-y border-t">
                  {found.map((queue) => (
                    <tr key={queue.queue}>
                      <th scope="row" className="px-4 py-2 text-left font-medium">{queue.queue}</th>
                      {[queue.due, queue.delayed, queue.leased].map((n, index) => <td key={index} className={cell}>{count(i18n.language, n)}</td>)}
                      <td className={cell}>{queue.dead > 0 ? <Badge tone="bad">{count(i18n.language, queue.dead)}</Badge> : 0}</td>
                      <td className={cell}>{queue.due > 0 ? duration(queue.oldest_seconds * second) : t("none")}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Card>
          )
        }
      </Asked>
    </Section>
  );
}

function Workers() {
  const { t, i18n } = useTranslation("operations");
  const workers = useQuery(workersQuery);
  const now = useNow(every);
  return (
    <Section title={t("workers")}>
      <Asked query={workers}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={t("no_workers")}>{t("no_workers_about")}</Empty>
          ) : (
            <ul className="grid gap-3 sm:grid-cols-2">
              {found.map((worker) => (
                <li key={worker.id} className="flex flex-col gap-2 rounded-2xl border bg-surface p-4 shadow-card">
                  <div className="flex items-start justify-between gap-2">
                    <p className="min-w-0 text-sm font-medium break-words">{worker.host} · {worker.pid}</p>
                    <Badge tone={worker.jobs.length ? "busy" : "plain"}>{t("busy_of", { n: worker.jobs.length, all: worker.concurrency ?? "–" })}</Badge>
                  </div>
                  <p className="text-xs text-muted">{t("since", { ago: ago(i18n.language, worker.started_at, now) })} · {t("silent", { time: duration(worker.silent_seconds * second) })}</p>
                  <ul className="flex flex-col gap-1 text-xs">
                    {worker.jobs.map((job) => (
                      <li key={job.job_id}>{job.run_id ? <Link to={address.run(job.run_id)} className="text-accent underline">{job.kind}</Link> : job.kind}</li>
                    ))}
                  </ul>
                </li>
              ))}
            </ul>
          )
        }
      </Asked>
    </Section>
  );
}

function Dead() {
  const { t } = useTranslation("operations");
  const dead = useQuery(deadQuery);
  return (
    <Section title={t("dead")} about={t("dead_about")}>
      <Asked query={dead}>
        {(found) => (found.length === 0 ? <Empty title={t("no_dead")} /> : <Card><ul className="divide-y">{found.map((job) => <DeadJob key={job.id} job={job} />)}</ul></Card>)}
      </Asked>
    </Section>
  );
}

function DeadJob({ job }: { job: Job }) {
  const { t, i18n } = useTranslation("operations");
  const queries = useQueryClient();
  const [dropping, setDropping] = useState(false);
  const params = { path: { job_id: job.id } };
  const after = {
    onSuccess: () => Promise.all([queries.invalidateQueries({ queryKey: ["jobs"] }), queries.invalidateQueries({ queryKey: ["operations"] })]),
    onError: (error: unknown) => toast.error(errorText(t, error)),
  };
  const resend = useMutation({ mutationFn: () => got(client.POST("/v1/operations/jobs/{job_id}/resend", { params })), ...after });
  const drop = useMutation({ mutationFn: () => got(client.POST("/v1/operations/jobs/{job_id}/drop", { params })), ...after });
  return (
    <li className="flex flex-wrap items-start gap-3 px-4 py-3">
      <div className="min-w-0 flex-1 text-sm">
        <p className="font-medium">{job.kind} <span className="font-normal text-muted">· {job.queue} · {t("tries", { n: job.tries, most: job.max_tries })}</span></p>
        <p className="break-words text-bad">{job.error && saidText(t, job.error_code, job.error_params, job.error)}</p>
        {job.finished_at && <p className="text-xs text-muted">{ago(i18n.language, job.finished_at)}</p>}
      </div>
      <Button size="small" busy={resend.isPending} onClick={() => resend.mutate()}><RotateCcw className="size-3.5" aria-hidden />{t("resend")}</Button>
      <Button size="small" kind="danger" onClick={() => setDropping(true)}><Trash2 className="size-3.5" aria-hidden />{t("drop")}</Button>
      <Confirm open={dropping} onClose={() => setDropping(false)} title={t("drop_title")} about={t("drop_about")} action={t("drop")} busy={drop.isPending} onConfirm={() => drop.mutate()} />
    </li>
  );
}

function Disk() {
  const { t, i18n } = useTranslation("operations");
  const storage = useQuery(storageQuery);
  return (
    <Section title={t("disk")}>
      <Asked query={storage}>
        {(found) => (
          <Facts
            rows={[
              [t("disk_free"), `${bytes(i18n.language, found.disk_free_bytes)} / ${bytes(i18n.language, found.disk_total_bytes)}`],
              [t("disk_floor"), bytes(i18n.language, found.disk_floor_bytes)],
            ]}
          />
        )}
      </Asked>
    </Section>
  );
}
