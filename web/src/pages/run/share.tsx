// Reading without scripts: the plain page for who is signed in, and links that show one run to anybody who has them.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy, Link2, Share2, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { client, got, newKey, once, type Schemas } from "@/api/client";
import { errorText } from "@/api/errors";
import { aboutQuery } from "@/api/queries";
import { moment } from "@/lib/format";
import { Button, IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Select } from "@/ui/field";
import { Asked, Fault } from "@/ui/state";

const sharesQuery = (run_id: string) =>
  queryOptions({
    queryKey: ["run", run_id, "shares"],
    queryFn: ({ signal }) => got(client.GET("/v1/runs/{run_id}/shares", { params: { path: { run_id } }, signal })),
  });

const hours = [1, 24, 168, 720] as const;

export function ShareButton({ runId }: { runId: string }) {
  const { t } = useTranslation("run");
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}><Share2 className="size-3.5" aria-hidden />{t("share.button")}</Button>
      {open && <ShareDialog runId={runId} onClose={() => setOpen(false)} />}
    </>
  );
}

function ShareDialog({ runId, onClose }: { runId: string; onClose: () => void }) {
  const { t } = useTranslation("run");
  const about = useQuery(aboutQuery);
  return (
    <Dialog open onClose={onClose} title={t("share.title")} about={t("share.about")}>
      <div className="flex flex-col gap-4 pb-3">
        <a href={`/runs/${runId}/plain`} className="inline-flex items-center gap-1.5 self-start text-sm text-accent underline"><Link2 className="size-4" aria-hidden />{t("share.plain")}</a>
        <Asked query={about}>{({ share_links: on }) => (on ? <Links runId={runId} /> : <p className="text-sm text-muted">{t("share.off")}</p>)}</Asked>
      </div>
    </Dialog>
  );
}

function Links({ runId }: { runId: string }) {
  const { t } = useTranslation("run");
  const queries = useQueryClient();
  const shares = useQuery(sharesQuery(runId));
  const [lasts, setLasts] = useState(168);
  const [key, setKey] = useState(newKey);
  const make = useMutation({
    mutationFn: () => got(client.POST("/v1/runs/{run_id}/shares", { params: { path: { run_id: runId } }, body: { expires_in_hours: lasts }, headers: once(key) })),
    onSuccess: () => {
      setKey(newKey());
      return queries.invalidateQueries({ queryKey: ["run", runId, "shares"] });
    },
  });
  const made = make.data?.url && new URL(make.data.url, location.origin).href;
  return (
    <>
      <form className="flex items-end gap-2" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
        <Select label={t("share.lasts")} value={lasts} onChange={(event) => setLasts(Number(event.target.value))} className="flex-1">
          {hours.map((n) => <option key={n} value={n}>{t(`share.hours.${n}`)}</option>)}
        </Select>
        <Button type="submit" kind="primary" busy={make.isPending}>{t("share.make")}</Button>
      </form>
      {make.error ? <Fault error={make.error} /> : null}
      {made && <Made url={made} />}
      <Asked query={shares} lines={2}>
        {(found) => {
          const live = found.filter((share) => !share.revoked_at);
          return live.length > 0 && <ul className="flex flex-col divide-y">{live.map((share) => <Live key={share.id} share={share} runId={runId} />)}</ul>;
        }}
      </Asked>
    </>
  );
}

/** The address is told only now: nobody can look it up later. */
function Made({ url }: { url: string }) {
  const { t } = useTranslation("run");
  const copy = () => navigator.clipboard.writeText(url).then(() => toast.success(t("share.copied")), () => toast.error(t("share.copy_by_hand")));
  return (
    <div className="flex flex-col gap-2 rounded-xl bg-good-weak px-3 py-2">
      <p className="text-sm text-good">{t("share.made")}</p>
      <div className="flex items-center gap-2">
        <input readOnly aria-label={t("share.address")} value={url} onFocus={(event) => event.target.select()} className="min-w-0 flex-1 rounded-lg border border-edge bg-surface px-2 py-1 font-mono text-xs" />
        <IconButton size="small-icon" label={t("share.copy")} onClick={() => void copy()}><Copy className="size-4" aria-hidden /></IconButton>
      </div>
    </div>
  );
}

function Live({ share, runId }: { share: Schemas["Share"]; runId: string }) {
  const { t, i18n } = useTranslation("run");
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => got(client.DELETE("/v1/shares/{share_id}", { params: { path: { share_id: share.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["run", runId, "shares"] }),
    onError: (error) => toast.error(errorText(t, error)),
  });
  return (
    <li className="flex items-center justify-between gap-3 py-2 text-sm">
      <span>{t("share.until", { at: moment(i18n.language, share.expires_at) })}</span>
      <Button size="small" kind="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}><Trash2 className="size-3.5" aria-hidden />{t("share.revoke")}</Button>
    </li>
  );
}
