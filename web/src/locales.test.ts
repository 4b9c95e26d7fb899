// Every text is there in every language, and every text that the pages ask for exists.
import { expect, test } from "vitest";

type Texts = { [key: string]: string | Texts };

const files = import.meta.glob<Texts>("./locales/*/*.json", { eager: true, import: "default" });
const sources = import.meta.glob<string>(["./**/*.ts", "./**/*.tsx", "!./**/*.test.ts", "!./api/schema.d.ts"], { eager: true, query: "?raw", import: "default" });

const plural = /_(zero|one|other)$/;
const base = (key: string) => key.replace(plural, "");

/** Keys with dots, to their texts. */
function flat(texts: Texts, before = ""): [string, string][] {
  return Object.entries(texts).flatMap(([key, text]): [string, string][] => (typeof text === "string" ? [[before + key, text]] : flat(text, `${before}${key}.`)));
}

const parts = (language: string) =>
  new Map(Object.entries(files).flatMap(([path, texts]) => (path.startsWith(`./locales/${language}/`) ? [[path.replace(/.*\/|\.json$/g, ""), new Map(flat(texts))] as const] : [])));

const english = parts("en");
const japanese = parts("ja");
const pluralsOf = (language: string) => new Intl.PluralRules(language).resolvedOptions().pluralCategories;
const placeholders = (text: string) => [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name as string))].sort();

/** Base keys that come in plural forms. */
const counted = (keys: Map<string, string>) => new Set([...keys.keys()].filter((key) => plural.test(key)).map(base));

test("both languages have the same parts", () => {
  expect([...japanese.keys()].sort()).toEqual([...english.keys()].sort());
});

test.each([...english.keys()])("%s: the same keys in both languages", (part) => {
  const [en, ja] = [english.get(part) ?? new Map(), japanese.get(part) ?? new Map()];
  const bases = (keys: Map<string, string>) => [...new Set([...keys.keys()].map(base))].sort();
  expect(bases(ja)).toEqual(bases(en));
});

test.each([["en", english] as const, ["ja", japanese] as const])("%s: all plural forms, and no text is empty", (language, all) => {
  for (const [part, keys] of all) {
    for (const key of counted(keys)) for (const form of pluralsOf(language)) expect(keys.get(`${key}_${form}`), `${part}: ${key}_${form}`).toBeTruthy();
    for (const [key, text] of keys) expect(text.trim(), `${part}: ${key}`).not.toBe("");
  }
});

test("a translation names nothing that the other does not know", () => {
  for (const [part, keys] of english) {
    const known = new Map<string, string[]>();
    for (const [key, text] of keys) known.set(base(key), [...(known.get(base(key)) ?? ["count"]), ...placeholders(text)]);
    for (const [key, text] of japanese.get(part) ?? []) expect(known.get(base(key)), `${part}: ${key}`).toEqual(expect.arrayContaining(placeholders(text)));
  }
});

/** The keys in a source that are written out, and the beginnings of those that are put together. */
function asked(source: string) {
  const parts = [...source.matchAll(/useTranslation\(\[?"(\w+)"/g)].map(([, part]) => part as string);
  const keys = [...source.matchAll(/\bt\(\s*(?:\w+[^"`(),]*\? )?(["`])([\w:.]+?)(?:\1|\$\{)/g)].map(([all, , key]) => ({ key: key as string, isWhole: !all.endsWith("${") }));
  return { parts: parts.length || /useTranslation\(\)/.test(source) ? [...parts, "common"] : [...english.keys()], keys };
}

test("every text that is asked for exists", () => {
  const missing = Object.entries(sources).flatMap(([path, source]) => {
    const { parts, keys } = asked(source);
    return keys.flatMap(({ key, isWhole }) => {
      const [part, name] = key.includes(":") ? (key.split(":") as [string, string]) : [undefined, key];
      const found = (part ? [part] : parts).some((one) => [...(english.get(one)?.keys() ?? [])].some((known) => (isWhole ? known === name || base(known) === name : known.startsWith(name))));
      return found ? [] : [`${path}: ${key}`];
    });
  });
  expect(missing).toEqual([]);
});

test("every text is asked for", () => {
  const all = Object.values(sources).join("\n");
  const unused = [...english].flatMap(([part, keys]) =>
    part === "errors"
      ? [] // by the codes of the server
      : [...new Set([...keys.keys()].map(base))].flatMap((key) => {
          const beginnings = key.split(".").slice(0, -1).map((_, index, all) => all.slice(0, index + 1).join("."));
          const isUsed = all.includes(`"${key}"`) || all.includes(`:${key}"`) || beginnings.some((one) => all.includes(`\`${one}.\${`) || all.includes(`:${one}.\${`) || all.includes(`"${one}."`));
          return isUsed ? [] : [`${part}: ${key}`];
        }),
  );
  expect(unused).toEqual([]);
});
