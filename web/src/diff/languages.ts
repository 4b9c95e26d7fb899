// Which grammar a file's name asks for; those of lowlight's common set.

const byName: Record<string, string> = { makefile: "makefile", dockerfile: "bash", gemfile: "ruby", rakefile: "ruby", ".bashrc": "bash", ".env": "ini", ".editorconfig": "ini", ".gitconfig": "ini" };

const byEnding: Record<string, string> = Object.fromEntries(
  Object.entries({
    bash: "sh bash zsh",
    c: "c h",
    cpp: "cc cpp cxx hh hpp hxx ino",
    csharp: "cs",
    css: "css",
    diff: "diff patch",
    go: "go",
    graphql: "graphql gql",
    ini: "ini toml cfg conf properties",
    java: "java",
    javascript: "js mjs cjs jsx",
    json: "json jsonc json5 webmanifest",
    kotlin: "kt kts",
    less: "less",
    lua: "lua",
    makefile: "mk mak",
    markdown: "md markdown mdx",
    objectivec: "m mm",
    perl: "pl pm",
    php: "php",
    python: "py pyi pyw",
    r: "r",
    ruby: "rb",
    rust: "rs",
    scss: "scss sass",
    sql: "sql",
    swift: "swift",
    typescript: "ts mts cts tsx",
    vbnet: "vb",
    xml: "xml html htm svg vue svelte xhtml plist",
    yaml: "yml yaml",
  }).flatMap(([language, endings]) => endings.split(" ").map((ending) => [ending, language])),
);

export function languageOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return byName[name] ?? byEnding[name.slice(name.lastIndexOf(".") + 1)];
}
