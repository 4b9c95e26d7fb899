import { expect, test, vi } from "vitest";

vi.mock("./live", () => ({ currentState: () => ({ kind: "live" }), onNews: () => undefined, onState: () => undefined }));
const { waitingRoom } = await import("./refresh");

const task = { queryKey: ["task", "1"] };
const tasks = { queryKey: ["tasks"] };
const never = () => false;

test("what is told many times is read once", () => {
  const room = waitingRoom();
  for (let n = 0; n < 50; n++) room.add(task);
  expect(room.take(0, never)).toEqual([task]);
  expect(room.isEmpty()).toBe(true);
});

test("what is being read waits, and is read again afterwards", () => {
  const room = waitingRoom();
  room.add(task);
  room.add(tasks);
  expect(room.take(0, (concern) => concern === task)).toEqual([tasks]);
  expect(room.isEmpty()).toBe(false);
  expect(room.take(100, never)).toEqual([task]);
});

test("the same is not read again before it has rested", () => {
  const room = waitingRoom();
  room.add(task);
  room.take(0, never);
  room.add(task);
  expect(room.take(399, never)).toEqual([]);
  expect(room.take(400, never)).toEqual([task]);
});

test("a key and all that begins with it are two concerns", () => {
  const room = waitingRoom();
  room.add({ ...task, exact: true });
  room.add(task);
  expect(room.take(0, never)).toHaveLength(2);
});

test("too many concerns are everything", () => {
  const room = waitingRoom();
  for (let n = 0; n < 300; n++) room.add({ queryKey: ["task", String(n)] });
  expect(room.take(0, never)).toBe("all");
  expect(room.isEmpty()).toBe(true);
});
