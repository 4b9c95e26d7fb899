// What was asked, and what the model was given for it.
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { client, got, type Schemas } from "@/api/client";
import { bytes, count } from "@/lib/format";
import { Card } from "@/ui/badge";
import { Section } from "@/ui/facts";
import { Asked, Empty } from "@/ui/state";

export function Context({ run }: { run: Schemas["RunView"] }) {
  const { t } = useTranslation("run");
  const context = useQuery({
    queryKey: ["run", run.id, "context"],
    queryFn: ({ signal }) => got(client.GET("/v1/runs/{run_id}/context", { params: { path: { run_id: run.id } }, signal })),
  });
  return (
    <div className="flex max-w-4xl flex-col gap-6">
      <p className="max-w-prose self-start rounded-2xl bg-accent-weak px-4 py-3 whitespace-pre-wrap">{run.instruction}</p>
      <Asked query={context}>
        {(given) => (given.prompt === null && given.system === null && !given.files.length ? <Empty title={t("context_none")}>{t("context_none_about")}</Empty> : <Given context={given} />)}
      </Asked>
    </div>
  );
}

function Given({ context: { system, prompt, files, tokens, is_cut: isCut } }: { context: Schemas["RunContext"] }) {
  const { t, i18n } = useTranslation("run");
  return (
    <>
      {isCut && <p className="text-sm text-warn">{t("context_cut")}</p>}
      <Section title={t("given_files")} about={tokens === null ? undefined : t("given_tokens", { n: count(i18n.language, tokens) })}>
        {files.length ? <Files files={files} /> : <p className="text-sm text-muted">{t("given_no_files")}</p>}
      </Section>
      {prompt !== null && <Text title={t("given_prompt")} text={prompt} />}
      {system !== null && <Text title={t("given_system")} text={system} />}
    </>
  );
}

const found = /^search: (.*)$/; // the words of the request that the file holds

function reasonOf(t: TFunction<"run">, reason: string) {
  const words = found.exec(reason)?.[1];
  return words === undefined ? t(`reasons.${reason}`, { defaultValue: reason }) : t("reason_search", { words });
}

function Files({ files }: { files: Schemas["ContextFile"][] }) {
  const { t, i18n } = useTranslation("run");
  return (
    <Card className="max-h-96 overflow-auto">
      <table tabIndex={0} aria-label={t("given_files")} className="w-full text-sm">
        <thead className="text-left text-xs text-muted">
          <tr className="border-b [&_th]:px-3 [&_th]:py-2 sm:[&_th]:px-4 [&_th]:font-medium">
            <th scope="col">{t("file")}</th>
            <th scope="col">{t("reason")}</th>
            <th scope="col" className="text-right max-sm:hidden">{t("size")}</th>
            <th scope="col" className="text-right whitespace-nowrap">{t("tokens")}</th>
          </tr>
        </thead>
        <tbody className="divide-y [&_td]:px-3 [&_td]:py-1.5 sm:[&_td]:px-4">
          {files.map((file) => (
            <tr key={file.path}>
              <th scope="row" className="px-3 py-1.5 text-left sm:px-4 font-mono text-xs font-normal break-all">{file.path}</th>
              <td className="text-muted">{reasonOf(t, file.reason)}</td>
              <td className="text-right whitespace-nowrap tabular-nums max-sm:hidden">{bytes(i18n.language, file.bytes)}</td>
              <td className="text-right whitespace-nowrap tabular-nums">{count(i18n.language, file.tokens)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

const Text = ({ title, text }: { title: string; text: string }) => (
  <Section title={title}>
    <pre tabIndex={0} aria-label={title} className="max-h-96 overflow-auto rounded-xl border bg-sunken p-4 text-xs leading-5 whitespace-pre-wrap">{text}</pre>
  </Section>
);
