import { isSecretRef } from '../model/contact-point.ts';
import type { Json } from '../model/json.ts';
import type { Edit, Meaning } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { dashboardMeanings } from './meaning-dashboard.ts';
import { ruleMeanings } from './meaning-rule.ts';
import { toldSetting, valueAt } from './values.ts';
import { UNSTATED, verb } from './words.ts';

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
      return ruleMeanings(before, after, edits);
    case 'contact-point':
      return contactPointMeanings(before, after, edits);
    case 'folder':
      return edits.map(({ path }) => ({
        kind: 'retitled',
        subject: '',
        text: path[0] === 'title' ? toldSetting('title', valueAt(before, path), valueAt(after, path)) : UNSTATED,
        paging: false,
      }));
    default:
      return desired satisfies never;
  }
}

function contactPointMeanings(before: Json, after: Json, edits: readonly Edit[]): readonly Meaning[] {
  const texts = edits.map((edit) => contactPointText(edit, before, after));
  return [...new Set(texts)].map((text) => ({ kind: 'routing', subject: '', text, paging: true }));
}

function contactPointText(edit: Edit, before: Json, after: Json): string {
  const { path } = edit;
  if (path[0] === 'rest') return 'keeps quiet about what is over, which the code does not say';
  if (path[0] === 'name') return toldSetting('name', valueAt(before, path), valueAt(after, path));
  const integration = path.find((step) => typeof step === 'object')?.id ?? '';
  // The digest is all that is known of a secret: another one is another secret.
  if (path.at(-1) === 'digest') return `secret of integration ${integration} rotated`;
  if (path.length === 2) return `integration ${integration} ${verb(edit)}`;
  const place = path.filter((step) => step !== 'secret');
  const setting = `integration ${integration}: ${String(place.at(-1))}`;
  const [old, now] = [valueAt(before, place), valueAt(after, place)];
  if (isSecretRef(old) && isSecretRef(now)) return `${setting} from the secret ${old.secret} → ${now.secret}`;
  // An address may hold a token, and a reference to a secret says nothing beside a value.
  const tellable = [old, now].every((value) => value !== undefined && !/:\/\/|[{}]/.test(JSON.stringify(value)));
  return tellable ? toldSetting(setting, old, now) : `${setting} ${verb(edit)}`;
}
