import type { Json } from '../model/json.ts';
import type { Edit, Meaning } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { dashboardMeanings } from './meaning-dashboard.ts';
import { ruleMeanings } from './meaning-rule.ts';
import { plain, told, verb } from './words.ts';

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
  const texts = edits.map(contactPointText);
  return [...new Set(texts)].map((text) => ({ kind: 'routing', subject: '', text, paging: true }));
}

function contactPointText(edit: Edit): string {
  const { path } = edit;
  if (path[0] === 'rest') return 'keeps quiet about what is over, which the code does not say';
  const integration = path.find((step) => typeof step === 'object')?.id ?? '';
  // The digest is all that is known of a secret: another one is another secret.
  if (path.at(-1) === 'digest') return `secret of integration ${integration} rotated`;
  if (path.length === 2) return `integration ${integration} ${verb(edit)}`;
  const setting = `integration ${integration}: ${String(path.at(-1))}`;
  // An address may hold a token, and a reference to a secret says nothing.
  const values = edit.op === 'replace' ? [edit.before, edit.after] : [];
  const tellable = values.length > 0 && values.every((value) => !/:\/\/|[{}]/.test(JSON.stringify(value)));
  return tellable ? told(setting, edit, plain) : `${setting} ${verb(edit)}`;
}
