// Texts: English and Japanese, a file for each part of the application (src/locales/LANGUAGE/PART.json),
// loaded with the part that shows them. `common` and `errors` come first.
import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";

export const languages = ["en", "ja"] as const;
export type Language = (typeof languages)[number];

const files = import.meta.glob<{ default: Record<string, unknown> }>("./locales/*/*.json");

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language, namespace, done) => {
    const load = files[`./locales/${language}/${namespace}.json`];
    if (!load) return done(new Error(`no texts ${language}/${namespace}`), false);
    load().then(
      (module) => done(null, module.default),
      (error: unknown) => done(error as Error, false),
    );
  },
};

/** With the parts that are shown first. */
export const startTexts = (parts: string[]) =>
  i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: document.documentElement.lang,
      fallbackLng: "en",
      supportedLngs: languages,
      ns: ["common", "errors", ...parts],
      defaultNS: "common",
      interpolation: { escapeValue: false }, // React escapes
    });

export function chooseLanguage(language: Language) {
  localStorage.setItem("dursor.language", language);
  document.documentElement.lang = language;
  return i18next.changeLanguage(language);
}
