import type { CertificateView } from '../../api/wire.ts';
import { CertificateState } from '../../parts/certificate-state.tsx';
import { formatTime, plural } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import css from './certificates.module.css';
import { reasonOf } from './reason-of.ts';

interface JudgementHistoryProps {
  readonly history: readonly CertificateView[];
  readonly shown: CertificateView;
  readonly onShow: (judgement: CertificateView) => void;
}

/** Each judgement of the image; one is shown on the page. */
export const JudgementHistory = ({ history, shown, onShow }: JudgementHistoryProps) => (
  <Panel title="History" aside={plural(history.length, 'judgement')}>
    <ol className={css.history}>
      {history.map((judgement) => (
        <li key={judgement.judgedAt}>
          <button
            type="button"
            aria-pressed={judgement === shown}
            title="Show this judgement"
            onClick={() => onShow(judgement)}
          >
            <span>{formatTime(judgement.judgedAt)} UTC</span>
            <CertificateState state={judgement.state} />
            <span className="soft">{reasonOf(judgement).text || 'nothing against it'}</span>
          </button>
        </li>
      ))}
    </ol>
  </Panel>
);
