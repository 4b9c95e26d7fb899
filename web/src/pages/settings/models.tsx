import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FlaskConical, Plus, Trash2 } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { client, got, newKey, once, type Schemas } from "@/api/client";
import { fieldTexts } from "@/api/errors";
import { modelsQuery } from "@/api/queries";
import { modelName } from "@/compose/who";
import { Badge, Card } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Confirm, Dialog } from "@/ui/dialog";
import { Section } from "@/ui/facts";
import { Select, TextField } from "@/ui/field";
import { Asked, Empty, Fault } from "@/ui/state";
import { Tested } from "./tested";

type Model = Schemas["ModelView"];
type Provider = Model["provider"];
const providers: Provider[] = ["anthropic", "openai", "google"];

export function Models() {
  const { t } = useTranslation("settings");
  const models = useQuery(modelsQuery);
  const [adding, setAdding] = useState(false);
  return (
    <Section title={t("models")} about={t("models_about")} actions={<Button kind="primary" onClick={() => setAdding(true)}><Plus className="size-4" aria-hidden />{t("add_model")}</Button>}>
      <Asked query={models}>
        {(found) => (found.length ? <Card><ul className="divide-y">{found.map((model) => <Row key={model.id} model={model} />)}</ul></Card> : <Empty title={t("no_models")}>{t("no_models_about")}</Empty>)}
      </Asked>
      {adding && <Add onClose={() => setAdding(false)} />}
    </Section>
  );
}

function Row({ model }: { model: Model }) {
  const { t } = useTranslation("settings");
  const [deleting, setDeleting] = useState(false);
  const path = { model_id: model.id };
  const test = useMutation({ mutationFn: () => got(client.POST("/v1/models/{model_id}/test", { params: { path } })) });
  const name = modelName(model);
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm font-medium">{name} {model.demo && <Badge>{t("demo")}</Badge>}</p>
          <p className="truncate text-xs text-muted">{t(`provider.${model.provider}`)} · {model.model_name}{model.base_url && ` · ${model.base_url}`}</p>
        </div>
        <Button size="small" busy={test.isPending} onClick={() => test.mutate()} aria-label={t("test_of", { name })}><FlaskConical className="size-3.5" aria-hidden />{t("test")}</Button>
        <IconButton size="small-icon" label={t("delete_of", { name })} because={model.demo && t("demo_stays")} onClick={() => setDeleting(true)}><Trash2 className="size-4" aria-hidden /></IconButton>
      </div>
      {test.error ? <Fault error={test.error} /> : null}
      {test.data && <Tested answer={test.data} name={test.data.answered_by} />}
      {deleting && <Delete model={model} onClose={() => setDeleting(false)} />}
    </li>
  );
}

function Delete({ model, onClose }: { model: Model; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => got(client.DELETE("/v1/models/{model_id}", { params: { path: { model_id: model.id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["models"] });
      onClose();
    },
  });
  return (
    <Confirm open onClose={onClose} title={t("delete_of", { name: modelName(model) })} about={t("delete_model_about")} action={t("common:delete")} busy={remove.isPending} onConfirm={() => remove.mutate()}>
      {remove.error ? <Fault error={remove.error} /> : null}
    </Confirm>
  );
}

const empty = { provider: "anthropic" as Provider, model_name: "", api_key: "", display_name: "", base_url: "" };

function Add({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  const [typed, setTyped] = useState(empty);
  const [key] = useState(newKey);
  const form = useId();
  const body = { ...typed, model_name: typed.model_name.trim(), display_name: typed.display_name.trim() || null, base_url: typed.base_url.trim() || null };
  const test = useMutation({ mutationFn: () => got(client.POST("/v1/models/test", { body })) });
  const save = useMutation({
    mutationFn: () => got(client.POST("/v1/models", { body, headers: once(key) })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["models"] });
      onClose();
    },
  });
  const because = !body.model_name ? t("because_name") : !typed.api_key ? t("because_key") : undefined;
  const faults = fieldTexts(t, save.error);
  const field = (name: keyof typeof empty) => ({ value: typed[name], fault: faults[name], onChange: (event: { target: { value: string } }) => setTyped({ ...typed, [name]: event.target.value }) });
  const [name, secret, shown, address] = [field("model_name"), field("api_key"), field("display_name"), field("base_url")];
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("add_model")}
      about={t("add_model_about")}
      actions={
        <>
          <Button because={because} busy={test.isPending} onClick={() => test.mutate()}><FlaskConical className="size-4" aria-hidden />{t("test")}</Button>
          <Button type="submit" form={form} kind="primary" because={because} busy={save.isPending}>{t("common:save")}</Button>
        </>
      }
    >
      <form id={form} onSubmit={(event) => { event.preventDefault(); if (!because) save.mutate(); }} className="flex flex-col gap-3 pb-3">
        <Select label={t("provider_label")} value={typed.provider} onChange={(event) => setTyped({ ...typed, provider: event.target.value as Provider })}>
          {providers.map((provider) => <option key={provider} value={provider}>{t(`provider.${provider}`)}</option>)}
        </Select>
        <TextField label={t("model_name")} hint={t("model_name_hint")} spellCheck={false} autoCapitalize="off" {...name} />
        <TextField label={t("api_key")} hint={t("api_key_hint")} type="password" autoComplete="off" {...secret} />
        <TextField label={t("display_name")} {...shown} />
        <TextField label={t("base_url")} hint={t("base_url_hint")} type="url" spellCheck={false} {...address} />
        {test.error || save.error ? <Fault error={save.error ?? test.error} /> : null}
        {test.data && <Tested answer={test.data} name={test.data.answered_by} />}
      </form>
    </Dialog>
  );
}
