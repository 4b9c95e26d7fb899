import { useTranslation } from "react-i18next";
import { onMac } from "@/lib/keys";
import { places } from "@/routes";
import { Kbd } from "@/ui/badge";
import { Dialog } from "@/ui/dialog";

const mod = onMac ? "⌘" : "Ctrl";

/** What keys do: the same list for everybody, `?` opens it. */
export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const rows: [string[], string][] = [
    [[mod, "K"], t("help.palette")],
    [["?"], t("help.help")],
    [["N"], t("help.new")],
    [[mod, "Enter"], t("help.send")],
    [["J"], t("help.next")],
    [["K"], t("help.previous")],
    ...places.map(({ key, name }): [string[], string] => [["G", key.toUpperCase()], t("help.go", { place: t(name) })]),
    [["Esc"], t("help.escape")],
  ];
  return (
    <Dialog open={open} onClose={onClose} title={t("help.title")}>
      <dl className="flex flex-col divide-y pb-3">
        {rows.map(([keys, does]) => (
          <div key={does} className="flex items-center justify-between gap-4 py-1.5 text-sm">
            <dt>{does}</dt>
            <dd className="flex gap-1">{keys.map((key) => <Kbd key={key}>{key}</Kbd>)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
