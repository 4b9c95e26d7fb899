import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { Button, IconButton } from "./button";
import { focusBack, focusField } from "./focus-back";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  about?: ReactNode;
  /** The buttons at its foot. */
  actions?: ReactNode;
  wide?: boolean;
  children?: ReactNode;
}

/** A dialog in front of the page; on a phone it comes from below. Focus goes in and comes back. */
export function Dialog({ open, onClose, title, about, actions, wide, children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Radix.Root open={open} onOpenChange={(wanted) => !wanted && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Radix.Content
          {...(about ? {} : { "aria-describedby": undefined })}
          onOpenAutoFocus={focusField}
          onCloseAutoFocus={focusBack}
          className={cn(
            "outline-none fixed inset-x-0 bottom-0 z-40 flex max-h-[92dvh] flex-col rounded-t-2xl border bg-raised shadow-pop sm:inset-auto sm:top-1/2 sm:left-1/2 sm:w-[min(92vw,34rem)] sm:-translate-1/2 sm:rounded-2xl",
            wide && "sm:w-[min(94vw,60rem)]",
          )}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-2">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
              {about && <Radix.Description className="mt-0.5 text-sm text-muted">{about}</Radix.Description>}
            </div>
            <IconButton label={t("close")} size="small-icon" onClick={onClose}><X className="size-4" aria-hidden /></IconButton>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-2">{children}</div>
          {actions && <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">{actions}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ConfirmProps extends Omit<DialogProps, "actions" | "wide"> {
  /** What the button does: "Delete task". */
  action: string;
  busy?: boolean;
  onConfirm: () => void;
}

/** Asks before what cannot be undone. */
export function Confirm({ action, busy, onConfirm, ...dialog }: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      {...dialog}
      actions={
        <>
          <Button onClick={dialog.onClose}>{t("cancel")}</Button>
          <Button kind="danger" busy={busy} onClick={onConfirm}>{action}</Button>
        </>
      }
    />
  );
}
