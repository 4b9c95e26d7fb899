import { CircleAlert, CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { saidText } from "@/api/errors";

interface Answer {
  ok: boolean;
  latency_ms: number;
  code: string | null;
  params?: unknown;
  error: string | null;
}

/** What a Test button found out. */
export function Tested({ answer, name }: { answer: Answer; name?: string | null }) {
  const { t } = useTranslation("settings");
  const Sign = answer.ok ? CircleCheck : CircleAlert;
  return (
    <div role="status" className={answer.ok ? "flex gap-2 rounded-lg bg-good-weak px-3 py-2 text-sm text-good" : "flex gap-2 rounded-lg bg-bad-weak px-3 py-2 text-sm text-bad"}>
      <Sign className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0">
        <p>{answer.ok ? t("answers", { ms: answer.latency_ms, name: name ?? "" }) : saidText(t, answer.code, answer.params, answer.error ?? "")}</p>
      </div>
    </div>
  );
}
