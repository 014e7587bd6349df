import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post, put } from '../../api/client.ts';
import type { DocumentFilesInput, DocumentPlan, DocumentPlanInput } from '../../api/wire.ts';

/** What documents make stale when they are put in force or taken out of it, by the first word of query keys. */
const stale = ['documents', 'certificates', 'groups', 'networks', 'contracts'];
export const isStaleByDocuments = ({ queryKey: [key] }: { readonly queryKey: readonly unknown[] }): boolean =>
  stale.includes(String(key));

interface PlanOptions {
  /** Of how many days launches are judged again; seven unless said. */
  readonly days?: number;
  readonly onApplied?: () => void;
}

/** Documents of a text, planned first and applied only as they were planned. `file` is what refusals name. */
export function usePlan(text: string, file: string, { days = 7, onApplied }: PlanOptions = {}) {
  const client = useQueryClient();
  const bodyOf = (asked: string): DocumentFilesInput => ({ files: [{ name: file, text: asked }] });
  const plan = useMutation({
    mutationFn: (asked: string) => {
      const input: DocumentPlanInput = { ...bodyOf(asked), days };
      return post<DocumentPlan>('documents/plan', input);
    },
  });
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

export type Planning = ReturnType<typeof usePlan>;

export const changedIn = ({ changes }: DocumentPlan): number =>
  changes.filter(({ change }) => change !== 'none').length;
