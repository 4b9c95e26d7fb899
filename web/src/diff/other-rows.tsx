// Rows that are no lines: gaps, notes, comments.
import { ArrowDownToLine, ArrowUpToLine, UnfoldVertical } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { TextArea } from "@/ui/field";
import type { Comments, LineComment } from "./comments";
import { linesIn, type Gap, type Note, type Row } from "./rows";

const Bar = ({ children }: { children: ReactNode }) => (
  <div role="gridcell" className="flex flex-wrap items-center gap-x-2 gap-y-1 border-y border-line/60 bg-busy-weak/50 px-2 py-0.5 font-sans text-xs text-muted">{children}</div>
);

const few = 20; // lines; a smaller gap is shown at once

export function GapRow({ gap, about, isFirst, onReveal }: { gap: Gap; about: string; isFirst: boolean; onReveal: (more: "top" | "foot" | "all") => Promise<void> }) {
  const { t } = useTranslation("diff");
  const [busy, setBusy] = useState(false);
  const reveal = (more: "top" | "foot" | "all") => () => {
    setBusy(true);
    void onReveal(more).finally(() => setBusy(false));
  };
  const isLast = gap.hidden === null || about === "";
  const small = gap.hidden !== null && gap.hidden <= few;
  return (
    <Bar>
      {!small && !isFirst && <GapButton busy={busy} name={t("more_below")} onClick={reveal("top")}><ArrowDownToLine className="size-3.5" aria-hidden /></GapButton>}
      {!small && !(isLast && gap.hidden === null) && <GapButton busy={busy} name={t("more_above")} onClick={reveal("foot")}><ArrowUpToLine className="size-3.5" aria-hidden /></GapButton>}
      <GapButton busy={busy} name={gap.hidden === null ? t("all_below") : t("all_lines", { count: gap.hidden })} onClick={reveal("all")}><UnfoldVertical className="size-3.5" aria-hidden /></GapButton>
      {about && <span className="min-w-0 flex-1 truncate font-mono">{about}</span>}
    </Bar>
  );
}

const GapButton = ({ name, busy, onClick, children }: { name: string; busy: boolean; onClick: () => void; children: ReactNode }) => (
  <Button kind="quiet" size="small" className="h-6 px-1.5 font-normal text-muted" busy={busy} onClick={onClick}>
    {!busy && children}
    {name}
  </Button>
);

interface NoteRowProps {
  note: Note;
  file: Row["file"];
  onAnyway: () => void;
  onLoad: () => Promise<void>;
}

export function NoteRow({ note, file, onAnyway, onLoad }: NoteRowProps) {
  const { t } = useTranslation("diff");
  const [busy, setBusy] = useState(false);
  const load = () => {
    setBusy(true);
    void onLoad().finally(() => setBusy(false));
  };
  return (
    <div role="gridcell" className="flex flex-wrap items-center gap-3 border-b border-line/60 px-4 py-2 font-sans text-sm text-muted">
      <span>{t(`note.${note}`, { from: file.old_path ?? "", old: file.old_mode ?? "", new: file.new_mode ?? "", count: linesIn(file.hunks ?? []) })}</span>
      {note === "huge" && <Button size="small" onClick={onAnyway}>{t("show_anyway")}</Button>}
      {note === "absent" && <Button size="small" busy={busy} onClick={load}>{t("load_file")}</Button>}
    </div>
  );
}

interface CommentRowProps {
  comment: LineComment;
  comments: Comments;
  fresh: boolean;
  /** It was saved or thrown away: the line takes the focus again. */
  onDone: () => void;
}

export function CommentRow({ comment, comments, fresh, onDone }: CommentRowProps) {
  const { t } = useTranslation("diff");
  const where = t(comment.side === "old" ? "old_line" : "new_line", { line: comment.line });
  const save = () => {
    if (comment.text.trim()) comments.change(comment.id, { open: false });
    else comments.remove([comment.id]);
    onDone();
  };
  const remove = () => {
    comments.remove([comment.id]);
    onDone();
  };
  return (
    <div role="gridcell" className="border-y border-line/60 bg-ground px-3 py-2 font-sans text-sm">
      <div className="max-w-2xl rounded-xl border bg-surface p-3 shadow-card">
        {comment.open ? (
          <>
            <TextArea
              label={t("comment_on", { where })}
              rows={2}
              autoFocus={fresh}
              value={comment.text}
              onChange={(event) => comments.change(comment.id, { text: event.target.value })}
              onSend={save}
              hint={t("comment_hint")}
            />
            <div className="mt-2 flex flex-wrap justify-end gap-2">
              <Button size="small" onClick={remove}>{t("discard_comment")}</Button>
              <Button size="small" kind="primary" because={!comment.text.trim() && t("comment_empty")} onClick={save}>{t("keep_comment")}</Button>
            </div>
          </>
        ) : (
          <>
            <p className="text-xs text-muted">{where}</p>
            <p className="mt-0.5 whitespace-pre-wrap">{comment.text}</p>
            <div className="mt-2 flex flex-wrap justify-end gap-2">
              <Button size="small" kind="quiet" onClick={() => comments.change(comment.id, { open: true })}>{t("common:edit")}</Button>
              <Button size="small" kind="quiet" onClick={remove}>{t("common:delete")}</Button>
            </div>
          </>
        )}
      </div>
    </div>
  );
}
