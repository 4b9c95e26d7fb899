// What stands around a difference: a bar that sticks to the top, files at the left (on a phone behind a button).
import { ListTree } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/dialog";
import { IconButton } from "@/ui/button";

interface DiffFrameProps {
  bar: ReactNode;
  /** Drawn twice: beside the lines, and in a dialog that closes when a file is chosen. */
  tree: (onChosen: () => void, className: string) => ReactNode;
  children: ReactNode;
}

const nothing = () => undefined;

export function DiffFrame({ bar, tree, children }: DiffFrameProps) {
  const { t } = useTranslation("diff");
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const beside = tree(nothing, "h-full");
  const above = tree(close, "h-[60dvh] pb-3");
  return (
    <div className="isolate">
      <div className="sticky top-0 z-20 flex h-12 items-center gap-2 overflow-x-auto border-b bg-ground">
        <IconButton label={t("files")} size="small-icon" className="xl:hidden" onClick={() => setOpen(true)}>
          <ListTree className="size-4" aria-hidden />
        </IconButton>
        {bar}
      </div>
      <div className="flex gap-3">
        <nav aria-label={t("files")} className="sticky top-12 hidden h-[calc(100dvh-3.5rem)] w-72 shrink-0 pt-3 xl:block">
          {beside}
        </nav>
        <div className="min-w-0 flex-1">{children}</div>
      </div>
      <Dialog open={open} onClose={close} title={t("files")}>
        {above}
      </Dialog>
    </div>
  );
}
