// A choice from a list that can be searched: one value or several.
import { Command } from "cmdk";
import { Check, ChevronsUpDown } from "lucide-react";
import { Popover } from "radix-ui";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { matches } from "@/lib/matches";
import { Button } from "./button";

export interface Option {
  value: string;
  name: string;
  /** A second line. */
  hint?: string | undefined;
  group?: string | undefined;
  /** Why it cannot be chosen. */
  because?: string | undefined;
}

interface ChoiceProps {
  label: string;
  options: Option[];
  chosen: string[];
  /** One option was picked; with several allowed, it is put in or taken out by the caller. */
  onPick: (value: string) => void;
  several?: boolean;
  /** What the button shows. */
  children: ReactNode;
  /** Offered when nothing matches: what was typed. */
  onTyped?: { name: (text: string) => string; pick: (text: string) => void } | undefined;
  onOpen?: (() => void) | undefined;
  loading?: boolean;
  className?: string;
}

export function Choice({ label, options, chosen, onPick, several, children, onTyped, onOpen, loading, className }: ChoiceProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const groups = [...new Set(options.map((option) => option.group))];
  const done = () => {
    setTyped("");
    setOpen(false);
  };
  return (
    <Popover.Root open={open} onOpenChange={(wanted) => { setOpen(wanted); if (wanted) onOpen?.(); }}>
      <Popover.Trigger asChild>
        <Button className={cn("max-w-full min-w-0 justify-between font-normal", className)}>
          <span className="sr-only">{label}: </span>
          <span className="truncate">{children}</span>
          <ChevronsUpDown className="size-3.5 shrink-0 text-muted" aria-hidden />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content align="start" sideOffset={4} collisionPadding={8} aria-label={label} className="z-50 w-[min(92vw,26rem)] overflow-hidden rounded-xl border bg-raised shadow-pop">
          <Command label={label} filter={matches} loop>
            <Command.Input value={typed} onValueChange={setTyped} placeholder={t("search")} className="w-full border-b bg-transparent px-3.5 py-2.5 outline-none placeholder:text-muted" />
            <Command.List className="max-h-72 overflow-y-auto p-1">
              {loading && <Command.Loading><p className="px-2.5 py-2 text-sm text-muted">{t("loading")}</p></Command.Loading>}
              {!onTyped && <Command.Empty className="px-2.5 py-2 text-sm text-muted">{t("nothing_found")}</Command.Empty>}
              {groups.map((group) => (
                <Command.Group key={group ?? ""} heading={group} className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted">
                  {options.filter((option) => option.group === group).map((option) => (
                    <Command.Item
                      key={option.value}
                      value={`${option.name} ${option.value}`}
                      disabled={Boolean(option.because)}
                      onSelect={() => {
                        onPick(option.value);
                        if (!several) done();
                      }}
                      className="flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 text-sm data-[disabled=true]:cursor-not-allowed data-[disabled=true]:text-muted data-[selected=true]:bg-accent-weak"
                    >
                      <Check className={cn("size-4 shrink-0", !chosen.includes(option.value) && "invisible")} aria-hidden />
                      <span className="min-w-0">
                        <span className="block truncate">{option.name}</span>
                        {option.because ? <span className="block text-xs text-muted">{option.because}</span> : option.hint && <span className="block truncate text-xs text-muted">{option.hint}</span>}
                      </span>
                      {chosen.includes(option.value) && <span className="sr-only">{t("chosen")}</span>}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
              {onTyped && typed.trim() && (
                <Command.Item
                  forceMount
                  value={`typed ${typed}`}
                  onSelect={() => {
                    onTyped.pick(typed.trim());
                    done();
                  }}
                  className="cursor-pointer rounded-md px-2.5 py-1.5 text-sm data-[selected=true]:bg-accent-weak"
                >
                  {onTyped.name(typed.trim())}
                </Command.Item>
              )}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
