// The repository: one that was used before, one of GitHub, or any address or path.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { FolderGit2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, got } from "@/api/client";
import { errorText } from "@/api/errors";
import { reposQuery } from "@/api/queries";
import { repoName } from "@/lib/format";
import { Choice, type Option } from "@/ui/choice";
import { valueOf, type Place } from "./place";

const githubReposQuery = queryOptions({
  queryKey: ["github", "repos"],
  queryFn: ({ signal }) => got(client.GET("/v1/github/repos", { signal })),
  retry: false,
});

/** Asked for when the list is opened for the first time: GitHub may be slow or not set up. */
function useGithub(asked: boolean, known: Set<string>): { options: Option[]; loading: boolean } {
  const { t } = useTranslation("home");
  const github = useQuery({ ...githubReposQuery, enabled: asked });
  const group = t("on_github");
  if (github.error) return { options: [{ value: "github", name: t("no_github"), because: errorText(t, github.error), group }], loading: false };
  const options = (github.data ?? [])
    .filter((repo) => !known.has(repo.full_name))
    .map((repo) => ({ value: `github:${repo.full_name}`, name: repo.full_name, hint: repo.private ? t("private") : undefined, group }));
  return { options, loading: github.isLoading };
}

export function RepoChoice({ place, onChoose }: { place: Place | undefined; onChoose: (place: Place) => void }) {
  const { t } = useTranslation("home");
  const [asked, setAsked] = useState(false);
  const repos = useQuery(reposQuery);
  const known = repos.data ?? [];
  const github = useGithub(asked, new Set(known.map((repo) => repoName(repo.repo_url))));
  const options = [...known.map((repo) => ({ value: repo.id, name: repoName(repo.repo_url), hint: repo.repo_url, group: t("recent_repos") })), ...github.options];
  const pick = (value: string) => {
    const [owner, repo] = value.replace(/^github:/, "").split("/");
    onChoose(value.startsWith("github:") && owner && repo ? { owner, repo } : { repoId: value });
  };
  const chosen = place && valueOf(place);
  const name = options.find((option) => option.value === chosen)?.name ?? (place && !("repoId" in place) ? ("url" in place ? repoName(place.url) : `${place.owner}/${place.repo}`) : undefined);
  return (
    <Choice
      label={t("repo")}
      options={options}
      chosen={chosen ? [chosen] : []}
      onPick={pick}
      onTyped={{ name: (text) => t("use_address", { text }), pick: (url) => onChoose({ url }) }}
      onOpen={() => setAsked(true)}
      loading={repos.isPending || github.loading}
    >
      <span className="inline-flex max-w-64 items-center gap-1.5"><FolderGit2 className="size-4 shrink-0 text-muted" aria-hidden /><span className="truncate">{name ?? t("choose_repo")}</span></span>
    </Choice>
  );
}
