// The code stands in the fragment, which never leaves the browser by itself: this page posts it once.
const state = document.getElementById("state");
const code = location.hash.slice(1);

history.replaceState(null, "", location.pathname);
if (code) {
  const answer = await fetch("/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  });
  if (answer.ok) location.replace("/");
  else state.textContent = (await answer.json()).detail;
}
