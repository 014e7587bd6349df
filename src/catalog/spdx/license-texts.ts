import { digestOf } from '../../base/index.ts';
import { isSpdxExpression, spdxIdOf } from '../cyclonedx/license-choice.ts';

export interface ExtractedLicense {
  readonly licenseId: string;
  readonly extractedText: string;
  readonly name: string;
}

/**
 * Licenses as packages state them, as one SPDX expression (SPDX specification 2.3, annex D). What is no SPDX license is
 * referred to by a LicenseRef, whose text stands once in the document (section 10).
 */
export class LicenseTexts {
  readonly #extracted = new Map<string, ExtractedLicense>();

  get extracted(): readonly ExtractedLicense[] {
    return [...this.#extracted.values()];
  }

  /** All of them hold: `MIT AND LicenseRef-…`; `NOASSERTION` where none is stated. */
  expressionOf(licenses: readonly string[]): string {
    if (licenses.length === 0) return 'NOASSERTION';
    const terms = licenses.map((text) => this.#termOf(text));
    const unique = [...new Set(terms)];
    return unique.map((term) => (unique.length > 1 && term.includes(' ') ? `(${term})` : term)).join(' AND ');
  }

  #termOf(text: string): string {
    // References of another document mean nothing in this one.
    if (isSpdxExpression(text) && !/LicenseRef-/.test(text)) return text;
    return spdxIdOf(text) ?? this.#refer(text);
  }

  #refer(text: string): string {
    const licenseId = `LicenseRef-${digestOf(text).slice(7, 19)}`;
    this.#extracted.set(licenseId, { licenseId, extractedText: text, name: text.slice(0, 100) });
    return licenseId;
  }
}
