import { expect, test } from "vitest";
import { eventReader } from "./sse";

const stream = 'event: hello\nid: 1-2-3\ndata: {}\n\n: \n\nevent: run\ndata: {"id":\ndata: 1}\n\nevent: task\r\nid: 1-2-4\r\ndata: {}\r\n\r\n';

const expected = [
  { event: "hello", data: "{}", id: "1-2-3" },
  { event: "run", data: '{"id":\n1}', id: "1-2-3" },
  { event: "task", data: "{}", id: "1-2-4" },
];

test("events are the same wherever the pieces are cut", () => {
  for (let size = 1; size <= stream.length; size++) {
    const read = eventReader();
    const heard = [];
    for (let at = 0; at < stream.length; at += size) heard.push(...read(stream.slice(at, at + size)));
    expect(heard).toEqual(expected);
  }
});

test("an event that is not complete is not told", () => {
  expect(eventReader()("event: run\ndata: {}\n")).toEqual([]);
});

test("comments, unknown fields and events without data say nothing", () => {
  expect(eventReader()(": beat\n\nretry: 10\n\nevent: rotate\n\ndata\n\n")).toEqual([{ event: "message", data: "", id: "" }]);
});
