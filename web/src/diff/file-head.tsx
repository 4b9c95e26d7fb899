// The head of a file in a difference, and what its change is called.
import { ChevronDown, ChevronRight, Copy, FileCog, FileDiff, FileMinus, FilePlus, FileSymlink, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { cn } from "@/lib/cn";
import { Changes } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import type { ChangedFile } from "./changes";

const signs: Record<string, { Sign: LucideIcon; look: string }> = {
  added: { Sign: FilePlus, look: "text-good" },
  deleted: { Sign: FileMinus, look: "text-bad" },
  renamed: { Sign: FileSymlink, look: "text-warn" },
  mode: { Sign: FileCog, look: "text-warn" },
};
const modified = { Sign: FileDiff, look: "text-busy" };

export function StatusSign({ status, className }: { status: string; className?: string }) {
  const { t } = useTranslation("diff");
  const { Sign, look } = signs[status] ?? modified;
  return (
    <span className={cn("shrink-0", className)} title={t(`status.${status}`)}>
      <Sign className={cn("size-4", look)} aria-hidden />
      <span className="sr-only">{t(`status.${status}`)}</span>
    </span>
  );
}

interface FileHeadProps {
  file: ChangedFile;
  open: boolean;
  onToggle: () => void;
  /** Behind the name: who else touched it. */
  extra?: ReactNode;
}

export function FileHead({ file, open, onToggle, extra }: FileHeadProps) {
  const { t } = useTranslation("diff");
  const copy = () => navigator.clipboard.writeText(file.path).then(() => toast(t("common:copied")));
  const Arrow = open ? ChevronDown : ChevronRight;
  return (
    <div role="gridcell" className="flex h-11 min-w-0 items-center gap-2 border-y bg-sunken px-2 font-sans">
      <IconButton label={t(open ? "close_file" : "open_file", { path: file.path })} size="small-icon" aria-expanded={open} onClick={onToggle}>
        <Arrow className="size-4" aria-hidden />
      </IconButton>
      <StatusSign status={file.status} />
      <h2 className="min-w-0 flex-1 truncate font-mono text-[0.8125rem] font-medium" title={file.path}>
        <bdi>{file.path}</bdi>
      </h2>
      {extra}
      <Changes added={file.added_lines} removed={file.removed_lines} />
      <IconButton label={t("copy_path", { path: file.path })} size="small-icon" onClick={() => void copy()}>
        <Copy className="size-3.5" aria-hidden />
      </IconButton>
    </div>
  );
}
