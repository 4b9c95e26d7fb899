import { Columns2, Keyboard, Rows2, type LucideIcon } from "lucide-react";
import { ToggleGroup } from "radix-ui";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/ui/button";
import type { Layout } from "./rows";

const choices: { value: Layout; Sign: LucideIcon }[] = [
  { value: "unified", Sign: Rows2 },
  { value: "split", Sign: Columns2 },
];

/** The keys of the lines, for those who see them. */
export function KeysTip() {
  const { t } = useTranslation("diff");
  return (
    <IconButton label={t("grid_keys")} size="small-icon" className="max-sm:hidden">
      <Keyboard className="size-4" aria-hidden />
    </IconButton>
  );
}

/** One column of lines or two. */
export function LayoutChoice({ layout, onChoose }: { layout: Layout; onChoose: (layout: Layout) => void }) {
  const { t } = useTranslation("diff");
  return (
    <ToggleGroup.Root type="single" value={layout} onValueChange={(value) => value && onChoose(value as Layout)} aria-label={t("layout.title")} className="flex shrink-0 rounded-lg border border-edge/60 bg-surface p-0.5">
      {choices.map(({ value, Sign }) => (
        <ToggleGroup.Item key={value} value={value} className="flex h-7 items-center gap-1.5 rounded-md px-2 text-xs text-muted data-[state=on]:bg-accent-weak data-[state=on]:font-medium data-[state=on]:text-ink">
          <Sign className="size-3.5" aria-hidden />
          <span className="max-sm:sr-only">{t(`layout.${value}`)}</span>
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
