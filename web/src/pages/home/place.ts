// Where the work is done, and from which branch: kept with the draft, so that a reload loses nothing.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { client, got, newKey, once } from "@/api/client";
import { reposQuery, tasksQuery } from "@/api/queries";
import { useDraft } from "@/lib/drafts";
import { intentKey } from "@/lib/intent";

/** A repository that is known already, or one that is not yet. */
export type Place = { repoId: string } | { url: string } | { owner: string; repo: string };

export const valueOf = (place: Place) => ("repoId" in place ? place.repoId : "url" in place ? place.url : `github:${place.owner}/${place.repo}`);

interface Chosen {
  place?: Place;
  branch?: string;
}

function chosenOf(kept: string): Chosen {
  try {
    const found: unknown = JSON.parse(kept || "{}");
    return typeof found === "object" && found !== null ? found : {};
  } catch {
    return {};
  }
}

/** What was chosen, else the repository of the newest task. */
export function usePlace() {
  const repos = useQuery(reposQuery);
  const tasks = useQuery(tasksQuery(1));
  const [kept, keep] = useDraft("home.place");
  const chosen = chosenOf(kept);
  const known = new Set(repos.data?.map((repo) => repo.id));
  const gone = chosen.place && "repoId" in chosen.place && repos.data && !known.has(chosen.place.repoId);
  const last = tasks.data?.[0]?.repo_id;
  const first = last && known.has(last) ? last : repos.data?.[0]?.id;
  const place = chosen.place && !gone ? chosen.place : first && !tasks.isPending ? { repoId: first } : undefined;
  return {
    place,
    branch: gone ? undefined : chosen.branch,
    choosePlace: (next: Place) => keep(JSON.stringify({ place: next })),
    chooseBranch: (branch: string) => keep(JSON.stringify({ place, branch })),
    forget: () => keep(""),
  };
}

export const branchesQuery = (place: Place) =>
  queryOptions({
    queryKey: "repoId" in place ? ["branches", place.repoId] : ["branches", "github", valueOf(place)],
    queryFn: async ({ signal }): Promise<{ branches: string[]; default_branch?: string | undefined }> => {
      if ("repoId" in place) return got(client.GET("/v1/repos/{repo_id}/branches", { params: { path: { repo_id: place.repoId } }, signal }));
      if ("url" in place) return { branches: [] };
      return { branches: await got(client.GET("/v1/github/repos/{owner}/{repo}/branches", { params: { path: place }, signal })) };
    },
    retry: false,
  });

/** The id of the repository, cloned first when it is not known yet. */
export async function repoAt(place: Place): Promise<string> {
  if ("repoId" in place) return place.repoId;
  const headers = once(intentKey("home.repo", place, newKey));
  const repo = await got(
    "url" in place ? client.POST("/v1/repos/clone", { body: { repo_url: place.url }, headers }) : client.POST("/v1/repos/select", { body: place, headers }),
  );
  return repo.id;
}
