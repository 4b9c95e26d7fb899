// What a run changed, against its start or against another run: <RunDiff runId against />.
import { useQuery } from "@tanstack/react-query";
import { ChevronsDownUp, ChevronsUpDown } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { runQuery } from "@/api/queries";
import { useKeys } from "@/lib/keys";
import { Changes } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Asked, Empty } from "@/ui/state";
import { useChanges, type ChangedFile, type Source } from "./changes";
import { useComments, type Comments } from "./comments";
import { DiffFrame } from "./diff-frame";
import { DiffGrid, type GridHandle } from "./diff-grid";
import { StatusSign } from "./file-head";
import { FileTree } from "./file-tree";
import { KeysTip, LayoutChoice } from "./layout-choice";
import { SendComments } from "./send-comments";
import { inTreeOrder } from "./tree";
import { useLayout, useViews } from "./use-views";

type Run = Schemas["RunView"];

export default function RunDiff({ runId, against }: { runId: string; against?: string }) {
  const { t } = useTranslation("diff");
  const run = useQuery(runQuery(runId));
  return (
    <Asked query={run}>
      {(run) => {
        if (run.status === "queued" || run.status === "running") return <Empty title={t("working")}>{t("working_about")}</Empty>;
        return <Result run={run} source={{ runId, version: run.commit_sha ?? run.status, ...(against ? { against } : {}) }} />;
      }}
    </Asked>
  );
}

function Result({ run, source }: { run: Run; source: Source }) {
  const { t } = useTranslation("diff");
  const changes = useChanges(source);
  const comments = useComments(run.task_id);
  return (
    <Asked query={changes} lines={8}>
      {({ files, isCut }) =>
        files.length ? (
          <Shown key={`${source.runId} ${source.against ?? ""}`} run={run} source={source} files={files} isCut={isCut} comments={comments} />
        ) : (
          <Empty title={t("nothing")}>{t(source.against ? "nothing_between" : run.status === "succeeded" ? "nothing_about" : "nothing_failed")}</Empty>
        )
      }
    </Asked>
  );
}

interface ShownProps {
  run: Run;
  source: Source;
  files: ChangedFile[];
  isCut: boolean;
  comments: Comments;
}

function Shown({ run, source, files: unordered, isCut, comments }: ShownProps) {
  const { t } = useTranslation("diff");
  const [layout, setLayout] = useLayout();
  const views = useViews(source);
  const files = useMemo(() => inTreeOrder(unordered), [unordered]);
  const [looked, setLooked] = useState(files[0]?.path);
  const grid = useRef<GridHandle>(null);
  const at = files.findIndex((file) => file.path === looked);
  const go = (index: number) => {
    const file = files[Math.max(0, Math.min(files.length - 1, index))];
    if (file) grid.current?.goTo(file.path);
  };
  useKeys({ j: () => go(at + 1), k: () => go(at - 1) });
  const tree = (onChosen: () => void, className: string) => (
    <FileTree
      label={t("files")}
      files={files}
      current={looked}
      onChoose={(path) => {
        onChosen();
        grid.current?.goTo(path);
      }}
      sign={(file) => <StatusSign status={file.status} />}
      about={(file) => <Changes added={file.added_lines} removed={file.removed_lines} />}
      className={className}
    />
  );
  return (
    <DiffFrame
      tree={tree}
      bar={
        <>
          <Totals files={files} />
          <span className="flex-1" />
          <KeysTip />
          <SendComments taskId={run.task_id} runs={[run]} comments={comments} />
          <CloseAll onClose={(closed) => views.closeAll(files.map((file) => file.path), closed)} />
          <LayoutChoice layout={layout} onChoose={setLayout} />
        </>
      }
    >
      <DiffGrid label={t("lines")} source={source} files={files} layout={layout} views={views} comments={comments} onLook={setLooked} handle={grid} />
      {isCut && <p className="p-4 text-sm text-muted">{t("cut")}</p>}
    </DiffFrame>
  );
}

export function Totals({ files }: { files: ChangedFile[] }) {
  const { t } = useTranslation("diff");
  const sum = (of: (file: ChangedFile) => number) => files.reduce((total, file) => total + of(file), 0);
  return (
    <p className="flex shrink-0 items-center gap-2 text-sm whitespace-nowrap">
      {t("file_count", { count: files.length })}
      <Changes added={sum((file) => file.added_lines)} removed={sum((file) => file.removed_lines)} />
    </p>
  );
}

export function CloseAll({ onClose }: { onClose: (closed: boolean) => void }) {
  const { t } = useTranslation("diff");
  return (
    <span className="flex shrink-0">
      <IconButton label={t("close_all")} size="small-icon" onClick={() => onClose(true)}><ChevronsDownUp className="size-4" aria-hidden /></IconButton>
      <IconButton label={t("open_all")} size="small-icon" onClick={() => onClose(false)}><ChevronsUpDown className="size-4" aria-hidden /></IconButton>
    </span>
  );
}
