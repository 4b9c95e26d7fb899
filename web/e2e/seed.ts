// A server on which something has happened already: a comparison that was decided on, a run that failed, a backlog.
import { expect } from "@playwright/test";
import type { Server } from "./server";

export interface Seed {
  task: string;
  /** Of the demo models, all ended well. */
  runs: string[];
  /** A run whose model refused the key. */
  failed: string;
}

interface Run {
  id: string;
  status: string;
}

async function ended(server: Server, task: string) {
  const runs = async () => (await server.ask<{ runs: Run[] }>("GET", `/v1/tasks/${task}`)).runs;
  await expect.poll(async () => (await runs()).every(({ status }) => ["succeeded", "failed"].includes(status)), { timeout: 60_000 }).toBe(true);
  return runs();
}

async function asked(server: Server, repo_id: string, title: string, models: string[]) {
  const task = await server.ask<{ id: string }>("POST", "/v1/tasks", { repo_id, title });
  const message = await server.ask<{ id: string }>("POST", `/v1/tasks/${task.id}/messages`, { role: "user", content: title });
  await server.ask("POST", `/v1/tasks/${task.id}/runs`, { instruction: title, message_id: message.id, model_ids: models });
  return task.id;
}

export async function seed(server: Server): Promise<Seed> {
  const repos = () => server.ask<{ id: string }[]>("GET", "/v1/repos");
  await expect.poll(async () => (await repos()).length).toBeGreaterThan(0);
  const repo = (await repos())[0]?.id ?? "";
  const models = await server.ask<{ id: string; demo: boolean; model_name: string }[]>("GET", "/v1/models");
  const quick = models.filter((model) => model.demo && !model.model_name.includes("slow")).map((model) => model.id);
  const away = await server.ask<{ id: string }>("POST", "/v1/models", { provider: "openai", model_name: "far-away", api_key: "none", base_url: `${server.origin}/v1` });
  const task = await asked(server, repo, "Greet in Japanese as well, with a test for it", quick);
  const other = await asked(server, repo, "A task with a title that is rather long, so that it has to be cut somewhere in the lists in which it stands", [away.id]);
  const runs = (await ended(server, task)).map(({ id }) => id);
  await server.ask("PUT", `/v1/runs/${runs[0]}/verdict`, { verdict: "pinned" });
  await server.ask("PUT", `/v1/runs/${runs[1]}/verdict`, { verdict: "discarded" });
  await server.ask("POST", "/v1/backlog", { repo_id: repo, title: "Say goodbye as well", description: "In all languages.", subtasks: [{ title: "English" }, { title: "Japanese" }] });
  return { task, runs, failed: (await ended(server, other))[0]?.id ?? "" };
}
