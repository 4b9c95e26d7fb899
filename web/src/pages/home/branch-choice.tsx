import { useQuery } from "@tanstack/react-query";
import { GitBranch } from "lucide-react";
import { useTranslation } from "react-i18next";
import { client, got } from "@/api/client";
import { Choice } from "@/ui/choice";

export function BranchChoice({ repoId, branch, onChoose }: { repoId: string; branch: string | undefined; onChoose: (branch: string) => void }) {
  const { t } = useTranslation("home");
  const branches = useQuery({
    queryKey: ["branches", repoId],
    queryFn: ({ signal }) => got(client.GET("/v1/repos/{repo_id}/branches", { params: { path: { repo_id: repoId } }, signal })),
  });
  const shown = branch ?? branches.data?.default_branch;
  return (
    <Choice
      label={t("branch")}
      options={(branches.data?.branches ?? []).map((name) => ({ value: name, name, hint: name === branches.data?.default_branch ? t("default_branch") : undefined }))}
      chosen={shown ? [shown] : []}
      onPick={onChoose}
      loading={branches.isPending}
    >
      <span className="inline-flex max-w-48 items-center gap-1.5"><GitBranch className="size-4 shrink-0 text-muted" aria-hidden /><span className="truncate">{shown ?? t("branch")}</span></span>
    </Choice>
  );
}
