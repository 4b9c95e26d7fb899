import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { matchPath } from "react-router";
import { App } from "./app";
import { queryClient } from "./api/queries";
import { startTexts } from "./i18n";
import { start } from "./live/live";
import { watchFollowed } from "./live/ready";
import { keepFresh } from "./live/refresh";
import { pages } from "./routes";
import "sonner/dist/styles.css";
import "./styles.css";

// Style elements that libraries add (a dialog locks scrolling) carry the nonce of this page.
const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content;
if (nonce) setNonce(nonce);

keepFresh(queryClient); // before anything is read, so that no change falls between
watchFollowed();
start();

// The page that is opened comes together with the texts and is drawn with the frame: a lazy one would be kept
// back a third of a second behind its placeholder. When it cannot be had, the lazy one tells.
const route = pages.find(({ path }) => matchPath(path, location.pathname));
const [page] = await Promise.all([route?.load().catch(() => undefined), startTexts(route?.texts ?? [])]);
const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <App opened={route && page && { path: route.path, Content: page.default }} />
  </StrictMode>,
);
