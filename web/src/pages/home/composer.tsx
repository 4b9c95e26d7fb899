import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowUp } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { newKey } from "@/api/client";
import { EstimateLine } from "@/compose/estimate";
import { createTask, isRefusal } from "@/compose/start";
import { useWho } from "@/compose/who";
import { WhoChips } from "@/compose/who-chips";
import { useDraft } from "@/lib/drafts";
import { intentKey, intentSent } from "@/lib/intent";
import { onMac } from "@/lib/keys";
import { follow } from "@/live/ready";
import { useLive } from "@/live/use-live";
import { address } from "@/routes";
import { Card } from "@/ui/badge";
import { Button } from "@/ui/button";
import { TextArea } from "@/ui/field";
import { Fault } from "@/ui/state";
import { BranchChoice } from "./branch-choice";
import { repoAt, usePlace, type Place } from "./place";
import { RepoChoice } from "./repo-choice";

function useStart(at: ReturnType<typeof usePlace>, who: ReturnType<typeof useWho>, words: string, onStarted: () => void) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (place: Place) => {
      const order = { instruction: words.trim(), modelIds: who.modelIds, agents: who.agents, baseRef: at.branch };
      return createTask(await repoAt(place), { ...order, key: intentKey("home", { place, ...order }, newKey) });
    },
    onError: (error) => isRefusal(error) && intentSent("home"),
    onSuccess: (task) => {
      intentSent("home");
      intentSent("home.repo");
      onStarted();
      follow(task.id);
      void queries.invalidateQueries({ queryKey: ["tasks"] });
      void queries.invalidateQueries({ queryKey: ["repos"] });
      void navigate(address.task(task.id));
    },
  });
}

/** Repository, branch, who, and what is to be done: from here everything starts. */
export function Composer() {
  const { t } = useTranslation(["compose", "home"]);
  const live = useLive();
  const who = useWho(t);
  const [words, setWords] = useDraft("home.instruction");
  const at = usePlace();
  const { place, branch } = at;
  const start = useStart(at, who, words, () => {
    setWords("");
    at.forget();
  });
  const repoId = place && "repoId" in place ? place.repoId : undefined;
  const missing = !place ? t("because_repo") : !words.trim() ? t("because_words") : !who.chosen.length ? t("because_who") : undefined;
  const because = live.kind === "offline" ? t("because_offline") : missing;
  const send = () => place && !because && !start.isPending && start.mutate(place);
  return (
    <Card className="flex flex-col gap-3 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <RepoChoice place={place} onChoose={at.choosePlace} />
        {place && <BranchChoice place={place} branch={branch} onChoose={at.chooseBranch} />}
      </div>
      <TextArea label={t("instruction")} bare value={words} rows={4} autoFocus placeholder={t("home:example")} onChange={(event) => setWords(event.target.value)} onSend={send} className="border-transparent bg-sunken text-base" />
      {start.error ? <Fault error={start.error} onRetry={send} /> : null}
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 basis-full sm:flex-1 sm:basis-0"><WhoChips who={who} /></div>
        <Button kind="primary" className="ml-auto" because={because} busy={start.isPending} onClick={send}>
          <ArrowUp className="size-4" aria-hidden />
          {t("start", { count: who.chosen.length })}
        </Button>
      </div>
      <div className="flex flex-wrap justify-between gap-x-4">
        <EstimateLine repoId={repoId} instruction={words} modelIds={who.modelIds} baseRef={branch} />
        <p className="ml-auto text-xs text-muted">{because ?? t("send_hint", { keys: onMac ? "⌘ Enter" : "Ctrl Enter" })}</p>
      </div>
    </Card>
  );
}
