import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { Empty, ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import css from './guide.module.css';
import { guidePages, pageOf } from './guides.ts';
import { type GuideBlock, type GuideText, parseGuide } from './parse-guide.ts';

const route = getRouteApi('/guide/$name');

/** A guide as it stands in the documentation of this very version, readable where no other network is. */
export function GuidePage() {
  const { name } = route.useParams();
  const read = guidePages.get(name);
  const { data, error } = useQuery({
    queryKey: ['guide', name],
    queryFn: async () => read?.() ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (read === undefined) {
    return (
      <Page title="Guides">
        <Empty icon="help" title="There is no such guide." />
      </Page>
    );
  }
  if (typeof data !== 'string') {
    return <Page title="Guide">{error === null ? <Waiting /> : <ErrorNotice error={error} />}</Page>;
  }
  return name.endsWith('.yaml') ? <Example name={name} text={data} /> : <Guide text={data} />;
}

function Guide({ text }: { readonly text: string }) {
  const [title, ...blocks] = useMemo(() => parseGuide(text), [text]);
  return (
    <Page title={title?.kind === 'heading' ? plainText(title.text) : 'Guide'} lead="Guide">
      <article className={css.guide}>
        {blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change has no other key
          <Block key={index} block={block} />
        ))}
      </article>
    </Page>
  );
}

const Example = ({ name, text }: { readonly name: string; readonly text: string }) => (
  <Page title={name} lead="Example">
    <article className={css.guide}>
      <Code text={text.trimEnd()} />
    </article>
  </Page>
);

/** What is wider than the page scrolls, and so can be reached by keyboard. */
const Code = ({ text }: { readonly text: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
  <pre tabIndex={0}>
    <code>{text}</code>
  </pre>
);

function Block({ block }: { readonly block: GuideBlock }) {
  switch (block.kind) {
    case 'heading':
      return block.level <= 2 ? <h2>{spans(block.text)}</h2> : <h3>{spans(block.text)}</h3>;
    case 'paragraph':
      return <p>{spans(block.text)}</p>;
    case 'code':
      return <Code text={block.text} />;
    case 'list': {
      const items = block.items.map((item) => <li key={plainText(item)}>{spans(item)}</li>);
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    default:
      return <Table rows={block.rows} />;
  }
}

const Table = ({ rows: [head, ...rows] }: { readonly rows: readonly (readonly GuideText[])[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
  <div className={css.wide} tabIndex={0}>
    <table>
      <thead>
        <tr>
          {head?.map((cell) => (
            <th key={plainText(cell)}>{spans(cell)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells) => (
          <tr key={cells.map(plainText).join('|')}>
            {cells.map((cell, column) => (
              <td key={plainText(head?.[column] ?? [])}>{spans(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const plainText = (text: GuideText): string =>
  text.map((span) => (span.kind === 'link' ? plainText(span.text) : span.text)).join('');

function spans(text: GuideText): ReactNode {
  return text.map((span, index) => {
    const key = `${index} ${span.kind}`;
    switch (span.kind) {
      case 'text':
        return span.text;
      case 'code':
        return <code key={key}>{span.text}</code>;
      case 'strong':
        return <strong key={key}>{span.text}</strong>;
      case 'em':
        return <em key={key}>{span.text}</em>;
      default:
        return <GuideLink key={key} {...span} />;
    }
  });
}

/** To another guide; what is in the repository alone is named, so that it can be found there. */
function GuideLink({ text, target }: { readonly text: GuideText; readonly target: string }) {
  const page = pageOf(target);
  if (page !== undefined) {
    return (
      <Link to="/guide/$name" params={{ name: page }}>
        {spans(text)}
      </Link>
    );
  }
  return <span title={target.replace(/^(\.\.\/)+/, 'docs/')}>{spans(text)}</span>;
}
