// Where the work is done: a repository that was used before, one of GitHub, or any address or path.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { FolderGit2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { client, got } from "@/api/client";
import { reposQuery } from "@/api/queries";
import { repoName } from "@/lib/format";
import { Choice } from "@/ui/choice";

const githubQuery = queryOptions({
  queryKey: ["github", "config"],
  queryFn: ({ signal }) => got(client.GET("/v1/github/config", { signal })),
});

const githubReposQuery = queryOptions({
  queryKey: ["github", "repos"],
  queryFn: ({ signal }) => got(client.GET("/v1/github/repos", { signal })),
  retry: false,
});

/** A repository that is known already, or an address that is not yet. */
export type Place = { repoId: string } | { url: string } | { owner: string; repo: string };

export const keyOf = (place: Place) => ("repoId" in place ? place.repoId : "url" in place ? place.url : `github:${place.owner}/${place.repo}`);

export function RepoChoice({ place, onChoose }: { place: Place | undefined; onChoose: (place: Place) => void }) {
  const { t } = useTranslation("home");
  const repos = useQuery(reposQuery);
  const config = useQuery(githubQuery);
  const github = useQuery({ ...githubReposQuery, enabled: config.data?.is_configured === true });
  const known = repos.data ?? [];
  const names = new Set(known.map((repo) => repoName(repo.repo_url)));
  const options = [
    ...known.map((repo) => ({ value: repo.id, name: repoName(repo.repo_url), hint: repo.repo_url, group: t("recent_repos") })),
    ...(github.data ?? [])
      .filter((repo) => !names.has(repo.full_name))
      .map((repo) => ({ value: `github:${repo.full_name}`, name: repo.full_name, hint: repo.private ? t("private") : undefined, group: t("on_github") })),
  ];
  const pick = (value: string) => {
    const [owner, repo] = value.replace(/^github:/, "").split("/");
    onChoose(value.startsWith("github:") && owner && repo ? { owner, repo } : { repoId: value });
  };
  const chosen = place && keyOf(place);
  const name = options.find((option) => option.value === chosen)?.name ?? (place && "url" in place ? repoName(place.url) : undefined);
  return (
    <Choice
      label={t("repo")}
      options={options}
      chosen={chosen ? [chosen] : []}
      onPick={pick}
      onTyped={{ name: (text) => t("use_address", { text }), pick: (url) => onChoose({ url }) }}
      loading={repos.isPending}
    >
      <span className="inline-flex max-w-64 items-center gap-1.5"><FolderGit2 className="size-4 shrink-0 text-muted" aria-hidden /><span className="truncate">{name ?? t("choose_repo")}</span></span>
    </Choice>
  );
}
