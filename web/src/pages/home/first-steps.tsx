// What a first start needs, ticked off by what is there; it ends in a comparison without any key.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Circle, CircleCheck, Play, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { newKey } from "@/api/client";
import { modelsQuery, reposQuery, tasksQuery } from "@/api/queries";
import { createTask } from "@/compose/start";
import { cn } from "@/lib/cn";
import { shared, useShared } from "@/lib/shared";
import { follow } from "@/live/ready";
import { address } from "@/routes";
import { Card } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Fault } from "@/ui/state";

const samplePath = "/demo/project"; // what the demo makes, in the server's data
const hidden = shared("dursor.steps_hidden", (kept) => kept === true);

function Step({ done, title, children }: { done: boolean; title: string; children?: ReactNode }) {
  const { t } = useTranslation("home");
  const Sign = done ? CircleCheck : Circle;
  return (
    <li className="flex gap-3 py-2.5">
      <Sign className={cn("mt-0.5 size-5 shrink-0", done ? "text-good" : "text-muted")} aria-hidden />
      <div className="min-w-0">
        <p className={cn("text-sm font-medium", done && "text-muted")}>{title}<span className="sr-only">{done ? t("step_done") : t("step_open")}</span></p>
        {!done && children && <div className="mt-0.5 text-sm text-muted">{children}</div>}
      </div>
    </li>
  );
}

function DemoStart({ repoId, modelIds }: { repoId: string; modelIds: string[] }) {
  const { t } = useTranslation("home");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [key] = useState(newKey);
  const demo = useMutation({
    mutationFn: () => createTask(repoId, { key, instruction: t("demo_instruction"), modelIds, agents: [] }),
    onSuccess: async (task) => {
      follow(task.id);
      await queries.invalidateQueries({ queryKey: ["tasks"] });
      void navigate(address.task(task.id));
    },
  });
  return (
    <div className="flex flex-col items-start gap-2">
      <p>{t("demo_about")}</p>
      {demo.error ? <Fault error={demo.error} /> : null}
      <Button kind="primary" size="small" busy={demo.isPending} onClick={() => demo.mutate()}><Play className="size-3.5" aria-hidden />{t("demo_start")}</Button>
    </div>
  );
}

export function FirstSteps() {
  const { t } = useTranslation("home");
  const models = useQuery(modelsQuery);
  const repos = useQuery(reposQuery);
  const tasks = useQuery(tasksQuery(1));
  const isHidden = useShared(hidden);
  if (!models.data || !repos.data || !tasks.data) return null;
  const demo = models.data.filter((model) => model.demo);
  const own = models.data.length > demo.length;
  const sample = repos.data.find((repo) => repo.repo_url.endsWith(samplePath)) ?? repos.data.at(-1);
  const ownRepo = repos.data.some((repo) => !repo.repo_url.endsWith(samplePath));
  if (isHidden || (own && tasks.data.length)) return null;
  return (
    <Card className="px-5 py-3">
      <div className="flex items-center justify-between">
        <h2 className="text-sm font-semibold">{t("steps")}</h2>
        <IconButton label={t("hide_steps")} size="small-icon" onClick={() => hidden.set(true)}><X className="size-4" aria-hidden /></IconButton>
      </div>
      <ol className="divide-y">
        {demo.length > 0 && sample && (
          <Step done={tasks.data.length > 0} title={t("step_demo")}>
            <DemoStart repoId={sample.id} modelIds={demo.map((model) => model.id)} />
          </Step>
        )}
        <Step done={own} title={t("step_key")}>
          <Link to="/settings/models" className="text-accent underline">{t("step_key_link")}</Link>
        </Step>
        <Step done={ownRepo} title={t("step_repo")}>{t("step_repo_about")}</Step>
      </ol>
    </Card>
  );
}
