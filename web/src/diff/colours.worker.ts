// Colours texts beside the main thread: a text and its language in, the looks of each line out.
import { common, createLowlight } from "lowlight";
import type { Look } from "./words";

export interface Question {
  id: number;
  language: string;
  text: string;
}

export interface Answer {
  id: number;
  lines: Look[][];
}

type Tree = ReturnType<ReturnType<typeof createLowlight>["highlight"]>["children"][number];

const lowlight = createLowlight(common);

/** The tree's leaves in order; one that spans lines is cut at their ends. */
function spread(nodes: Tree[], look: string, lines: Look[][]) {
  for (const node of nodes) {
    if (node.type === "element") {
      const names = node.properties.className;
      spread(node.children as Tree[], Array.isArray(names) && typeof names[0] === "string" ? names[0] : look, lines);
    } else if (node.type === "text") {
      node.value.split("\n").forEach((part, index) => {
        if (index > 0) lines.push([]);
        if (part) (lines.at(-1) as Look[]).push([look, part.length]);
      });
    }
  }
}

self.onmessage = ({ data }: MessageEvent<Question>) => {
  const lines: Look[][] = [[]];
  spread(lowlight.highlight(data.language, data.text).children, "", lines);
  self.postMessage({ id: data.id, lines } satisfies Answer);
};
