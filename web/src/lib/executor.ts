// Who did a run, as people call it.
const agents: Record<string, string> = { claude_code: "Claude Code", codex_cli: "Codex CLI", gemini_cli: "Gemini CLI", patch_agent: "dursor" };

interface Done {
  model_name: string | null;
  executor_type: string;
}

/** The model, or the agent program by its own name. */
export const doneBy = (run: Done) => run.model_name ?? agents[run.executor_type] ?? run.executor_type;
