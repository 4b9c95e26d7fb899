// What is looked at: which run, and against what.
import { ToggleGroup } from "radix-ui";
import { useTranslation } from "react-i18next";
import { type ChangeLook } from "./compared";
import { modes, letterOf, nameOf, type ComparedRun, type Look, type Mode } from "./look";

interface LettersProps {
  label: string;
  runs: ComparedRun[];
  value: ComparedRun | undefined;
  onChoose: (run: ComparedRun) => void;
}

const Letters = ({ label, runs, value, onChoose }: LettersProps) => (
  <ToggleGroup.Root
    type="single"
    aria-label={label}
    value={value?.run_id ?? ""}
    onValueChange={(id) => {
      const run = runs.find((one) => one.run_id === id);
      if (run) onChoose(run);
    }}
    className="flex shrink-0 rounded-lg border border-edge/60 bg-surface p-0.5"
  >
    {runs.map((run) => (
      <ToggleGroup.Item key={run.run_id} value={run.run_id} aria-label={`${letterOf(run)} ${nameOf(run)}`} title={nameOf(run)} className="size-7 rounded-md font-mono text-xs text-muted data-[state=on]:bg-accent data-[state=on]:font-semibold data-[state=on]:text-accent-ink">
        {letterOf(run)}
      </ToggleGroup.Item>
    ))}
  </ToggleGroup.Root>
);

export function LookBar({ look, onChange }: { look: Look; onChange: ChangeLook }) {
  const { t } = useTranslation("compare");
  const { runs, run, other, mode } = look;
  const show = (chosen: ComparedRun) => onChange({ show: chosen.run_id, ...(chosen === other ? { other: run.run_id } : {}) });
  return (
    <>
      <Letters label={t("shown_run")} runs={runs} value={run} onChoose={show} />
      {other && (
        <select aria-label={t("mode.title")} value={mode} onChange={(event) => onChange({ mode: event.target.value as Mode })} className="h-8 shrink-0 rounded-lg border border-edge/60 bg-surface px-2 text-xs">
          {modes.map((one) => <option key={one} value={one}>{t(`mode.${one}`)}</option>)}
        </select>
      )}
      {mode !== "start" && <Letters label={t("other_run")} runs={runs.filter((one) => one !== run)} value={other} onChoose={(chosen) => onChange({ other: chosen.run_id })} />}
    </>
  );
}
