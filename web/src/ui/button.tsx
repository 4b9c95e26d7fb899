// Buttons and links that look like them. What cannot be used stays focusable and says why: give `because`
// in place of `disabled`.
import { cva, type VariantProps } from "class-variance-authority";
import { Loader2 } from "lucide-react";
import { useId, type ComponentProps, type ReactNode } from "react";
import { Link, type LinkProps } from "react-router";
import { cn } from "@/lib/cn";
import { Tip } from "./tip";

const look = cva(
  "inline-flex items-center justify-center gap-1.5 rounded-lg font-medium whitespace-nowrap transition-colors select-none aria-disabled:cursor-not-allowed aria-disabled:opacity-60",
  {
    variants: {
      kind: {
        primary: "bg-accent text-accent-ink hover:not-aria-disabled:brightness-110",
        normal: "border border-edge/60 bg-surface text-ink hover:not-aria-disabled:bg-sunken",
        quiet: "text-ink hover:not-aria-disabled:bg-sunken",
        danger: "border border-bad/50 bg-surface text-bad hover:not-aria-disabled:bg-bad-weak",
      },
      size: { normal: "h-9 px-3.5 text-sm", small: "h-7 px-2.5 text-xs", icon: "size-9", "small-icon": "size-7" },
    },
    defaultVariants: { kind: "normal", size: "normal" },
  },
);

type Look = VariantProps<typeof look>;

interface ButtonProps extends Omit<ComponentProps<"button">, "disabled">, Look {
  /** Why it cannot be used now, in words; absent when it can. */
  because?: string | false | null | undefined;
  busy?: boolean | undefined;
}

export function Button({ kind, size, because, busy, className, onClick, children, type = "button", ...rest }: ButtonProps) {
  const reason = useId();
  const off = Boolean(because) || busy;
  const button = (
    <button
      type={type}
      className={cn(look({ kind, size }), className)}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      aria-describedby={because ? reason : undefined}
      onClick={(event) => (off ? event.preventDefault() : onClick?.(event))}
      {...rest}
    >
      {busy && <Loader2 className="size-4 animate-spin" aria-hidden />}
      {children}
    </button>
  );
  if (!because) return button;
  return (
    <>
      <Tip text={because}>{button}</Tip>
      <span id={reason} className="sr-only">{because}</span>
    </>
  );
}

/** A button that shows only a sign; `label` is its name and its tip. */
export function IconButton({ label, children, size = "icon", kind = "quiet", ...rest }: ButtonProps & { label: string; children: ReactNode }) {
  return (
    <Tip text={rest.because || label}>
      <Button aria-label={label} size={size} kind={kind} {...rest} onClick={rest.because ? undefined : rest.onClick} because={undefined} aria-disabled={rest.because ? true : undefined}>
        {children}
      </Button>
    </Tip>
  );
}

export const ButtonLink = ({ kind, size, className, ...rest }: LinkProps & Look) => (
  <Link className={cn(look({ kind, size }), className)} {...rest} />
);
