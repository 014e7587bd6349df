import { InvalidArgumentError, Option } from 'commander';

/** Of how many days recorded starts are looked at: they are kept for 30. */
export function daysOption(): Option {
  return new Option('--days <n>', 'of how many days starts are looked at').default(7).argParser((text) => {
    const days = Number(text);
    if (Number.isInteger(days) && days >= 1 && days <= 30) return days;
    throw new InvalidArgumentError('It must be a whole number from 1 to 30.');
  });
}
