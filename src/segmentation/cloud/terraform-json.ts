/** A value of Terraform's JSON syntax. */
export type TerraformValue =
  | string
  | number
  | boolean
  | readonly TerraformValue[]
  | { readonly [key: string]: TerraformValue };

/** Bodies of resources by type and label. */
export type TerraformResources = Record<string, Record<string, TerraformValue>>;

/** With names in the order of the alphabet, so that the same rules are the same text. */
export function formatTerraform(value: TerraformValue): string {
  return `${JSON.stringify(sorted(value), undefined, 2)}\n`;
}

function sorted(value: TerraformValue): TerraformValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** What Terraform evaluates: `var.vpc_id`. */
export function expression(path: string): string {
  return `\${${path}}`;
}

/** Text of somebody else without what begins a template (`${`, `%{`): whoever applies the file would evaluate it. */
export function literal(text: string): string {
  return text.replace(/([$%])\{/g, '$1(');
}

/** Names that are unlike each other, each made of a wish: what its form does not allow becomes a dash or an underscore. */
export class NameMaker {
  private readonly taken = new Set<string>();
  private readonly allowed: RegExp;
  private readonly filler: '-' | '_';
  private readonly longest: number;

  /** `allowed` is one character, negated: `/[^a-z0-9-]/g`. */
  constructor(allowed: RegExp, filler: '-' | '_', longest: number) {
    this.allowed = allowed;
    this.filler = filler;
    this.longest = longest;
  }

  make(wish: string): string {
    const trim = (text: string) => text.replace(/[-_.]+$/, '');
    const plain = wish.replace(this.allowed, this.filler);
    const begun = /^[a-z]/i.test(plain) ? plain : `g${this.filler}${plain.replace(/^[-_.]+/, '')}`;
    let name = trim(begun.slice(0, this.longest));
    for (let number = 2; this.taken.has(name); number++) {
      const suffix = `${this.filler}${number}`;
      name = `${trim(begun.slice(0, this.longest - suffix.length))}${suffix}`;
    }
    this.taken.add(name);
    return name;
  }
}

/** Labels of resources. */
export function terraformLabels(): NameMaker {
  return new NameMaker(/[^A-Za-z0-9_-]/g, '_', 200);
}
