import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { queryClient } from "./api/queries";
import { startTexts } from "./i18n";
import { start } from "./live/live";
import { watchFollowed } from "./live/ready";
import { keepFresh } from "./live/refresh";
import "sonner/dist/styles.css";
import "./styles.css";

// Style elements that libraries add (a dialog locks scrolling) carry the nonce of this page.
const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content;
if (nonce) setNonce(nonce);

keepFresh(queryClient); // before anything is read, so that no change falls between
watchFollowed();
start();

await startTexts();
const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
