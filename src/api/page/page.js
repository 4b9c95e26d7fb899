// Starts comparisons and watches them. All state is the server's: after each event the page asks for
// the task again and draws what it is told.
const $ = (id) => document.getElementById(id);
const state = { models: [], task: null, stream: null, open: new Map(), lines: new Map() };

async function api(method, path, body, key) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  if (key) headers["Idempotency-Key"] = key;
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  if (answer.status === 401) location.replace("/login");
  if (answer.status === 204) return null;
  const json = await answer.json();
  if (!answer.ok) throw new Error(Array.isArray(json.detail) ? json.detail.map((d) => d.msg).join(", ") : json.detail);
  return json;
}

const shortened = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const number = (n) => new Intl.NumberFormat().format(n);

function seconds(run) {
  if (!run.started_at) return "";
  const end = run.completed_at ? new Date(run.completed_at) : new Date();
  return `${Math.max(0, (end - new Date(run.started_at)) / 1000).toFixed(1)} s`;
}

function facts(run) {
  const parts = [seconds(run)];
  if (run.status === "succeeded") parts.push(run.commit_sha ? `${run.files_count} files, +${run.added_lines} −${run.removed_lines}` : "nothing changed");
  if (run.input_tokens || run.output_tokens) parts.push(`${number(run.input_tokens)} + ${number(run.output_tokens)} tokens`);
  if (run.cost_usd !== null) parts.push(`$${run.cost_usd.toFixed(4)}`);
  if (run.working_branch) parts.push(run.working_branch);
  return parts.filter(Boolean).join(" · ");
}

function diffLines(pre, patch) {
  const drawn = document.createDocumentFragment();
  for (const text of patch.split("\n")) {
    const line = document.createElement("div");
    line.textContent = text || " ";
    if (/^(diff |index |\+\+\+ |--- |@@)/.test(text)) line.className = "head";
    else if (text.startsWith("+")) line.className = "added";
    else if (text.startsWith("-")) line.className = "removed";
    drawn.append(line);
  }
  pre.replaceChildren(drawn);
}

async function showDetail(card, run, what) {
  const pre = card.querySelector(".detail");
  const same = state.open.get(run.id) === what;
  pre.hidden = same;
  for (const name of ["diff", "log"]) card.querySelector(`.show-${name}`).setAttribute("aria-expanded", String(!same && name === what));
  if (same) { state.open.delete(run.id); return; }
  state.open.set(run.id, what);
  const whole = await api("GET", `/v1/runs/${run.id}`);
  if (what === "diff") diffLines(pre, whole.patch || "No changes.");
  else pre.textContent = whole.logs.join("\n") || "No log yet.";
}

function drawCard(card, run) {
  const active = run.status === "queued" || run.status === "running";
  card.className = `card ${run.status}`;
  card.querySelector(".model").textContent = run.model_name || run.executor_type;
  card.querySelector(".status").textContent = active && run.phase ? run.phase : run.status;
  card.querySelector(".facts").textContent = facts(run);
  card.querySelector(".line").textContent = active ? state.lines.get(run.id) || "" : run.summary || "";
  card.querySelector(".problem").textContent = run.error || "";
  card.querySelector(".show-diff").disabled = !run.commit_sha;
  card.querySelector(".cancel").hidden = !active;
}

function newCard(run) {
  const card = $("card").content.firstElementChild.cloneNode(true);
  card.id = `run-${run.id}`;
  card.querySelector(".show-diff").onclick = () => showDetail(card, run, "diff");
  card.querySelector(".show-log").onclick = () => showDetail(card, run, "log");
  card.querySelector(".cancel").onclick = () => api("POST", `/v1/runs/${run.id}/cancel`).then(refresh, report);
  return card;
}

function drawTask(task) {
  $("task-title").textContent = task.title || "Untitled task";
  for (const message of task.messages) {
    let box = document.getElementById(`message-${message.id}`);
    if (!box) {
      box = document.createElement("div");
      box.id = `message-${message.id}`;
      box.innerHTML = '<div class="message"></div><div class="cards"></div>';
      box.firstChild.textContent = message.content;
      $("conversation").append(box);
    }
    for (const run of task.runs.filter((r) => r.message_id === message.id).reverse()) {
      let card = document.getElementById(`run-${run.id}`);
      if (!card) box.lastChild.append((card = newCard(run)));
      drawCard(card, run);
    }
  }
}

function report(error) {
  $("state").textContent = error.message;
}

async function refresh() {
  const id = state.task;
  if (!id) return;
  const task = await api("GET", `/v1/tasks/${id}`);
  if (state.task === id) drawTask(task);
}

// At most one request under way and one waiting, however many events come.
let asking = null, again = false;
function refreshSoon() {
  if (asking) { again = true; return; }
  asking = refresh().catch(report).finally(() => {
    asking = null;
    if (again) { again = false; refreshSoon(); }
  });
}

function watch(id) {
  state.stream?.close();
  const stream = (state.stream = new EventSource(`/v1/tasks/${id}/events`));
  stream.onopen = () => { $("state").textContent = ""; refreshSoon(); };
  stream.onerror = () => { $("state").textContent = "Connection lost, trying again…"; };
  for (const kind of ["status", "phase", "usage", "warning", "reset"]) stream.addEventListener(kind, refreshSoon);
  stream.addEventListener("log", (event) => {
    const chunk = JSON.parse(event.data);
    state.lines.set(chunk.run_id, chunk.text.trimEnd().split("\n").pop());
    const card = document.getElementById(`run-${chunk.run_id}`);
    if (card) card.querySelector(".line").textContent = state.lines.get(chunk.run_id);
  });
}

async function showTask(id) {
  state.task = id;
  $("start").hidden = Boolean(id);
  $("task").hidden = !id;
  $("conversation").replaceChildren();
  state.stream?.close();
  if (!id) return;
  await refresh();
  watch(id);
}

async function startRuns(task, text, key) {
  const message = await api("POST", `/v1/tasks/${task}/messages`, { role: "user", content: text }, key && `${key}-message`);
  const chosen = [...document.querySelectorAll("#models :checked")].map((box) => box.value);
  return api("POST", `/v1/tasks/${task}/runs`, {
    instruction: text, message_id: message.id, model_ids: chosen.length ? chosen : null, base_ref: $("branch").value || null,
  }, key && `${key}-runs`);
}

async function compose(event) {
  event.preventDefault();
  const text = $("instruction").value.trim(), key = crypto.randomUUID();
  $("problem").textContent = "";
  if (!document.querySelector("#models :checked")) { $("problem").textContent = "Choose at least one model."; return; }
  $("submit").disabled = true;
  try {
    const repo = await api("POST", "/v1/repos/clone", { repo_url: $("repo").value.trim() });
    const task = await api("POST", "/v1/tasks", { repo_id: repo.id, title: shortened(text.split("\n")[0], 80) }, `${key}-task`);
    await startRuns(task.id, text, key);
    $("instruction").value = "";
    location.hash = `task=${task.id}`;
    loadTasks();
  } catch (error) {
    $("problem").textContent = error.message;
  } finally {
    $("submit").disabled = false;
  }
}

async function followUp(event) {
  event.preventDefault();
  $("follow-problem").textContent = "";
  try {
    await startRuns(state.task, $("follow-text").value.trim(), crypto.randomUUID());
    $("follow-text").value = "";
    refreshSoon();
  } catch (error) {
    $("follow-problem").textContent = error.message;
  }
}

async function loadModels() {
  state.models = await api("GET", "/v1/models");
  $("models").replaceChildren(...state.models.map((model) => {
    const label = document.createElement("label"), box = document.createElement("input");
    box.type = "checkbox";
    box.value = model.id;
    box.checked = state.models.length <= 3;
    label.append(box, ` ${model.display_name || model.model_name}`);
    return label;
  }));
  if (state.models.length && state.models.every((model) => model.demo) && !$("instruction").value)
    $("instruction").value = "Make greet() say hello in Japanese when the language is ja, and cover it with a test";
  if (!state.models.length) $("models").textContent = "No model yet: set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY, or add one through the API.";
}

async function loadTasks() {
  const tasks = await api("GET", "/v1/tasks?limit=8");
  $("tasks").replaceChildren(...tasks.map((task) => {
    const link = document.createElement("a");
    link.href = `#task=${task.id}`;
    link.textContent = shortened(task.title || "Untitled", 40);
    return link;
  }));
  const repos = await api("GET", "/v1/repos");
  $("repos").replaceChildren(...repos.map((repo) => Object.assign(document.createElement("option"), { value: repo.repo_url })));
  if (!$("repo").value && repos.length) $("repo").value = repos[0].repo_url;
}

// Enter that ends a Japanese conversion must not send.
function sendOnEnter(area, form) {
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
  });
}

$("composer").addEventListener("submit", compose);
$("follow").addEventListener("submit", followUp);
sendOnEnter($("instruction"), $("composer"));
sendOnEnter($("follow-text"), $("follow"));
const route = () => showTask(new URLSearchParams(location.hash.slice(1)).get("task")).catch(report);
window.addEventListener("hashchange", route);
setInterval(() => { if (!document.hidden && document.querySelector(".card.running, .card.queued")) refreshSoon(); }, 1000);
await Promise.all([loadModels(), loadTasks()]).catch((error) => { $("problem").textContent = error.message; });
route();
