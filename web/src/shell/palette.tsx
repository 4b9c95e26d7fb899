// Ctrl/Cmd+K: go anywhere, find a task, do what the page offers.
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { CircleHelp, MessageSquare, SunMoon, type LucideIcon } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { tasksQuery } from "@/api/queries";
import { address, places } from "@/routes";
import { chooseTheme, themes } from "@/theme";

const searched = 200; // newest tasks

export function Palette({ open, onClose, onHelp }: { open: boolean; onClose: () => void; onHelp: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog.Root open={open} onOpenChange={(wanted) => !wanted && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Content aria-describedby={undefined} className="fixed top-[12vh] left-1/2 z-40 w-[min(94vw,36rem)] -translate-x-1/2 overflow-hidden rounded-2xl border bg-raised shadow-pop">
          <Dialog.Title className="sr-only">{t("palette.title")}</Dialog.Title>
          <Commands onClose={onClose} onHelp={onHelp} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Commands({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const tasks = useQuery(tasksQuery(searched));
  const go = (path: string) => () => {
    onClose();
    void navigate(path);
  };
  return (
    <Command label={t("palette.title")} loop>
      <Command.Input placeholder={t("palette.search")} className="w-full border-b bg-transparent px-4 py-3 outline-none placeholder:text-muted" />
      <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-2 text-sm text-muted">{t("nothing_found")}</Command.Empty>
        <Group name={t("places")}>
          {places.map(({ path, name, Sign }) => <Item key={path} value={t(name)} Sign={Sign} onSelect={go(path)}>{t(name)}</Item>)}
        </Group>
        <Group name={t("recent_tasks")}>
          {tasks.data?.map((task) => (
            <Item key={task.id} value={`${task.title ?? ""} ${task.id}`} Sign={MessageSquare} onSelect={go(address.task(task.id))}>{task.title || t("untitled")}</Item>
          ))}
        </Group>
        <Group name={t("commands")}>
          {themes.map((theme) => (
            <Item key={theme} value={`${t("theme.title")} ${t(`theme.${theme}`)}`} Sign={SunMoon} onSelect={() => { chooseTheme(theme); onClose(); }}>
              {t("theme.title")}: {t(`theme.${theme}`)}
            </Item>
          ))}
          <Item value={t("help.title")} Sign={CircleHelp} onSelect={onHelp}>{t("help.title")}</Item>
        </Group>
      </Command.List>
    </Command>
  );
}

const Group = ({ name, children }: { name: string; children: ReactNode }) => (
  <Command.Group heading={name} className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted">{children}</Command.Group>
);

const Item = ({ value, Sign, onSelect, children }: { value: string; Sign: LucideIcon; onSelect: () => void; children: ReactNode }) => (
  <Command.Item value={value} onSelect={onSelect} className="flex cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm data-[selected=true]:bg-accent-weak">
    <Sign className="size-4 shrink-0 text-muted" aria-hidden />
    <span className="truncate">{children}</span>
  </Command.Item>
);
