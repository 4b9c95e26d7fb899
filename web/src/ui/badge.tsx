// Small labels. A state is always a sign and a word, never colour alone.
import { Ban, CircleAlert, CircleCheck, Clock, Loader2 } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";

export type Tone = "plain" | "good" | "warn" | "bad" | "busy" | "accent";

const tones: Record<Tone, string> = {
  plain: "bg-sunken text-muted",
  good: "bg-good-weak text-good",
  warn: "bg-warn-weak text-warn",
  bad: "bg-bad-weak text-bad",
  busy: "bg-busy-weak text-busy",
  accent: "bg-accent-weak text-accent",
};

export const Badge = ({ tone = "plain", className, children }: { tone?: Tone; className?: string; children: ReactNode }) => (
  <span className={cn("inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap", tones[tone], className)}>{children}</span>
);

const runStates = {
  queued: { tone: "plain", Sign: Clock },
  running: { tone: "busy", Sign: Loader2 },
  succeeded: { tone: "good", Sign: CircleCheck },
  failed: { tone: "bad", Sign: CircleAlert },
  canceled: { tone: "plain", Sign: Ban },
} as const satisfies Record<string, { tone: Tone; Sign: typeof Clock }>;

export type RunStatus = keyof typeof runStates;

export function RunBadge({ status }: { status: string }) {
  const { t } = useTranslation();
  const { tone, Sign } = runStates[status as RunStatus] ?? runStates.queued;
  return (
    <Badge tone={tone}>
      <Sign className={cn("size-3.5", status === "running" && "animate-spin")} aria-hidden />
      {t(`run_status.${status}`)}
    </Badge>
  );
}

/** +12 −3, with words for those who hear it. */
export function Changes({ added, removed }: { added: number; removed: number }) {
  const { t } = useTranslation();
  return (
    <span className="font-mono text-xs whitespace-nowrap">
      <span aria-hidden><span className="text-good">+{added}</span> <span className="text-bad">−{removed}</span></span>
      <span className="sr-only">{t("changes", { added, removed })}</span>
    </span>
  );
}

export const Kbd = ({ children }: { children: ReactNode }) => (
  <kbd className="rounded border border-b-2 bg-sunken px-1.5 py-px font-mono text-[0.6875rem] text-muted">{children}</kbd>
);

export const Card = ({ className, ...rest }: ComponentProps<"div">) => <div className={cn("rounded-2xl border bg-surface shadow-card", className)} {...rest} />;
