import { Button } from '../../parts/button.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import { placeIn, type TextPlace } from './place-in-text.ts';

interface RefusalProps {
  readonly error: Error;
  /** What the server was told that the text is called. */
  readonly file: string;
  readonly onGo: (place: TextPlace) => void;
}

/** What is wrong, and the way to where it stands. */
export function Refusal({ error, file, onGo }: RefusalProps) {
  const place = placeIn(error.message, file);
  return (
    <>
      <ErrorNotice error={error} />
      {place !== undefined && (
        <div>
          <Button onClick={() => onGo(place)}>
            Go to line {place.line}, column {place.column}
          </Button>
        </div>
      )}
    </>
  );
}
