// Server-sent events out of pieces of text (https://html.spec.whatwg.org/multipage/server-sent-events.html).
// Not EventSource, because that hides the comments by which a silent line is known to be alive.

export interface Heard {
  event: string;
  data: string;
  /** Of this event or the last one before it that had one: where to go on after it. */
  id: string;
}

/** Takes pieces as they arrive, cut anywhere; gives the events that are complete. */
export function eventReader() {
  let rest = "";
  let id = "";
  let event = "";
  let data: string[] = [];

  const line = (text: string): Heard | undefined => {
    if (text === "") {
      const heard = data.length ? { event: event || "message", data: data.join("\n"), id } : undefined;
      event = "";
      data = [];
      return heard;
    }
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    else if (field === "data") data.push(value);
    else if (field === "id" && !value.includes("\0")) id = value;
    return undefined; // a comment (no field) and what is unknown say nothing
  };

  return (piece: string): Heard[] => {
    const lines = (rest + piece).split(/\r\n|\n|\r(?=[^\n])/);
    rest = lines.pop() ?? "";
    return lines.map(line).filter((heard) => heard !== undefined);
  };
}
