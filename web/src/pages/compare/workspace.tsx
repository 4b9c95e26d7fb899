// The files of all runs, and the lines of those that are looked at.
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { filesQuery, type ChangedFile, type Source } from "@/diff/changes";
import { useComments } from "@/diff/comments";
import { DiffFrame } from "@/diff/diff-frame";
import type { GridHandle } from "@/diff/diff-grid";
import { StatusSign } from "@/diff/file-head";
import { FileTree } from "@/diff/file-tree";
import { KeysTip, LayoutChoice } from "@/diff/layout-choice";
import { CloseAll } from "@/diff/run-diff";
import { SendComments } from "@/diff/send-comments";
import { inTreeOrder } from "@/diff/tree";
import { useLayout, useViews } from "@/diff/use-views";
import { useKeys } from "@/lib/keys";
import { Button } from "@/ui/button";
import { type ChangeLook } from "./compared";
import { Touched } from "./letters";
import { AllLines, Beside, isWorking, Working } from "./lines";
import { letterOf, type ComparedFile, type ComparedRun, type Comparison, type Look } from "./look";
import { LookBar } from "./look-bar";

interface WorkspaceProps {
  taskId: string;
  comparison: Comparison;
  look: Look;
  onChange: ChangeLook;
  summaries: Schemas["RunSummary"][];
}

const sourceOf = (run: ComparedRun, summaries: Schemas["RunSummary"][], against?: ComparedRun): Source => ({
  runId: run.run_id,
  version: summaries.find((one) => one.id === run.run_id)?.commit_sha ?? run.status,
  ...(against ? { against: against.run_id } : {}),
});

/** The union of what the shown runs touched; against another run, what differs between the two. */
function useFiles({ comparison, look }: WorkspaceProps, source: Source) {
  const against = look.mode === "against";
  const between = useQuery({ ...filesQuery(source), enabled: against && !isWorking(look.run) });
  return useMemo(() => {
    const touched = new Map(comparison.files.map((file) => [file.path, file]));
    if (against)
      return inTreeOrder((between.data?.files ?? []).map((file) => ({ path: file.path, status: file.status, in: touched.get(file.path)?.in ?? [], here: true })));
    return inTreeOrder(
      comparison.files.flatMap((file) => {
        const by = file.in.filter((one) => look.runs.some((run) => run.run_id === one.run_id));
        const here = by.find((one) => one.run_id === look.run.run_id);
        const status = (here ?? by[0])?.status;
        return status ? [{ path: file.path, status, in: by, here: Boolean(here) }] : [];
      }),
    );
  }, [against, between.data, comparison.files, look.run, look.runs]);
}

export function Workspace(props: WorkspaceProps) {
  const { taskId, look, onChange, summaries } = props;
  const { t } = useTranslation("compare");
  const { run, other, runs, mode } = look;
  const comments = useComments(taskId);
  const [layout, setLayout] = useLayout();
  const source = sourceOf(run, summaries, mode === "against" ? other : undefined);
  const views = useViews(source);
  const files = useFiles(props, source);
  const [looked, setLooked] = useState<string>();
  const [missed, setMissed] = useState<ComparedFile>();
  const grid = useRef<GridHandle>(null);
  const beside = mode === "beside";
  const current = beside ? (look.file ?? files[0]?.path) : looked;
  const go = (path: string) => {
    const file = files.find((one) => one.path === path);
    setMissed(file && !file.here && !beside ? file : undefined);
    if (beside) onChange({ file: path });
    else if (file?.here) grid.current?.goTo(path);
  };
  const step = (by: 1 | -1) => {
    const reachable = beside ? files : files.filter((file) => file.here);
    const next = reachable[reachable.findIndex((file) => file.path === current) + by];
    if (next) go(next.path);
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
  const sendable = runs.map((one) => ({ ...summaries.find((summary) => summary.id === one.run_id), letter: letterOf(one) })).filter((one): one is Schemas["RunSummary"] & { letter: string } => "id" in one);
  const tree = (onChosen: () => void, className: string) => (
    <FileTree
      label={t("files")}
      files={files}
      current={current}
      onChoose={(path) => {
        onChosen();
        go(path);
      }}
      sign={(file) => <StatusSign status={file.status} />}
      about={(file) => <Touched file={file} runs={runs} />}
      className={className}
    />
  );
  const extra = (file: ChangedFile) => <Touched file={props.comparison.files.find((one) => one.path === file.path)} runs={runs} />;
  return (
    <DiffFrame
      tree={tree}
      bar={
        <>
          <LookBar look={look} onChange={onChange} />
          <span className="flex-1" />
          <KeysTip />
          <SendComments taskId={taskId} runs={sendable} comments={comments} />
          {!beside && <CloseAll onClose={(closed) => views.closeAll(files.map((file) => file.path), closed)} />}
          {!beside && <LayoutChoice layout={layout} onChoose={setLayout} />}
        </>
      }
    >
      {missed && <Missed file={missed} look={look} onShow={(one) => onChange({ show: one.run_id })} />}
      {beside && other ? (
        <Beside columns={[run, other].map((one) => ({ run: one, source: sourceOf(one, summaries) }))} path={current} comments={comments} />
      ) : isWorking(run) ? (
        <Working run={run} />
      ) : (
        <AllLines key={`${source.runId} ${source.against ?? ""}`} source={source} layout={layout} views={views} comments={comments} extra={extra} onLook={setLooked} handle={grid} />
      )}
    </DiffFrame>
  );
}

/** The file that was asked for is not among those of the shown run. */
function Missed({ file, look, onShow }: { file: ComparedFile; look: Look; onShow: (run: ComparedRun) => void }) {
  const { t } = useTranslation("compare");
  const by = look.runs.filter((run) => run !== look.run && file.in.some((one) => one.run_id === run.run_id));
  return (
    <div role="status" className="sticky top-12 z-20 flex flex-wrap items-center gap-2 border-b bg-warn-weak px-3 py-2 text-sm">
      <span>{t("missed", { letter: letterOf(look.run), path: file.path })}</span>
      {by.map((run) => <Button key={run.run_id} size="small" onClick={() => onShow(run)}>{t("show_run", { letter: letterOf(run) })}</Button>)}
    </div>
  );
}
