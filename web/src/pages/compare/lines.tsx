// The lines of what is looked at: one run's change, or two runs side by side on one file.
import { useMemo, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { useChanges, type ChangedFile, type Source } from "@/diff/changes";
import type { Comments } from "@/diff/comments";
import { DiffGrid, type GridHandle } from "@/diff/diff-grid";
import type { Layout } from "@/diff/rows";
import { inTreeOrder } from "@/diff/tree";
import { useViews, type Views } from "@/diff/use-views";
import { Asked, Empty } from "@/ui/state";
import { Letter } from "./letters";
import { letterOf, nameOf, type ComparedRun } from "./look";

export const isWorking = (run: ComparedRun) => run.status === "queued" || run.status === "running";

export function Working({ run }: { run: ComparedRun }) {
  const { t } = useTranslation("compare");
  return <Empty title={t("working", { letter: letterOf(run) })}>{t("working_about")}</Empty>;
}

interface LinesProps {
  source: Source;
  layout: Layout;
  views: Views;
  comments: Comments;
  extra: (file: ChangedFile) => React.ReactNode;
  onLook: (path: string) => void;
  handle: Ref<GridHandle>;
}

/** All files that a run changed, against its start or another run. */
export function AllLines({ source, ...grid }: LinesProps) {
  const { t } = useTranslation("compare");
  const changes = useChanges(source);
  const listed = changes.data?.files;
  const files = useMemo(() => listed && inTreeOrder(listed), [listed]);
  return (
    <Asked query={{ ...changes, data: files }} lines={8}>
      {(all) => (all.length ? <DiffGrid label={t("lines")} source={source} files={all} {...grid} /> : <Empty title={t("no_changes")}>{t(source.against ? "same_result" : "nothing_changed")}</Empty>)}
    </Asked>
  );
}

interface ColumnProps {
  run: ComparedRun;
  source: Source;
  path: string;
  comments: Comments;
}

function Column({ run, source, path, comments }: ColumnProps) {
  const { t } = useTranslation("compare");
  const views = useViews(source);
  const changes = useChanges(source);
  const listed = changes.data?.files;
  const files = useMemo(() => listed?.filter((file) => file.path === path), [listed, path]);
  return (
    <section aria-label={`${letterOf(run)} ${nameOf(run)}`} className="min-w-0 flex-1">
      <h2 className="flex h-10 items-center gap-2 px-2 text-sm font-medium"><Letter run={run} />{nameOf(run)}</h2>
      {isWorking(run) ? (
        <Working run={run} />
      ) : (
        <Asked query={{ ...changes, data: files }}>
          {(one) =>
            one.length ? (
              <DiffGrid label={t("lines_of", { letter: letterOf(run) })} source={source} files={one} layout="unified" views={views} comments={comments} />
            ) : (
              <Empty title={t("untouched", { letter: letterOf(run) })} />
            )
          }
        </Asked>
      )}
    </section>
  );
}

/** The same file as two runs left it, each against the start. */
export function Beside({ columns, path, comments }: { columns: { run: ComparedRun; source: Source }[]; path: string | undefined; comments: Comments }) {
  const { t } = useTranslation("compare");
  if (!path) return <Empty title={t("no_file")} />;
  return (
    <div className="flex flex-col gap-3 lg:flex-row">
      {columns.map(({ run, source }) => <Column key={run.run_id} run={run} source={source} path={path} comments={comments} />)}
    </div>
  );
}
