// The letters of runs: one for a run, or those of all with the ones set that touched a file.
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { letterOf, type ComparedFile, type ComparedRun } from "./look";

export const Letter = ({ run, className }: { run: ComparedRun; className?: string }) => (
  <span className={cn("inline-flex size-6 shrink-0 items-center justify-center rounded-md bg-accent-weak font-mono text-xs font-semibold text-accent", className)}>{letterOf(run)}</span>
);

/** Who touched the file. */
export function Touched({ file, runs }: { file: Pick<ComparedFile, "in"> | undefined; runs: ComparedRun[] }) {
  const { t } = useTranslation("compare");
  const by = runs.filter((run) => file?.in.some((one) => one.run_id === run.run_id));
  const letters = by.map(letterOf).join(", ");
  return (
    <span className="flex shrink-0 font-mono text-[0.6875rem]" title={t("touched_by", { letters })}>
      <span className="sr-only">{t("touched_by", { letters })}</span>
      {runs.map((run) => (
        <span key={run.run_id} aria-hidden className={cn("w-3.5 text-center", by.includes(run) ? "font-semibold text-accent" : "text-muted")}>
          {by.includes(run) ? letterOf(run) : "·"}
        </span>
      ))}
    </span>
  );
}
