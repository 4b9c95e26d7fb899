import { useState } from "react";
import { useTranslation } from "react-i18next";

const mostLetters = 1500;
const mostLines = 14;

/** What a message says; a long one is folded until it is wanted whole. */
export function Words({ content }: { content: string }) {
  const { t } = useTranslation("task");
  const [whole, setWhole] = useState(false);
  const lines = content.split("\n");
  const long = content.length > mostLetters || lines.length > mostLines;
  const shown = long && !whole ? `${lines.slice(0, mostLines).join("\n").slice(0, mostLetters)}…` : content;
  return (
    <>
      <p className="whitespace-pre-wrap">{shown}</p>
      {long && <button type="button" aria-expanded={whole} onClick={() => setWhole(!whole)} className="mt-1 min-h-6 text-sm font-medium text-accent underline">{t(whole ? "fold" : "unfold")}</button>}
    </>
  );
}
