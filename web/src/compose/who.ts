// Who carries out a message: models with a key, and agent programs. The choice is kept in this browser.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { TFunction } from "i18next";
import { client, got, type Schemas } from "@/api/client";
import { saidText } from "@/api/errors";
import { modelsQuery } from "@/api/queries";
import type { Option } from "@/ui/choice";

export const agentsQuery = queryOptions({
  queryKey: ["agents"],
  queryFn: ({ signal }) => got(client.GET("/v1/agents", { signal })),
});

type Model = Schemas["ModelView"];
export type Executor = Schemas["RunCreate"]["executor_type"] & string;

const kept = "dursor.who";
export const modelName = (model: Pick<Model, "display_name" | "model_name">) => model.display_name || model.model_name;

function remembered(): string[] | undefined {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(kept) ?? "null");
    return Array.isArray(found) ? found.filter((one) => typeof one === "string") : undefined;
  } catch {
    return undefined;
  }
}

/** Values are "model:ID" and "agent:TYPE". */
const idsOf = (chosen: string[], kind: "model" | "agent") => chosen.filter((one) => one.startsWith(`${kind}:`)).map((one) => one.slice(kind.length + 1));

export function useWho(t: TFunction) {
  const models = useQuery(modelsQuery);
  const agents = useQuery(agentsQuery);
  const [picked, setPicked] = useState(remembered);
  const options = useMemo<Option[]>(
    () => [
      ...(models.data ?? []).map((model) => ({ value: `model:${model.id}`, name: modelName(model), hint: model.provider, group: t("compose:models") })),
      ...(agents.data?.executors ?? [])
        .filter((executor) => !executor.takes_models)
        .map((executor) => ({
          value: `agent:${executor.executor_type}`,
          name: executor.label,
          group: t("compose:agents"),
          because: executor.usable ? undefined : saidText(t, executor.reason_code, executor.reason_params, executor.reason ?? t("compose:agent_unusable")),
        })),
    ],
    [models.data, agents.data, t],
  );
  const usable = options.filter((option) => !option.because).map((option) => option.value);
  // Nothing was ever chosen: all models, as far as they can be looked at beside each other.
  const chosen = (picked ?? usable.filter((value) => value.startsWith("model:")).slice(0, 3)).filter((value) => usable.includes(value));
  const toggle = (value: string) => {
    const next = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
    localStorage.setItem(kept, JSON.stringify(next));
    setPicked(next);
  };
  return { options, chosen, toggle, modelIds: idsOf(chosen, "model"), agents: idsOf(chosen, "agent") as Executor[], query: models };
}

export type Who = ReturnType<typeof useWho>;
