// Ctrl/Cmd+K: go anywhere, find a task, do what the page offers.
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Bell, CircleHelp, Columns2, Languages, MessageSquare, Plus, SunMoon, type LucideIcon } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMatch, useNavigate } from "react-router";
import { reposQuery, tasksQuery } from "@/api/queries";
import { chooseLanguage, languages } from "@/i18n";
import { repoName } from "@/lib/format";
import { matches } from "@/lib/matches";
import { address, places } from "@/routes";
import { chooseTheme, themes } from "@/theme";
import { Kbd } from "@/ui/badge";
import { focusBack } from "@/ui/focus-back";
import { useNoticeSwitch } from "./notice-switch";

const shown = 6; // newest tasks, before anything is typed
const searched = 200; // newest tasks

export function Palette({ open, onClose, onHelp }: { open: boolean; onClose: () => void; onHelp: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog.Root open={open} onOpenChange={(wanted) => !wanted && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Content aria-describedby={undefined} onCloseAutoFocus={focusBack} className="fixed top-[12vh] left-1/2 z-40 w-[min(94vw,36rem)] -translate-x-1/2 overflow-hidden rounded-2xl border bg-raised shadow-pop">
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
  const [typed, setTyped] = useState("");
  const go = (path: string) => () => {
    onClose();
    void navigate(path);
  };
  return (
    <Command label={t("palette.title")} filter={matches} loop>
      <Command.Input value={typed} onValueChange={setTyped} placeholder={t("palette.search")} className="w-full border-b bg-transparent px-4 py-3 outline-none placeholder:text-muted" />
      <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-2 text-sm text-muted">{t("nothing_found")}</Command.Empty>
        <Here go={go} />
        <Group name={t("places")}>
          {places.map(({ path, name, Sign, key }) => <Item key={path} value={t(name)} Sign={Sign} keys={["G", key.toUpperCase()]} onSelect={go(path)}>{t(name)}</Item>)}
        </Group>
        <Tasks count={typed.trim() ? searched : shown} go={go} />
        <Personal onClose={onClose} onHelp={onHelp} />
      </Command.List>
    </Command>
  );
}

type Go = (path: string) => () => void;

/** What can be done from the page that is open. */
function Here({ go }: { go: Go }) {
  const { t } = useTranslation();
  const id = useMatch("/tasks/:taskId/*")?.params.taskId;
  return (
    <Group name={t("actions")}>
      {id && <Item value={t("palette.compare")} Sign={Columns2} onSelect={go(address.compare(id))}>{t("palette.compare")}</Item>}
      <Item value={t("new_task")} Sign={Plus} keys={["N"]} onSelect={go("/")}>{t("new_task")}</Item>
    </Group>
  );
}

function Tasks({ count, go }: { count: number; go: Go }) {
  const { t } = useTranslation();
  const tasks = useQuery(tasksQuery(searched));
  const repos = useQuery(reposQuery);
  const names = new Map(repos.data?.map((repo) => [repo.id, repoName(repo.repo_url)]));
  return (
    <Group name={t("recent_tasks")}>
      {tasks.data?.slice(0, count).map((task) => (
        <Item key={task.id} value={`${task.title ?? ""} ${names.get(task.repo_id) ?? ""} ${task.id}`} Sign={MessageSquare} about={names.get(task.repo_id)} onSelect={go(address.task(task.id))}>
          {task.title || t("untitled")}
        </Item>
      ))}
    </Group>
  );
}

function Personal({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const { t, i18n } = useTranslation();
  const notices = useNoticeSwitch();
  const then = (act: () => unknown) => () => {
    onClose();
    void act();
  };
  return (
    <Group name={t("commands")}>
      {languages.filter((language) => language !== i18n.language).map((language) => (
        <Item key={language} value={`${t("language.title")} ${t(`language.${language}`)}`} Sign={Languages} onSelect={then(() => chooseLanguage(language))}>
          {t("language.title")}: {t(`language.${language}`)}
        </Item>
      ))}
      {themes.map((theme) => (
        <Item key={theme} value={`${t("theme.title")} ${t(`theme.${theme}`)}`} Sign={SunMoon} onSelect={then(() => chooseTheme(theme))}>
          {t("theme.title")}: {t(`theme.${theme}`)}
        </Item>
      ))}
      {!notices.because && <Item value={notices.name} Sign={Bell} onSelect={then(notices.flip)}>{notices.name}</Item>}
      <Item value={t("help.title")} Sign={CircleHelp} keys={["?"]} onSelect={onHelp}>{t("help.title")}</Item>
    </Group>
  );
}

const Group = ({ name, children }: { name: string; children: ReactNode }) => (
  <Command.Group heading={name} className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted">{children}</Command.Group>
);

interface ItemProps {
  value: string;
  Sign: LucideIcon;
  onSelect: () => void;
  about?: string | undefined;
  keys?: string[];
  children: ReactNode;
}

const Item = ({ value, Sign, onSelect, about, keys, children }: ItemProps) => (
  <Command.Item value={value} onSelect={onSelect} className="flex cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm data-[selected=true]:bg-accent-weak">
    <Sign className="size-4 shrink-0 text-muted" aria-hidden />
    <span className="min-w-0 flex-1 truncate">{children}</span>
    {about && <span className="max-w-40 shrink-0 truncate text-xs text-muted">{about}</span>}
    {keys && <span className="flex shrink-0 gap-1" aria-hidden>{keys.map((key) => <Kbd key={key}>{key}</Kbd>)}</span>}
  </Command.Item>
);
