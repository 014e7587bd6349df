import { useEffect, useRef, useState } from 'react';

/** The value as it was when it last stood still for so many milliseconds. */
export function useDelayed<Value>(
  value: Value,
  milliseconds: number,
  same: (a: Value, b: Value) => boolean = Object.is,
): Value {
  const latest = useRef(value);
  if (!same(latest.current, value)) latest.current = value;
  const stable = latest.current;
  const [delayed, setDelayed] = useState(stable);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(stable), milliseconds);
    return () => clearTimeout(timer);
  }, [stable, milliseconds]);
  return delayed;
}
