import { GitMerge, GitPullRequest, GitPullRequestClosed } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge, type Tone } from "@/ui/badge";

const states = {
  open: { tone: "accent", Sign: GitPullRequest },
  merged: { tone: "good", Sign: GitMerge },
  closed: { tone: "plain", Sign: GitPullRequestClosed },
} as const satisfies Record<string, { tone: Tone; Sign: typeof GitMerge }>;

export type PullStatus = keyof typeof states;
export const pullStates = Object.keys(states) as PullStatus[];

export function PullBadge({ status }: { status: string }) {
  const { t } = useTranslation("pulls");
  const { tone, Sign } = states[status as PullStatus] ?? states.open;
  return <Badge tone={tone}><Sign className="size-3.5" aria-hidden />{t(`state.${status}`, { defaultValue: status })}</Badge>;
}
