/** A document that one page drafts and the page of the policy takes up; it is nowhere else. */
let draft = '';

export function offerDraft(text: string): void {
  draft = text;
}

/** Gives it once. */
export function takeDraft(): string {
  const taken = draft;
  draft = '';
  return taken;
}
