// The code stands in the fragment, which never leaves the browser by itself: this page posts it once.
const state = document.getElementById("state");
const field = document.getElementById("code");
const asked = new URLSearchParams(location.search).get("next");
const next = own(asked);

// Where to go afterwards: a path of this server and nothing else.
function own(path) {
  const url = path?.startsWith("/") && URL.canParse(path, location.origin) ? new URL(path, location.origin) : undefined;
  return url?.origin === location.origin ? url.href : location.origin + "/";
}

// What went wrong, by its code: the page came with the words in the language that was asked for.
function tell(code) {
  state.textContent = state.dataset[code] ?? state.dataset.other;
}

async function signIn(code) {
  let answer;
  try {
    answer = await fetch("/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code }),
    });
  } catch {
    return tell("offline");
  }
  if (answer.ok) return location.replace(next);
  const said = await answer.json().catch(() => ({})); // what stands between may answer anything
  tell(said.code);
}

// A link on another site arrives without the cookie, which is strict; what this page asks has it. Not twice at
// once: where the cookie is not enough, going back would only lead here again.
async function signedIn() {
  const went = Number(sessionStorage.getItem("dursor.went"));
  if (Date.now() - went < 10_000) return false;
  const answer = await fetch("/", { headers: { Accept: "application/json" } });
  if (answer.ok) sessionStorage.setItem("dursor.went", String(Date.now()));
  return answer.ok;
}

document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = field.value.trim();
  void signIn(typed.slice(typed.indexOf("#") + 1));
});

const code = location.hash.slice(1);
history.replaceState(null, "", location.pathname + location.search);
if (code) await signIn(code);
else if (asked && (await signedIn())) location.replace(next);
else field.focus();
