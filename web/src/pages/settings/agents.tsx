import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { saidText } from "@/api/errors";
import { agentsQuery } from "@/compose/who";
import { Badge, Card } from "@/ui/badge";
import { Section } from "@/ui/facts";
import { Asked } from "@/ui/state";

export function Agents() {
  const { t } = useTranslation("settings");
  const agents = useQuery(agentsQuery);
  return (
    <Section title={t("agents")} about={t("agents_about")}>
      <Asked query={agents}>
        {({ agents: found }) => (
          <Card>
            <ul className="divide-y">
              {found.map((agent) => (
                <li key={agent.executor_type} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 text-sm">
                  <div className="min-w-0 flex-1">
                    <p className="font-medium">{agent.label}</p>
                    <p className="text-xs break-words text-muted">{agent.path ? `${agent.path}${agent.version ? ` · ${agent.version}` : ""}` : t("not_found", { program: agent.program })}</p>
                    {!agent.usable && agent.reason && <p className="text-xs text-muted">{saidText(t, agent.reason_code, agent.reason_params, agent.reason)}</p>}
                  </div>
                  <Badge tone={agent.usable ? "good" : "plain"}>{t(agent.usable ? "usable" : "unusable")}</Badge>
                </li>
              ))}
            </ul>
          </Card>
        )}
      </Asked>
    </Section>
  );
}
