// Inputs with their label, hint and fault. All of them leave input methods alone: Enter that confirms a
// composition neither sends nor breaks a line of ours.
import { useId, useLayoutEffect, useRef, type ComponentProps, type KeyboardEvent, type ReactNode } from "react";
import { cn } from "@/lib/cn";
import { composing, onMac } from "@/lib/keys";

export const inputLook =
  "w-full rounded-lg border border-edge bg-surface px-3 py-1.5 text-ink placeholder:text-muted aria-invalid:border-bad disabled:bg-sunken";

interface FieldProps {
  label: string;
  /** The label is read but not shown. */
  bare?: boolean | undefined;
  hint?: ReactNode;
  fault?: string | undefined;
  className?: string | undefined;
  children: (ids: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean | undefined }) => ReactNode;
}

export function Field({ label, bare, hint, fault, className, children }: FieldProps) {
  const id = useId();
  const told = [hint ? `${id}-hint` : "", fault ? `${id}-fault` : ""].filter(Boolean).join(" ");
  return (
    <div className={cn("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className={bare ? "sr-only" : "text-sm font-medium"}>{label}</label>
      {children({ id, "aria-describedby": told || undefined, "aria-invalid": fault ? true : undefined })}
      {hint && <p id={`${id}-hint`} className="text-xs text-muted">{hint}</p>}
      {fault && <p id={`${id}-fault`} role="alert" className="text-xs font-medium text-bad">{fault}</p>}
    </div>
  );
}

type Labelled = Pick<FieldProps, "label" | "bare" | "hint" | "fault">;

export function TextField({ label, bare, hint, fault, className, ...rest }: Labelled & ComponentProps<"input">) {
  return (
    <Field label={label} bare={bare} hint={hint} fault={fault} className={className}>
      {(ids) => <input {...ids} className={cn(inputLook, "h-9")} {...rest} />}
    </Field>
  );
}

/** Ctrl+Enter, on a Mac Cmd+Enter. */
const sends = (event: KeyboardEvent) => event.key === "Enter" && (onMac ? event.metaKey : event.ctrlKey) && !composing(event);

interface TextAreaProps extends Labelled, ComponentProps<"textarea"> {
  /** Ctrl/Cmd+Enter. */
  onSend?: (() => void) | undefined;
}

/** Grows with its text up to most of the window. */
export function TextArea({ label, bare, hint, fault, className, onSend, onKeyDown, rows = 3, ...rest }: TextAreaProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const node = area.current;
    if (!node) return;
    node.style.height = "auto";
    node.style.height = `${Math.min(node.scrollHeight + 2, innerHeight * 0.6)}px`;
  }, [rest.value]);
  return (
    <Field label={label} bare={bare} hint={hint} fault={fault}>
      {(ids) => (
        <textarea
          {...ids}
          ref={area}
          rows={rows}
          className={cn(inputLook, "resize-none py-2", className)}
          onKeyDown={(event) => {
            onKeyDown?.(event);
            if (onSend && sends(event)) {
              event.preventDefault();
              onSend();
            }
          }}
          {...rest}
        />
      )}
    </Field>
  );
}

export function Select({ label, bare, hint, fault, className, children, ...rest }: Labelled & ComponentProps<"select">) {
  return (
    <Field label={label} bare={bare} hint={hint} fault={fault} className={className}>
      {(ids) => <select {...ids} className={cn(inputLook, "h-9 pr-8")} {...rest}>{children}</select>}
    </Field>
  );
}

export function Checkbox({ label, hint, className, ...rest }: { label: string; hint?: ReactNode } & ComponentProps<"input">) {
  const id = useId();
  return (
    <div className={cn("flex items-start gap-2", className)}>
      <input id={id} type="checkbox" aria-describedby={hint ? `${id}-hint` : undefined} className="mt-1 size-4 shrink-0 accent-(--accent)" {...rest} />
      <div>
        <label htmlFor={id} className="text-sm">{label}</label>
        {hint && <p id={`${id}-hint`} className="text-xs text-muted">{hint}</p>}
      </div>
    </div>
  );
}
