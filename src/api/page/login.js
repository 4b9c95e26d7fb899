// The code stands in the fragment, which never leaves the browser by itself: this page posts it once.
const state = document.getElementById("state");
const field = document.getElementById("code");
const asked = new URLSearchParams(location.search).get("next") ?? "/";
const next = new URL(asked, location.origin);

if (navigator.language.startsWith("ja")) {
  document.documentElement.lang = "ja";
  for (const element of document.querySelectorAll("[data-ja]")) element.textContent = element.dataset.ja;
}

async function signIn(code) {
  const answer = await fetch("/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  });
  if (answer.ok) location.replace(next.origin === location.origin ? next.href : "/");
  else state.textContent = (await answer.json()).detail;
}

document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = field.value.trim();
  void signIn(typed.slice(typed.indexOf("#") + 1));
});

const code = location.hash.slice(1);
history.replaceState(null, "", location.pathname + location.search);
if (code) await signIn(code);
else field.focus();
