// A card is dragged by its handle, or from column to column by the arrow keys.
import { KeyboardSensor, PointerSensor, useSensor, useSensors, type KeyboardCoordinateGetter } from "@dnd-kit/core";

const dragFrom = 6; // pixels that tell a drag from a click
const inside = 8; // pixels from a column's edge, below its heading
const below = 40;

const steps: Record<string, number> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

const nextColumn: KeyboardCoordinateGetter = (event, { context: { droppableContainers, droppableRects, over } }) => {
  const step = steps[event.code];
  if (!step) return undefined;
  event.preventDefault();
  const lefts = droppableContainers.getEnabled().map(({ id }) => ({ id, rect: droppableRects.get(id) }));
  const lanes = lefts.sort((one, other) => (one.rect?.left ?? 0) - (other.rect?.left ?? 0));
  const rect = lanes[lanes.findIndex(({ id }) => id === over?.id) + step]?.rect;
  return rect && { x: rect.left + inside, y: rect.top + below };
};

export const useBoardSensors = () =>
  useSensors(useSensor(PointerSensor, { activationConstraint: { distance: dragFrom } }), useSensor(KeyboardSensor, { coordinateGetter: nextColumn }));
