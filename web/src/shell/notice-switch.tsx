// Notices outside the window: asked for only by a click, and switched off the same way.
import { Bell, BellRing } from "lucide-react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { shared, useShared } from "@/lib/shared";
import { IconButton } from "@/ui/button";

const wanted = shared("dursor.notify", (kept) => kept === true);
const exists = "Notification" in globalThis;

export const mayNotify = () => exists && wanted.get() && Notification.permission === "granted";

export function useNoticeSwitch() {
  const { t } = useTranslation();
  const on = useShared(wanted) && exists && Notification.permission === "granted";
  const because = !exists ? t("notify.missing") : Notification.permission === "denied" ? t("notify.denied") : undefined;
  const flip = async () => {
    if (on) return wanted.set(false);
    const said = await Notification.requestPermission();
    wanted.set(said === "granted");
    if (said === "granted") toast.success(t("notify.started"));
    else toast.error(t("notify.denied"));
  };
  return { on, because, flip, name: on ? t("notify.off") : t("notify.on") };
}

export function NoticeSwitch() {
  const { on, because, flip, name } = useNoticeSwitch();
  return (
    <IconButton label={name} because={because} aria-pressed={on} onClick={() => void flip()}>
      {on ? <BellRing className="size-4 text-accent" aria-hidden /> : <Bell className="size-4" aria-hidden />}
    </IconButton>
  );
}
