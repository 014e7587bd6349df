import { useMutation } from '@tanstack/react-query';
import { post } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';

/** Asks the server to read an image again; what comes of it arrives as an event. */
export function ReadAgain({ imageId }: { readonly imageId: string }) {
  const read = useMutation({ mutationFn: () => post(`images/${encodeURIComponent(imageId)}/read`) });
  return (
    <Button onClick={() => read.mutate()} disabled={read.isPending || read.isSuccess} title={read.error?.message}>
      {read.isSuccess ? 'Asked to read it' : read.error === null ? 'Read again' : 'Could not ask: try again'}
    </Button>
  );
}
