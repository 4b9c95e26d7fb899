import { useQuery } from "@tanstack/react-query";
import { GitBranch } from "lucide-react";
import { useTranslation } from "react-i18next";
import { errorText } from "@/api/errors";
import { Choice } from "@/ui/choice";
import { branchesQuery, type Place } from "./place";

interface BranchChoiceProps {
  place: Place;
  branch: string | undefined;
  onChoose: (branch: string) => void;
}

/** A branch of the list, or a tag or commit that was typed. */
export function BranchChoice({ place, branch, onChoose }: BranchChoiceProps) {
  const { t } = useTranslation("home");
  const branches = useQuery(branchesQuery(place));
  const usual = branches.data?.default_branch;
  const shown = branch ?? usual;
  const fault = branches.error ? [{ value: "fault", name: t("no_branches"), because: errorText(t, branches.error) }] : [];
  return (
    <Choice
      label={t("branch")}
      options={[...(branches.data?.branches ?? []).map((name) => ({ value: name, name, hint: name === usual ? t("default_branch") : undefined })), ...fault]}
      chosen={shown ? [shown] : []}
      onPick={onChoose}
      onTyped={{ name: (text) => t("use_ref", { text }), pick: onChoose }}
      loading={branches.isPending}
    >
      <span className="inline-flex max-w-48 items-center gap-1.5"><GitBranch className="size-4 shrink-0 text-muted" aria-hidden /><span className="truncate">{shown ?? t("usual_branch")}</span></span>
    </Choice>
  );
}
