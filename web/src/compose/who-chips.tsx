import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/ui/button";
import { Choice } from "@/ui/choice";
import type { Who } from "./who";

/** The chosen models and agents as chips, and a list to choose more. */
export function WhoChips({ who }: { who: Who }) {
  const { t } = useTranslation("compose");
  const names = new Map(who.options.map((option) => [option.value, option.name]));
  if (who.query.data?.length === 0)
    return <ButtonLink to="/settings/models" size="small"><Plus className="size-3.5" aria-hidden />{t("add_model")}</ButtonLink>;
  return (
    <div role="group" aria-label={t("who")} className="flex min-w-0 flex-wrap items-center gap-1.5">
      {who.chosen.map((value) => (
        <span key={value} className="inline-flex h-8 max-w-full items-center gap-1 rounded-full bg-accent-weak pr-1 pl-3 text-sm text-accent">
          <span className="truncate">{names.get(value)}</span>
          <button type="button" aria-label={t("leave_out", { name: names.get(value) })} onClick={() => who.toggle(value)} className="rounded-full p-1 hover:bg-accent hover:text-accent-ink">
            <X className="size-3.5" aria-hidden />
          </button>
        </span>
      ))}
      <Choice label={t("who")} options={who.options} chosen={who.chosen} onPick={who.toggle} several loading={who.query.isPending} className="h-8 rounded-full">
        {who.chosen.length ? t("more_who") : t("choose_who")}
      </Choice>
    </div>
  );
}
