import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowUp } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { client, got, newKey, once } from "@/api/client";
import { reposQuery } from "@/api/queries";
import { EstimateLine } from "@/compose/estimate";
import { createTask } from "@/compose/start";
import { useWho } from "@/compose/who";
import { WhoChips } from "@/compose/who-chips";
import { useDraft } from "@/lib/drafts";
import { onMac } from "@/lib/keys";
import { address } from "@/routes";
import { Card } from "@/ui/badge";
import { Button } from "@/ui/button";
import { TextArea } from "@/ui/field";
import { Fault } from "@/ui/state";
import { BranchChoice } from "./branch-choice";
import { RepoChoice, type Place } from "./repo-choice";

async function repoOf(place: Place, key: string): Promise<string> {
  if ("repoId" in place) return place.repoId;
  const headers = once(`${key}-repo`);
  const repo = await got(
    "url" in place ? client.POST("/v1/repos/clone", { body: { repo_url: place.url }, headers }) : client.POST("/v1/repos/select", { body: { owner: place.owner, repo: place.repo }, headers }),
  );
  return repo.id;
}

/** Repository, branch, who, and what is to be done: from here everything starts. */
export function Composer() {
  const { t } = useTranslation(["compose", "home"]);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const repos = useQuery(reposQuery);
  const who = useWho(t);
  const [words, setWords] = useDraft("home.instruction");
  const [picked, setPicked] = useState<Place>();
  const [branch, setBranch] = useState<string>();
  const [key, setKey] = useState(newKey);
  const newest = repos.data?.[0];
  const place = picked ?? (newest && { repoId: newest.id });
  const repoId = place && "repoId" in place ? place.repoId : undefined;
  const start = useMutation({
    mutationFn: async (at: Place) => createTask(await repoOf(at, key), { key, instruction: words, modelIds: who.modelIds, agents: who.agents, baseRef: branch }),
    onSuccess: async (task) => {
      setWords("");
      setKey(newKey());
      await Promise.all([queries.invalidateQueries({ queryKey: ["tasks"] }), queries.invalidateQueries({ queryKey: ["repos"] })]);
      void navigate(address.task(task.id));
    },
  });
  const because = !place ? t("because_repo") : !words.trim() ? t("because_words") : !who.chosen.length ? t("because_who") : undefined;
  const send = () => place && !because && !start.isPending && start.mutate(place);
  return (
    <Card className="flex flex-col gap-3 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <RepoChoice place={place} onChoose={(next) => { setPicked(next); setBranch(undefined); }} />
        {repoId && <BranchChoice repoId={repoId} branch={branch} onChoose={setBranch} />}
      </div>
      <TextArea label={t("instruction")} bare value={words} rows={4} autoFocus placeholder={t("home:example")} onChange={(event) => setWords(event.target.value)} onSend={send} className="border-transparent bg-sunken text-base" />
      {start.error ? <Fault error={start.error} /> : null}
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 basis-full sm:flex-1 sm:basis-0"><WhoChips who={who} /></div>
        <Button kind="primary" className="ml-auto" because={because} busy={start.isPending} onClick={send}>
          <ArrowUp className="size-4" aria-hidden />
          {t("start", { count: who.chosen.length })}
        </Button>
      </div>
      <div className="flex flex-wrap justify-between gap-x-4">
        <EstimateLine repoId={repoId} instruction={words} modelIds={who.modelIds} baseRef={branch} />
        <p className="ml-auto text-xs text-muted">{t("send_hint", { keys: onMac ? "⌘ Enter" : "Ctrl Enter" })}</p>
      </div>
    </Card>
  );
}
