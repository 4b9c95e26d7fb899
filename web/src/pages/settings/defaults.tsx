import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { client, got, type Schemas } from "@/api/client";
import { preferencesQuery } from "@/api/queries";
import { Card } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section } from "@/ui/facts";
import { Checkbox, Select, TextField } from "@/ui/field";
import { Asked, Fault } from "@/ui/state";

type Preferences = Schemas["PreferencesView"];

export function Defaults() {
  const { t } = useTranslation("settings");
  const preferences = useQuery(preferencesQuery);
  return (
    <Section title={t("defaults")} about={t("defaults_about")}>
      <Asked query={preferences}>{(found) => <Form found={found} />}</Asked>
    </Section>
  );
}

function Form({ found }: { found: Preferences }) {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  const [typed, setTyped] = useState(found);
  const save = useMutation({
    mutationFn: () => got(client.POST("/v1/preferences", { body: typed })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["preferences"] });
      toast.success(t("saved"));
    },
  });
  const words = (["default_repo_owner", "default_repo_name", "default_branch", "default_branch_prefix"] as const).map((name) => ({
    label: t(name),
    value: typed[name] ?? "",
    spellCheck: false,
    onChange: (event: { target: { value: string } }) => setTyped({ ...typed, [name]: event.target.value || null }),
  }));
  return (
    <Card className="p-4">
      <form onSubmit={(event) => { event.preventDefault(); save.mutate(); }} className="flex flex-col gap-4">
        <div className="grid gap-3 sm:grid-cols-2">
          {words.map((word) => <TextField key={word.label} {...word} />)}
          <Select label={t("pr_mode")} value={typed.default_pr_creation_mode} onChange={(event) => setTyped({ ...typed, default_pr_creation_mode: event.target.value as Preferences["default_pr_creation_mode"] })}>
            <option value="create">{t("pr_create")}</option>
            <option value="link">{t("pr_link")}</option>
          </Select>
        </div>
        <Checkbox label={t("auto_text")} checked={typed.auto_generate_pr_description} onChange={(event) => setTyped({ ...typed, auto_generate_pr_description: event.target.checked })} />
        <Checkbox label={t("gating")} hint={t("gating_hint")} checked={typed.enable_gating_status} onChange={(event) => setTyped({ ...typed, enable_gating_status: event.target.checked })} />
        {save.error ? <Fault error={save.error} /> : null}
        <Button type="submit" kind="primary" busy={save.isPending} className="self-start">{t("common:save")}</Button>
      </form>
    </Card>
  );
}
