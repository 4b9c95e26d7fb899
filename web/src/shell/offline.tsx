// Above every page while the server cannot be reached: from when what is shown is, and a way to try now.
import { CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { lookNow } from "@/live/live";
import { useLive } from "@/live/use-live";
import { Button } from "@/ui/button";

const day = 86_400_000;

const clock = (language: string, at: number) =>
  new Intl.DateTimeFormat(language, Date.now() - at < day ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" }).format(at);

export function Offline() {
  const { t, i18n } = useTranslation();
  const live = useLive();
  return (
    <div role="status">
      {live.kind === "offline" && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b bg-warn-weak px-4 py-2 text-sm text-warn sm:px-6">
          <CloudOff className="size-4 shrink-0" aria-hidden />
          <p className="min-w-0 flex-1">{t("offline", { time: clock(i18n.language, live.since) })}</p>
          <Button size="small" onClick={lookNow}>{t("retry")}</Button>
        </div>
      )}
    </div>
  );
}
