// The frame around every page: sidebar (on a phone a sheet), notices, palette, help.
import { Menu as Bars } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation, useNavigate } from "react-router";
import { Toaster } from "sonner";
import { useKeys } from "@/lib/keys";
import { places } from "@/routes";
import { useShownTheme } from "@/theme";
import { IconButton } from "@/ui/button";
import { Help } from "./help";
import { Notices } from "./notices";
import { Offline } from "./offline";
import { Palette } from "./palette";
import { Sheet, Sidebar } from "./sidebar";

const leapMs = 1500; // g, then the letter of a place

export function Shell() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<"" | "palette" | "help" | "menu">("");
  const location = useLocation();
  const [shownAt, setShownAt] = useState(location.pathname);
  const navigate = useNavigate();
  const leapUntil = useRef(0);
  const close = () => setOpen("");
  const leap = (path: string) => () => {
    if (Date.now() < leapUntil.current) void navigate(path);
    leapUntil.current = 0;
  };
  useKeys({
    "mod+k": () => setOpen("palette"),
    "?": () => setOpen("help"),
    n: () => void navigate("/"),
    g: () => {
      leapUntil.current = Date.now() + leapMs;
    },
    ...Object.fromEntries(places.map((place) => [place.key, leap(place.path)])),
  });
  if (shownAt !== location.pathname) {
    setShownAt(location.pathname); // what was open belongs to the page that was left
    setOpen("");
  }
  const focusedAt = useRef(location.pathname);
  useEffect(() => {
    const cameFrom = focusedAt.current;
    focusedAt.current = location.pathname;
    const isLost = cameFrom !== location.pathname && document.activeElement === document.body; // it went with the last page
    if (isLost) document.getElementById("content")?.focus({ preventScroll: true });
  }, [location.pathname]);

  return (
    <div className="flex h-dvh flex-col lg:flex-row">
      <a href="#content" className="sr-only z-50 rounded-lg bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2">
        {t("skip")}
      </a>
      <header className="flex items-center gap-2 border-b bg-surface px-2 py-1.5 lg:hidden">
        <IconButton label={t("menu")} onClick={() => setOpen("menu")}><Bars className="size-5" aria-hidden /></IconButton>
        <span className="font-semibold" translate="no">{t("name")}</span>
      </header>
      <aside className="hidden w-64 shrink-0 border-r bg-surface lg:block" aria-label={t("navigation")}>
        <Sidebar onPalette={() => setOpen("palette")} onHelp={() => setOpen("help")} />
      </aside>
      <Sheet open={open === "menu"} onClose={close}>
        <Sidebar onPalette={() => setOpen("palette")} onHelp={() => setOpen("help")} />
      </Sheet>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Offline />
        <main id="content" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
          <Outlet />
        </main>
      </div>
      <Palette open={open === "palette"} onClose={close} onHelp={() => setOpen("help")} />
      <Help open={open === "help"} onClose={close} />
      <Notices />
      <Toaster theme={useShownTheme()} position="bottom-right" closeButton containerAriaLabel={t("notices")} />
    </div>
  );
}
