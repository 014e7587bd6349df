/** Which part of the map is in sight: `scale` pixels for a unit, and where its origin is, in pixels. */
export interface MapView {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}
interface Size {
  readonly width: number;
  readonly height: number;
}

const margin = 22;
const [smallest, largest] = [0.08, 2.5];

/** All of it in the middle; never larger than life. */
export function fitView(map: Size, room: Size): MapView {
  const scale = clamp(
    Math.min((room.width - 2 * margin) / Math.max(1, map.width), (room.height - 2 * margin) / Math.max(1, map.height)),
    1,
  );
  return { scale, x: (room.width - map.width * scale) / 2, y: (room.height - map.height * scale) / 2 };
}

/** A part of it in the middle, as large as now or large enough to be read. */
export function aimView(view: MapView, part: Size & { readonly x: number; readonly y: number }, room: Size): MapView {
  const scale = Math.max(view.scale, Math.min(0.85, fitView(part, room).scale));
  return {
    scale,
    x: room.width / 2 - (part.x + part.width / 2) * scale,
    y: room.height / 2 - (part.y + part.height / 2) * scale,
  };
}

/** Larger or smaller around a point that stays where it is. */
export function zoomView(view: MapView, factor: number, at: { readonly x: number; readonly y: number }): MapView {
  const scale = clamp(view.scale * factor, largest);
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

export const moveView = (view: MapView, x: number, y: number): MapView => ({ ...view, x: view.x + x, y: view.y + y });

const clamp = (scale: number, most: number): number => Math.max(smallest, Math.min(most, scale));
