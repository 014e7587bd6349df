import { Link } from '@tanstack/react-router';
import { Empty } from '../parts/notice.tsx';

export function NotFound() {
  return (
    <Empty icon="overview" title="This page is not on the chart.">
      <Link to="/">Back to the overview</Link>
    </Empty>
  );
}
