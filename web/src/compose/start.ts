// From what was typed to runs. Each step has a key of its own made from the intent's, so that a try after
// a lost answer makes nothing twice.
import { ApiError, client, got, once } from "@/api/client";
import type { Executor } from "./who";

export interface Order {
  key: string;
  /** Of the message alone, when the same words may be asked of others after a refusal. */
  messageKey?: string | undefined;
  instruction: string;
  modelIds: string[];
  agents: Executor[];
  baseRef?: string | undefined;
  continueRun?: string | undefined;
}

const titleMost = 80; // letters

export const titleOf = (instruction: string) => {
  const line = instruction.trim().split("\n")[0] ?? "";
  return line.length > titleMost ? `${line.slice(0, titleMost - 1)}…` : line;
};

/** It can never be done like this; something else has to be asked for, under another key. */
export const isRefusal = (error: unknown) => error instanceof ApiError && [400, 403, 404, 422].includes(error.status);

export async function createTask(repo_id: string, order: Order) {
  const task = await got(client.POST("/v1/tasks", { body: { repo_id, title: titleOf(order.instruction), coding_mode: null }, headers: once(`${order.key}-task`) }));
  try {
    await startRuns(task.id, order);
  } catch (error) {
    if (isRefusal(error)) await got(client.DELETE("/v1/tasks/{task_id}", { params: { path: { task_id: task.id } } })); // nobody wants it empty
    throw error;
  }
  return task;
}

export async function startRuns(task_id: string, order: Order) {
  const path = { task_id };
  const instruction = order.instruction.trim();
  const message = await got(
    client.POST("/v1/tasks/{task_id}/messages", { params: { path }, body: { role: "user", content: instruction }, headers: once(order.messageKey ?? `${order.key}-message`) }),
  );
  const executors: Executor[] = [...(order.modelIds.length ? (["patch_agent"] as const) : []), ...order.agents];
  return got(
    client.POST("/v1/tasks/{task_id}/runs", {
      params: { path },
      body: {
        instruction,
        message_id: message.id,
        model_ids: order.modelIds.length ? order.modelIds : null,
        executor_type: null,
        executor_types: executors,
        base_ref: order.baseRef ?? null,
        continue_run_id: order.continueRun ?? null,
      },
      headers: once(`${order.key}-runs`),
    }),
  );
}
