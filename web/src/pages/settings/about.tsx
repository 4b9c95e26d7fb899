import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { client, got } from "@/api/client";
import { aboutQuery } from "@/api/queries";
import { bytes, moment } from "@/lib/format";
import { Card } from "@/ui/badge";
import { Facts, Section } from "@/ui/facts";
import { Asked } from "@/ui/state";

export const storageQuery = queryOptions({
  queryKey: ["storage"],
  queryFn: ({ signal }) => got(client.GET("/v1/operations/storage", { signal })),
});

export function Storage() {
  const { t, i18n } = useTranslation("settings");
  const storage = useQuery(storageQuery);
  const size = (n: number | null) => (n === null ? t("not_known") : bytes(i18n.language, n));
  return (
    <Section title={t("storage")} about={t("storage_about")}>
      <Asked query={storage}>
        {(found) => (
          <>
            <Facts
              rows={[
                [t("database"), size(found.database_bytes)],
                [t("logs"), size(found.log_bytes)],
                ...found.parts.map((part): [string, string] => [t(`part.${part.name}`, { defaultValue: part.name }), size(part.bytes)]),
                [t("disk_free"), t("of", { part: size(found.disk_free_bytes), all: size(found.disk_total_bytes) })],
                [t("disk_floor"), size(found.disk_floor_bytes)],
              ]}
            />
            {found.mirrors.length > 0 && <h3 className="text-sm font-semibold">{t("mirrors")}</h3>}
            {found.mirrors.length > 0 && <Facts rows={found.mirrors.map((mirror) => [mirror.repo_url ?? mirror.repo_id ?? "", size(mirror.bytes)])} />}
            <p className="text-xs text-muted">{t("measured", { at: moment(i18n.language, found.measured_at) })}</p>
          </>
        )}
      </Asked>
    </Section>
  );
}

export function About() {
  const { t, i18n } = useTranslation("settings");
  const about = useQuery(aboutQuery);
  return (
    <Section title={t("about")}>
      <Asked query={about}>
        {(found) => (
          <>
            <Facts
              rows={[
                [t("version"), found.version],
                [t("mode"), found.mode],
                [t("database"), found.database],
                [t("schema"), found.schema_version],
                [t("queue"), found.queue],
                [t("data_dir"), found.data_dir ?? ""],
                [t("started"), moment(i18n.language, found.started_at)],
              ]}
            />
            <h3 className="text-sm font-semibold">{t("settings_in_force")}</h3>
            <Card role="group" aria-label={t("settings_in_force")} tabIndex={0} className="overflow-x-auto">
              <table className="w-full text-left text-sm">
                <thead className="text-xs text-muted"><tr><th scope="col" className="px-4 py-2 font-medium">{t("setting")}</th><th scope="col" className="px-4 py-2 font-medium">{t("value")}</th><th scope="col" className="px-4 py-2 font-medium">{t("origin")}</th></tr></thead>
                <tbody className="divide-y border-t">
                  {found.settings.map((setting) => (
                    <tr key={setting.variable}>
                      <th scope="row" className="px-4 py-1.5 font-normal"><code className="font-mono text-xs break-all">{setting.variable}</code><span lang="en" className="block text-xs text-muted">{setting.about}</span></th>
                      <td className="px-4 py-1.5 font-mono text-xs break-all">{setting.value}</td>
                      <td className="px-4 py-1.5 text-xs text-muted">{setting.origin}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Card>
          </>
        )}
      </Asked>
    </Section>
  );
}
