// The text of a pull request to be made: written by the server, or by the person.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDraft } from "@/lib/drafts";
import { Checkbox, TextArea, TextField } from "@/ui/field";
import { Template } from "./template";
import type { PullOrder } from "./pulls";

const titleMost = 256; // characters, GitHub's own limit

/** What is being ordered; `own` texts survive a reload. */
export function useOrder(taskId: string, runId: string) {
  const [own, setOwn] = useDraft(`task.${taskId}.pull.own`);
  const [title, setTitle] = useDraft(`task.${taskId}.pull.title`);
  const [body, setBody] = useDraft(`task.${taskId}.pull.body`);
  const [base, setBase] = useDraft(`task.${taskId}.pull.base`);
  const [template, setTemplate] = useState("");
  const [draft, setDraft] = useState(false);
  const isOwn = own === "yes";
  const order: PullOrder = isOwn
    ? { runId, draft, title: title.trim(), ...(body.trim() ? { body } : {}), ...(base.trim() ? { base: base.trim() } : {}) }
    : { runId, draft, ...(template ? { template } : {}) };
  const forget = () => {
    setOwn("");
    setTitle("");
    setBody("");
    setBase("");
  };
  return { isOwn, setOwn: (wanted: boolean) => setOwn(wanted ? "yes" : ""), title, setTitle, body, setBody, base, setBase, template, setTemplate, draft, setDraft, order, forget };
}

export type Ordering = ReturnType<typeof useOrder>;

export function OrderFields({ ordering, repoId, runId, baseHint, onSend }: { ordering: Ordering; repoId: string; runId: string; baseHint: string; onSend: () => void }) {
  const { t } = useTranslation("pulls");
  const { isOwn, body } = ordering;
  return (
    <div className="flex flex-col gap-4">
      <fieldset className="grid gap-2 sm:grid-cols-2">
        <legend className="mb-1 text-sm font-medium">{t("text")}</legend>
        <Way name="written" chosen={!isOwn} onChoose={() => ordering.setOwn(false)} />
        <Way name="own" chosen={isOwn} onChoose={() => ordering.setOwn(true)} />
      </fieldset>
      {isOwn && (
        <>
          <TextField label={t("title")} value={ordering.title} maxLength={titleMost} onChange={(event) => ordering.setTitle(event.target.value)} />
          <TextArea label={t("description")} hint={t("description_hint")} value={body} rows={6} onChange={(event) => ordering.setBody(event.target.value)} onSend={onSend} />
          <TextField label={t("base")} hint={t("base_hint")} placeholder={baseHint} value={ordering.base} onChange={(event) => ordering.setBase(event.target.value)} />
        </>
      )}
      <Template repoId={repoId} runId={runId} chosen={ordering.template} onChoose={ordering.setTemplate} onTake={isOwn ? (text) => ordering.setBody(body.trim() ? `${body}\n\n${text}` : text) : undefined} />
      <Checkbox label={t("draft")} checked={ordering.draft} onChange={(event) => ordering.setDraft(event.target.checked)} />
    </div>
  );
}

function Way({ name, chosen, onChoose }: { name: "written" | "own"; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation("pulls");
  return (
    <label className="flex cursor-pointer items-start gap-2.5 rounded-xl border px-3 py-2.5 has-checked:border-accent has-checked:bg-accent-weak">
      <input type="radio" name="pull-text" checked={chosen} onChange={onChoose} className="mt-1 size-4 shrink-0 accent-(--accent)" />
      <span className="min-w-0">
        <span className="block text-sm font-medium">{t(`way.${name}`)}</span>
        <span className="block text-xs text-muted">{t(`way.${name}_about`)}</span>
      </span>
    </label>
  );
}
