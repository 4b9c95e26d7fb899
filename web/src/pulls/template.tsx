// Which of the repository's templates a description follows, and how it looks.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Select } from "@/ui/field";
import { Skeleton } from "@/ui/state";
import { templateQuery, templatesQuery } from "./pulls";
import { Trouble } from "./trouble";

/** What stands before a template for GitHub, not for readers. */
const frontMatter = /^---\r?\n[^]*?\n---\r?\n/;

interface TemplateProps {
  repoId: string;
  runId: string;
  chosen: string;
  onChoose: (path: string) => void;
  /** Offered when a person writes the description: takes the template's text over. */
  onTake?: ((text: string) => void) | undefined;
}

/** "" is the repository's default template. */
export function Template({ repoId, runId, chosen, onChoose, onTake }: TemplateProps) {
  const { t } = useTranslation("pulls");
  const templates = useQuery(templatesQuery(repoId));
  const preset = templates.data?.default_template ?? "";
  const path = chosen || preset;
  const file = useQuery(templateQuery(runId, path));
  if (templates.error) return <Trouble error={templates.error} onRetry={() => void templates.refetch()} />;
  if (!templates.data) return <Skeleton className="h-9" />;
  if (!templates.data.templates.length) return <p className="text-sm text-muted">{t("no_template")}</p>;
  const text = file.data?.text?.replace(frontMatter, "");
  return (
    <div className="flex flex-col gap-2">
      <Select label={t("template")} value={path} onChange={(event) => onChoose(event.target.value)}>
        {!preset && <option value="">{t("template_none")}</option>}
        {templates.data.templates.map((one) => <option key={one} value={one}>{one === preset ? t("template_default", { path: one }) : one}</option>)}
      </Select>
      {file.error ? <p className="text-xs text-muted">{t("template_unread")}</p> : null}
      {text !== undefined && (
        <details className="rounded-lg border">
          <summary className="px-3 py-1.5 text-sm">{t("template_look")}</summary>
          <pre tabIndex={0} aria-label={t("template_look")} className="max-h-48 overflow-auto border-t px-3 py-2 font-mono text-xs whitespace-pre-wrap">{text}</pre>
        </details>
      )}
      {onTake && text !== undefined && <Button size="small" className="self-start" onClick={() => onTake(text)}>{t("template_take")}</Button>}
    </div>
  );
}
