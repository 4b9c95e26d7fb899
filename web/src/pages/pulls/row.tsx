// One pull request: what it is, where it stands, and what can be done with it.
import { ArrowUpFromLine, Ellipsis, ExternalLink, PencilLine, RefreshCw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { toast } from "sonner";
import { ago } from "@/lib/format";
import { PullBadge } from "@/pulls/pull-badge";
import { useRewritePull, useSyncPull, type Pull, type Rewriting } from "@/pulls/pulls";
import { Trouble } from "@/pulls/trouble";
import { UpdatePull } from "@/pulls/update-pull";
import { address } from "@/routes";
import { IconButton } from "@/ui/button";
import { Menu, MenuItem, MenuLine } from "@/ui/menu";

const modes: Rewriting[] = ["both", "title", "description"];

export function Row({ pull, repo, now }: { pull: Pull; repo: string | undefined; now: number }) {
  const { t, i18n } = useTranslation("pulls");
  const rewrite = useRewritePull(pull.task_id);
  const sync = useSyncPull(pull.task_id);
  const [updating, setUpdating] = useState(false);
  const error = rewrite.error ?? sync.error;
  const again = () => (rewrite.error && rewrite.variables ? rewriteIt(rewrite.variables.mode) : syncIt());
  const closed = pull.status !== "open" && t("not_open");
  const rewriteIt = (mode: Rewriting) => {
    sync.reset();
    rewrite.mutate({ id: pull.id, mode }, { onSuccess: () => toast.success(t("rewrite.told", { number: pull.number })) });
  };
  const syncIt = () => {
    rewrite.reset();
    sync.mutate(pull.id, { onSuccess: ({ number, status }) => toast.success(t("sync_told", { number, state: t(`state.${status}`) })) });
  };
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <PullBadge status={pull.status} />
            <a href={pull.url} target="_blank" rel="noreferrer" data-pull className="min-w-0 font-medium hover:underline">{pull.title} <span className="font-normal text-muted">#{pull.number}</span><ExternalLink className="ml-1 inline size-3.5 text-muted" aria-label={t("open_github")} /></a>
          </p>
          <p className="mt-0.5 flex flex-wrap items-center gap-x-2 text-xs text-muted">
            {repo && <span translate="no">{repo}</span>}
            <span className="font-mono" translate="no">{pull.base ? t("into", { branch: pull.branch, base: pull.base }) : pull.branch}</span>
            <span>{t("opened", { ago: ago(i18n.language, pull.created_at, now) })}</span>
            <Link to={address.task(pull.task_id)} className="inline-flex min-h-6 items-center text-accent underline">{t("to_task")}</Link>
          </p>
        </div>
        <Menu button={<IconButton label={t("row_actions", { number: pull.number })} size="small-icon" busy={rewrite.isPending || sync.isPending}>{rewrite.isPending || sync.isPending ? null : <Ellipsis className="size-4" aria-hidden />}</IconButton>}>
          <MenuItem onSelect={syncIt}><RefreshCw className="size-4" aria-hidden />{t("sync")}</MenuItem>
          <MenuItem onSelect={() => setUpdating(true)} because={closed}><ArrowUpFromLine className="size-4" aria-hidden />{t("update")}</MenuItem>
          <MenuLine />
          {modes.map((mode) => <MenuItem key={mode} onSelect={() => rewriteIt(mode)} because={closed}><PencilLine className="size-4" aria-hidden />{t(`rewrite.${mode}`)}</MenuItem>)}
        </Menu>
      </div>
      {rewrite.isPending && <p role="status" className="text-sm text-muted">{t("rewrite.busy", { number: pull.number })}</p>}
      {error ? <Trouble error={error} onRetry={again} /> : null}
      {updating && <UpdatePull pull={pull} onClose={() => setUpdating(false)} />}
    </li>
  );
}
