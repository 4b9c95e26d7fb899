// Where one can go, the newest tasks, and what belongs to the person: theme, language, signing out.
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleHelp, Languages, Loader2, Plus, Search, SunMoon } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, useLocation } from "react-router";
import { reposQuery, tasksQuery } from "@/api/queries";
import { chooseLanguage, languages, type Language } from "@/i18n";
import { useNow } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { ago, repoName } from "@/lib/format";
import { onMac } from "@/lib/keys";
import { useShared } from "@/lib/shared";
import { ready } from "@/live/ready";
import { address, places } from "@/routes";
import { chooseTheme, themes, useTheme } from "@/theme";
import { Kbd } from "@/ui/badge";
import { ButtonLink, IconButton } from "@/ui/button";
import { focusBack } from "@/ui/focus-back";
import { Menu, MenuChoice } from "@/ui/menu";
import { Skeleton } from "@/ui/state";
import { NoticeSwitch } from "./notice-switch";

const newest = 30; // tasks in the sidebar
const minute = 60_000;
const paletteKey = onMac ? "⌘K" : "Ctrl K";

const linkLook = ({ isActive }: { isActive: boolean }) =>
  cn("flex items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm hover:bg-sunken", isActive && "bg-accent-weak font-medium text-accent hover:bg-accent-weak");

export function Sidebar({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="flex h-full flex-col gap-3 p-3">
      <div className="flex items-center gap-2 px-1 pt-1">
        <img src="/favicon.svg" alt="" className="size-6" />
        <span className="flex-1 text-base font-semibold tracking-tight" translate="no">{t("name")}</span>
      </div>
      <ButtonLink to="/" kind="primary"><Plus className="size-4" aria-hidden />{t("new_task")}</ButtonLink>
      <button type="button" onClick={onPalette} className="flex items-center gap-2 rounded-lg border px-2.5 py-1.5 text-sm text-muted hover:bg-sunken">
        <Search className="size-4" aria-hidden />
        <span className="flex-1 text-left">{t("search_or_go")}</span>
        <Kbd>{paletteKey}</Kbd>
      </button>
      <nav aria-label={t("places")} className="flex flex-col gap-0.5">
        {places.map(({ path, name, Sign }) => (
          <NavLink key={path} to={path} end={path === "/"} className={linkLook}>
            <Sign className="size-4" aria-hidden />
            {t(name)}
          </NavLink>
        ))}
      </nav>
      <RecentTasks />
      <Personal onHelp={onHelp} />
    </div>
  );
}

/** Only what matters in passing: it works, or its results wait. */
function Standing({ status, ready: waits }: { status: string; ready: boolean }) {
  const { t } = useTranslation();
  if (waits) return <CircleCheck className="size-3.5 shrink-0 text-good" aria-label={t("results_wait")} />;
  if (status === "in_progress") return <Loader2 className="size-3.5 shrink-0 animate-spin text-busy" aria-label={t("run_status.running")} />;
  return null;
}

function RecentTasks() {
  const { t, i18n } = useTranslation();
  const tasks = useQuery(tasksQuery(newest));
  const repos = useQuery(reposQuery);
  const here = useLocation().pathname;
  const now = useNow(minute);
  const waiting = new Set(useShared(ready).map((one) => one.id));
  const names = new Map(repos.data?.map((repo) => [repo.id, repoName(repo.repo_url)]));
  return (
    <nav aria-label={t("recent_tasks")} className="flex min-h-0 flex-1 flex-col">
      <h2 className="px-2.5 pb-1 text-xs font-medium text-muted">{t("recent_tasks")}</h2>
      <ul className="flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto">
        {tasks.isPending && Array.from({ length: 4 }, (_, index) => <li key={index}><Skeleton className="h-9" /></li>)}
        {tasks.data?.length === 0 && <li className="px-2.5 text-sm text-muted">{t("no_tasks")}</li>}
        {tasks.data?.map((task) => (
          <li key={task.id}>
            <NavLink to={address.task(task.id)} className={() => linkLook({ isActive: here.startsWith(address.task(task.id)) })}>
              <span className="min-w-0 flex-1">
                <span className="flex items-center gap-1.5">
                  <span className="truncate">{task.title || t("untitled")}</span>
                  <Standing status={task.kanban_status} ready={waiting.has(task.id)} />
                </span>
                <span className="block truncate text-xs font-normal text-muted">{names.get(task.repo_id)} · {ago(i18n.language, task.updated_at, now)}</span>
              </span>
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Personal({ onHelp }: { onHelp: () => void }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="flex items-center gap-1 border-t pt-2">
      <Menu align="start" button={<IconButton label={t("theme.title")}><SunMoon className="size-4" aria-hidden /></IconButton>}>
        <MenuChoice label={t("theme.title")} value={useTheme()} onChoose={chooseTheme} options={themes.map((value) => ({ value, name: t(`theme.${value}`) }))} />
      </Menu>
      <Menu align="start" button={<IconButton label={t("language.title")}><Languages className="size-4" aria-hidden /></IconButton>}>
        <MenuChoice<Language> label={t("language.title")} value={i18n.language as Language} onChoose={(language) => void chooseLanguage(language)} options={languages.map((value) => ({ value, name: t(`language.${value}`) }))} />
      </Menu>
      <NoticeSwitch />
      <IconButton label={t("help.title")} onClick={onHelp}><CircleHelp className="size-4" aria-hidden /></IconButton>
    </div>
  );
}

/** The sidebar on a small screen. */
export function Sheet({ open, onClose, children }: { open: boolean; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Dialog.Root open={open} onOpenChange={(wanted) => !wanted && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 bg-black/50" />
        <Dialog.Content aria-describedby={undefined} onCloseAutoFocus={focusBack} className="fixed inset-y-0 left-0 z-30 w-[min(85vw,20rem)] bg-surface shadow-pop">
          <Dialog.Title className="sr-only">{t("navigation")}</Dialog.Title>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
