import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { client, got, type Schemas } from "@/api/client";
import { Card } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Facts, Section } from "@/ui/facts";
import { TextArea, TextField } from "@/ui/field";
import { Asked, Fault } from "@/ui/state";
import { Tested } from "./tested";

export const githubQuery = queryOptions({
  queryKey: ["github", "config"],
  queryFn: ({ signal }) => got(client.GET("/v1/github/config", { signal })),
});

export function Github() {
  const { t } = useTranslation("settings");
  const config = useQuery(githubQuery);
  const test = useMutation({ mutationFn: () => got(client.POST("/v1/github/test")) });
  return (
    <Section
      title={t("github")}
      about={t("github_about")}
      actions={<Button busy={test.isPending} because={config.data && !config.data.is_configured && t("because_github")} onClick={() => test.mutate()}><FlaskConical className="size-4" aria-hidden />{t("test")}</Button>}
    >
      {test.error ? <Fault error={test.error} /> : null}
      {test.data && <Found answer={test.data} />}
      <Asked query={config}>{(found) => <App key={found.app_id} config={found} />}</Asked>
    </Section>
  );
}

function Found({ answer }: { answer: Schemas["GithubTested"] }) {
  const { t } = useTranslation("settings");
  const rows = answer.installations.map((one): [string, string] => [one.account, one.missing.length ? t("missing_permissions", { names: one.missing.join(", ") }) : t("all_permissions")]);
  return (
    <>
      <Tested answer={answer} name={answer.login} />
      {answer.missing.length > 0 && <p className="text-sm text-bad">{t("missing_permissions", { names: answer.missing.join(", ") })}</p>}
      {rows.length > 0 && <Facts rows={rows} />}
    </>
  );
}

function App({ config }: { config: Schemas["GithubConfigView"] }) {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  const [appId, setAppId] = useState(config.app_id ?? "");
  const [installation, setInstallation] = useState(config.installation_id ?? "");
  const [key, setKey] = useState("");
  const save = useMutation({
    mutationFn: () => got(client.POST("/v1/github/config", { body: { app_id: appId.trim(), installation_id: installation.trim(), private_key: key || null } })),
    onSuccess: async () => {
      setKey("");
      await queries.invalidateQueries({ queryKey: ["github"] });
      toast.success(t("saved"));
    },
  });
  if (config.source === "env") return <Facts rows={[[t("app_id"), config.app_id_masked], [t("source"), t("from_environment")]]} />;
  const because = !appId.trim() ? t("because_app_id") : !key && !config.has_private_key ? t("because_private_key") : undefined;
  return (
    <Card className="p-4">
      <form onSubmit={(event) => { event.preventDefault(); if (!because) save.mutate(); }} className="flex flex-col gap-3">
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField label={t("app_id")} inputMode="numeric" value={appId} onChange={(event) => setAppId(event.target.value)} />
          <TextField label={t("installation_id")} hint={t("installation_hint")} inputMode="numeric" value={installation} onChange={(event) => setInstallation(event.target.value)} />
        </div>
        <TextArea label={t("private_key")} hint={config.has_private_key ? t("private_key_kept") : t("private_key_hint")} rows={4} spellCheck={false} autoComplete="off" className="font-mono text-xs" value={key} onChange={(event) => setKey(event.target.value)} />
        {save.error ? <Fault error={save.error} /> : null}
        <Button type="submit" kind="primary" because={because} busy={save.isPending} className="self-start">{t("common:save")}</Button>
      </form>
    </Card>
  );
}
