import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post, put } from '../../api/client.ts';
import type { DocumentFilesInput, DocumentPlan } from '../../api/wire.ts';

/** What documents make stale when they are put in force or taken out of it, by the first word of query keys. */
const stale = ['documents', 'certificates', 'groups', 'networks', 'contracts'];
export const isStaleByDocuments = ({ queryKey: [key] }: { readonly queryKey: readonly unknown[] }): boolean =>
  stale.includes(String(key));

/** Documents of a text, planned first and applied only as they were planned. `file` is what refusals name. */
export function usePlan(text: string, file: string, onApplied?: () => void) {
  const client = useQueryClient();
  const bodyOf = (asked: string): DocumentFilesInput => ({ files: [{ name: file, text: asked }] });
  const plan = useMutation({ mutationFn: (asked: string) => post<DocumentPlan>('documents/plan', bodyOf(asked)) });
  const apply = useMutation({
    mutationFn: (planned: string) => put<DocumentPlan>('documents', bodyOf(planned)),
    onSuccess: async () => {
      plan.reset();
      onApplied?.();
      await client.invalidateQueries({ predicate: isStaleByDocuments });
    },
  });
  return {
    plan,
    apply,
    isPlanned: plan.isSuccess && plan.variables === text,
    // What is said of another text would be taken for what is said of this one.
    error: (plan.variables === text ? plan.error : null) ?? (apply.variables === text ? apply.error : null),
  };
}

export const changedIn = ({ changes }: DocumentPlan): number =>
  changes.filter(({ change }) => change !== 'none').length;
