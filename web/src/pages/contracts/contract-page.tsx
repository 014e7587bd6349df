import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ApiError } from '../../api/client.ts';
import { contractDraftQuery, contractQuery } from '../../api/contract-queries.ts';
import { plural } from '../../parts/format.ts';
import { ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { visibleText } from '../../parts/visible-text.ts';
import { ContractEditor } from './contract-editor.tsx';
import { emptyContract } from './empty-contract.ts';

const route = getRouteApi('/contracts/edit');

/** A contract to be written on: one in force, one that is learned from starts of an image, or a new one. */
export function ContractPage() {
  const { name, image, input } = route.useSearch();
  const navigate = useNavigate();
  const open = (applied: string) => void navigate({ to: '/contracts/edit', search: { name: applied }, replace: true });
  if (name !== undefined) return <InForce key={name} name={name} input={input} onApplied={open} />;
  if (image !== undefined) return <Learned key={image} image={image} onApplied={open} />;
  return (
    <ContractEditor
      of="new"
      base={emptyContract('registry.example/team/image')}
      said="A new contract"
      onApplied={open}
    />
  );
}

interface Opened {
  readonly onApplied: (name: string) => void;
}

function InForce({ name, input, onApplied }: Opened & { readonly name: string; readonly input: string | undefined }) {
  const { data, error } = useQuery(contractQuery(name));
  if (data !== undefined)
    return <ContractEditor of={`name ${name}`} base={data.text} detail={data} input={input} onApplied={onApplied} />;
  return (
    <Page title={visibleText(name)} guide="launch-gate">
      {error === null ? <Waiting /> : <ErrorNotice error={error} />}
      {error instanceof ApiError && error.status === 404 && (
        <p>
          <Link to="/contracts">All contracts</Link>
        </p>
      )}
    </Page>
  );
}

function Learned({ image, onApplied }: Opened & { readonly image: string }) {
  const { data, error } = useQuery(contractDraftQuery(image));
  const of = `image ${image}`;
  if (data !== undefined) {
    const said = `Learned from ${plural(data.starts, 'start')}: it allows what was seen, be that good or bad. Read it, narrow it, apply it.`;
    return <ContractEditor of={of} base={data.text} said={said} onApplied={onApplied} />;
  }
  // Nothing was recorded of it: what is known is its name.
  if (error instanceof ApiError && error.status === 404)
    return (
      <ContractEditor
        of={of}
        base={emptyContract(image)}
        said="No start of this image is recorded, so nothing could be learned: write what it may be passed."
        onApplied={onApplied}
      />
    );
  return (
    <Page title={visibleText(image)} guide="launch-gate">
      {error === null ? <Waiting>Learning from its starts…</Waiting> : <ErrorNotice error={error} />}
    </Page>
  );
}
