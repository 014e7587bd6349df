import { Choice } from '../../parts/choice.tsx';

const spans = [
  { value: 1, name: '1 day' },
  { value: 7, name: '7 days' },
  { value: 30, name: '30 days' },
] as const;

/** Of how many days recorded starts are looked at. */
export const DaysChoice = ({
  days,
  onChoose,
}: {
  readonly days: number;
  readonly onChoose: (days: number) => void;
}) => <Choice<number> label="Starts of the last" options={spans} value={days} onChoose={onChoose} />;
