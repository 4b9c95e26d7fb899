// What stands between a run and its pull request, in words, with what to do next.
import { CircleAlert } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { errorText } from "@/api/errors";
import { Button, ButtonLink } from "@/ui/button";

const mendedInSettings = new Set(["github_not_configured", "forge_credentials", "forge_not_installed", "forge_permission", "workflow_permission", "forge_suspended", "git_credentials", "not_at_github"]);

export function Trouble({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t } = useTranslation("pulls");
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" }); // it may come below a long form
  }, [error]);
  const known = error instanceof ApiError ? error : undefined;
  const code = known?.code ?? "";
  return (
    <div ref={box} role="alert" className="flex items-start gap-3 rounded-xl border border-bad/30 bg-bad-weak px-4 py-3 text-sm">
      <CircleAlert className="mt-0.5 size-5 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{errorText(t, error)}</p>
        {known?.retryAfter && <p className="mt-1">{t("retry_after", { count: Math.ceil(known.retryAfter) })}</p>}
        <div className="mt-2 flex flex-wrap gap-2 empty:hidden">
          {onRetry && <Button size="small" onClick={onRetry}>{t("common:retry")}</Button>}
          {mendedInSettings.has(code) && <ButtonLink size="small" to="/settings/github">{t("to_settings")}</ButtonLink>}
        </div>
      </div>
    </div>
  );
}
