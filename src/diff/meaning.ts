import type { Json } from '../model/json.ts';
import type { Edit, Meaning } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { dashboardMeanings } from './meaning-dashboard.ts';
import { ruleMeanings } from './meaning-rule.ts';
import { told, verb } from './words.ts';

/**
 * What edits mean to a person: each edit is told exactly once, those that affect paging first.
 *
 * @param before the live object as `comparable()` gives it
 */
export function meaningsOf(desired: Resource, before: Json, after: Json, edits: readonly Edit[]): readonly Meaning[] {
  switch (desired.kind) {
    case 'dashboard':
      return dashboardMeanings(before, after, edits);
    case 'rule':
      return ruleMeanings(desired.rule, edits);
    case 'contact-point':
      return contactPointMeanings(edits);
    case 'folder':
      return edits.map((edit) => ({ kind: 'retitled', subject: '', text: told('title', edit, String), paging: false }));
    default:
      return desired satisfies never;
  }
}

function contactPointMeanings(edits: readonly Edit[]): readonly Meaning[] {
  const texts = edits.map((edit) => {
    const integration = edit.path.find((step) => typeof step === 'object');
    const whole = edit.path.length === 2;
    // The digest is all that is known of a secret: another one is another secret.
    if (edit.path.at(-1) === 'digest') return `secret of integration ${integration?.id ?? ''} rotated`;
    return `integration ${integration?.id ?? ''} ${whole ? verb(edit) : 'changed'}`.replace('  ', ' ');
  });
  return [...new Set(texts)].map((text) => ({ kind: 'routing', subject: '', text, paging: true }));
}
