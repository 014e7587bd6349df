import { type PointerEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { aimView, fitView, type MapView, moveView, zoomView } from './view-box.ts';

/** Further than this it was no click. */
const dragged = 4;

interface Size {
  readonly width: number;
  readonly height: number;
}
interface MapControls {
  readonly view: MapView;
  readonly zoom: (factor: number) => void;
  readonly move: (x: number, y: number) => void;
  readonly fit: () => void;
  /** Whether what ends now began as a drag, and is no click. */
  readonly wasDragged: () => boolean;
  readonly pointers: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: (event: PointerEvent) => void;
    readonly onPointerCancel: (event: PointerEvent) => void;
  };
}

type Part = Size & { readonly x: number; readonly y: number };

/**
 * Moving and zooming by pointer, wheel and two fingers. Whenever `asked` is another, all of the map comes into sight; or the
 * part that is aimed at. What is chosen stays in sight where the room becomes another; a map that becomes another by itself
 * is left where somebody moved it.
 */
export function useMapView(
  element: RefObject<HTMLElement | null>,
  map: Size,
  asked: string | undefined,
  aims: { readonly part: Part | undefined; readonly chosen: Part | undefined },
): MapControls {
  const [view, setView] = useState<MapView>({ x: 0, y: 0, scale: 1 });
  const touched = useRef(false);
  const drag = useRef({ points: new Map<number, { x: number; y: number }>(), moved: 0 });
  const fit = () => {
    const box = element.current;
    if (box !== null) setView(fitView(map, { width: box.clientWidth, height: box.clientHeight }));
    touched.current = false;
  };
  const latestFit = useRef(fit);
  latestFit.current = fit;

  const latestAims = useRef(aims);
  latestAims.current = aims;
  const answered = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const box = element.current;
    const { part, chosen } = latestAims.current;
    const isAsked = answered.current !== asked;
    answered.current = asked;
    if (box === null || (touched.current && !isAsked)) return;
    const room = { width: box.clientWidth, height: box.clientHeight };
    touched.current = false;
    if (chosen !== undefined) setView(aimView(fitView(map, room), chosen, room));
    else if (part === undefined) latestFit.current();
    else {
      touched.current = true;
      setView((now) => aimView(now, part, room));
    }
  }, [map, asked, element]);
  useEffect(() => {
    const box = element.current;
    if (box === null) return;
    const watcher = new ResizeObserver(() => {
      const { chosen } = latestAims.current;
      if (chosen !== undefined) {
        const room = { width: box.clientWidth, height: box.clientHeight };
        setView((now) => aimView(now, chosen, room));
      } else if (!touched.current) latestFit.current();
    });
    watcher.observe(box);
    // React listens to wheels passively: the page would scroll as well.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      touched.current = true;
      const { left, top } = box.getBoundingClientRect();
      const at = { x: event.clientX - left, y: event.clientY - top };
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1;
      setView((now) => zoomView(now, Math.exp(-event.deltaY * lines * 0.0016), at));
    };
    box.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      watcher.disconnect();
      box.removeEventListener('wheel', onWheel);
    };
  }, [element]);

  const end = (event: PointerEvent) => {
    drag.current.points.delete(event.pointerId);
  };
  return {
    view,
    zoom: (factor) => {
      touched.current = true;
      const box = element.current;
      if (box !== null) setView((now) => zoomView(now, factor, { x: box.clientWidth / 2, y: box.clientHeight / 2 }));
    },
    move: (x, y) => {
      touched.current = true;
      setView((now) => moveView(now, x, y));
    },
    fit,
    wasDragged: () => drag.current.moved > dragged,
    pointers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        if (drag.current.points.size === 0) drag.current.moved = 0;
        drag.current.points.set(event.pointerId, { x: event.clientX, y: event.clientY });
      },
      onPointerMove: (event) => {
        const { points } = drag.current;
        const before = points.get(event.pointerId);
        const box = element.current;
        if (before === undefined || box === null) return;
        const now = { x: event.clientX, y: event.clientY };
        const [dx, dy] = [now.x - before.x, now.y - before.y];
        points.set(event.pointerId, now);
        drag.current.moved += Math.abs(dx) + Math.abs(dy);
        if (drag.current.moved <= dragged) return;
        touched.current = true;
        // Only now, or what is under the pointer would never be clicked.
        if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
        const other = [...points].find(([id]) => id !== event.pointerId)?.[1];
        if (other === undefined) {
          setView((view) => moveView(view, dx, dy));
          return;
        }
        const distance = (from: { x: number; y: number }) => Math.hypot(from.x - other.x, from.y - other.y);
        const { left, top } = box.getBoundingClientRect();
        const middle = { x: (now.x + other.x) / 2 - left, y: (now.y + other.y) / 2 - top };
        setView((view) => zoomView(view, distance(now) / Math.max(1, distance(before)), middle));
      },
      onPointerUp: end,
      onPointerCancel: end,
    },
  };
}
