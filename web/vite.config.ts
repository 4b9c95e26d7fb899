import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// `npm run dev` serves the pages with what a running `dursor serve` answers.
const api = process.env.DURSOR_API_URL ?? "http://127.0.0.1:8000";

// sonner adds a style element that our Content-Security-Policy forbids; its style sheet is imported instead.
const withoutStyleElement: Plugin = {
  name: "without-style-element",
  transform: (code, id) => (/sonner\/dist\/index\.mjs/.test(id) ? code.replace(/^__insertCSS\(.*\);$/m, "") : undefined),
};

export default defineConfig({
  plugins: [react(), tailwindcss(), withoutStyleElement],
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false },
  worker: { format: "es" },
  test: { include: ["src/**/*.test.ts"] }, // e2e is Playwright's
  server: { proxy: { "/v1": api, "/login": api } },
});
