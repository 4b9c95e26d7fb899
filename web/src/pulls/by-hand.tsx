// The branch is pushed; a person makes the pull request on GitHub's own page, and it is found when they return.
import { ExternalLink, Search } from "lucide-react";
import { useEffect, useEffectEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { useFindPull, type PullCreated, type PullLink } from "./pulls";
import { Trouble } from "./trouble";

const linkLook = "inline-flex h-9 items-center gap-1.5 self-start rounded-lg bg-accent px-3.5 text-sm font-medium text-accent-ink hover:brightness-110";

export function ByHand({ taskId, runId, link, onFound }: { taskId: string; runId: string; link: PullLink; onFound: (pull: PullCreated) => void }) {
  const { t } = useTranslation("pulls");
  const find = useFindPull(taskId);
  const look = () => find.mutate(runId, { onSuccess: (pull) => pull && onFound(pull) });
  const returned = useEffectEvent(() => {
    if (!document.hidden && !find.isPending) look();
  });
  useEffect(() => {
    const seen = () => returned();
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, []);
  return (
    <div className="flex flex-col gap-4 pb-2">
      <p className="text-sm">{t("pushed", { branch: link.branch, base: link.base })}</p>
      <a href={link.url} target="_blank" rel="noreferrer" className={linkLook}><ExternalLink className="size-4" aria-hidden />{t("open_github")}</a>
      <p className="text-sm text-muted">{t("by_hand_next")}</p>
      <div className="flex flex-wrap items-center gap-3">
        <Button size="small" busy={find.isPending} onClick={look}>{!find.isPending && <Search className="size-3.5" aria-hidden />}{t("look_for_it")}</Button>
        <p role="status" className="text-sm text-muted">{find.isSuccess && !find.data ? t("not_there") : ""}</p>
      </div>
      {find.error ? <Trouble error={find.error} onRetry={look} /> : null}
    </div>
  );
}
