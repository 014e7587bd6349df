import { useEffect, useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { ProgressBar } from '../../parts/progress.tsx';
import css from './registries.module.css';

/** That registries are being read, for how long, and a way to give it up. How much there is nobody knows before. */
export function Comparing({ onStop }: { readonly onStop: () => void }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <Button onClick={onStop}>Stop</Button>
      <div className={css.progress}>
        <p role="status">Reading the registries…</p>
        <ProgressBar label="Comparing the registries" />
      </div>
      <span className="quiet">{seconds} s</span>
    </>
  );
}
