// Before anything is drawn: the theme and language that were chosen, so that nothing flashes.
(() => {
  const chosen = localStorage.getItem("dursor.theme");
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.documentElement.lang =
    localStorage.getItem("dursor.language") ?? (navigator.language.startsWith("ja") ? "ja" : "en");
})();
