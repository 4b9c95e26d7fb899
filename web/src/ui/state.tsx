// The states that every page has: loading, nothing there, something wrong.
import { CircleAlert, CloudOff, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, OfflineError } from "@/api/client";
import { errorText } from "@/api/errors";
import { cn } from "@/lib/cn";
import { Button } from "./button";

export const Skeleton = ({ className }: { className?: string }) => (
  <div aria-hidden className={cn("animate-pulse rounded-lg bg-line/70", className)} />
);

/** Bars in the place of what is on its way; read as "Loading". */
export function Loading({ lines = 4, className }: { lines?: number; className?: string }) {
  const { t } = useTranslation();
  return (
    <div role="status" className={cn("flex flex-col gap-3", className)}>
      <span className="sr-only">{t("loading")}</span>
      {Array.from({ length: lines }, (_, index) => <Skeleton key={index} className="h-12" />)}
    </div>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-2xl border border-dashed px-6 py-10 text-center">
      <p className="font-medium">{title}</p>
      {children && <div className="max-w-prose text-sm text-muted">{children}</div>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}

/** What went wrong, what to do, and a way to try again. */
export function Fault({ error, onRetry, className }: { error: unknown; onRetry?: (() => void) | undefined; className?: string }) {
  const { t } = useTranslation();
  const missing = error instanceof ApiError && error.status === 404;
  const Sign = error instanceof OfflineError ? CloudOff : missing ? SearchX : CircleAlert;
  const id = error instanceof ApiError ? error.requestId : undefined;
  return (
    <div role="alert" className={cn("flex items-start gap-3 rounded-xl border border-bad/30 bg-bad-weak px-4 py-3", className)}>
      <Sign className="mt-0.5 size-5 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium text-ink">{errorText(t, error)}</p>
        {id && <p className="mt-0.5 font-mono text-xs text-muted">{t("request_id", { id })}</p>}
      </div>
      {onRetry && !missing && <Button size="small" onClick={onRetry}>{t("retry")}</Button>}
    </div>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** What a query gave: skeleton, then content; a fault above content that is older. */
export function Asked<T>({ query, lines, children }: { query: Asked<T>; lines?: number; children: (data: T) => ReactNode }) {
  return (
    <>
      {query.error ? <Fault error={query.error} onRetry={() => void query.refetch()} className="mb-4" /> : null}
      {query.data === undefined ? query.error ? null : <Loading {...(lines ? { lines } : {})} /> : children(query.data)}
    </>
  );
}
