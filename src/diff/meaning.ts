import { isSecretRef } from '../model/contact-point.ts';
import type { Json } from '../model/json.ts';
import type { Meaning, MeaningChange } from '../model/meaning.ts';
import type { Edit } from '../model/plan.ts';
import { type Kind, type Resource, specOf } from '../model/resource.ts';
import { dashboardMeanings } from './meaning-dashboard.ts';
import { ruleMeanings } from './meaning-rule.ts';
import { settingChange, unlike, valueAt, verbOf } from './values.ts';

/**
 * What edits mean to a person: each edit is described exactly once, those that affect paging first.
 *
 * @param before the live object as `comparable()` gives it
 * @param by whose edits they are. The code changes a rule that watches others along with them, which says nothing new;
 * by hand somebody may have silenced it.
 */
export function meaningsOf(
  desired: Resource,
  before: Json,
  after: Json,
  edits: readonly Edit[],
  by: 'code' | 'hand' = 'code',
): readonly Meaning[] {
  switch (desired.kind) {
    case 'dashboard':
      return dashboardMeanings(before, after, edits);
    case 'rule':
      return ruleMeanings(before, after, edits, by);
    case 'contact-point':
      return contactPointMeanings(before, after, edits);
    default:
      return fieldMeanings(desired.kind, before, after, edits);
  }
}

/** Changes of a kind that has no words of its own: its fields, as it says they are described. */
function fieldMeanings(kind: Kind, before: Json, after: Json, edits: readonly Edit[]): readonly Meaning[] {
  const { described = {} } = specOf(kind);
  return unlike(
    edits.map(({ path: [step] }): Meaning => {
      const key = String(step);
      const field = Object.hasOwn(described, key) ? described[key] : undefined;
      if (field === undefined) return { kind: 'other', change: { what: 'unstated' }, paging: false };
      const [old, now] = [before, after].map((side) => {
        const value = valueAt(side, [key]);
        return value === undefined ? undefined : (field.shown?.(value) ?? value);
      });
      return { kind: field.kind, change: settingChange(field.name, old, now), paging: field.paging };
    }),
  );
}

function contactPointMeanings(before: Json, after: Json, edits: readonly Edit[]): readonly Meaning[] {
  return unlike(
    edits.map((edit) => ({ kind: 'routing', change: contactPointChange(edit, before, after), paging: true })),
  );
}

function contactPointChange(edit: Edit, before: Json, after: Json): MeaningChange {
  const { path } = edit;
  if (path[0] === 'rest') return { what: 'no-resolve-message' };
  if (path[0] === 'name') return settingChange('name', valueAt(before, path), valueAt(after, path));
  const integration = path.find((step) => typeof step === 'object')?.id ?? '';
  const element = { type: 'integration', name: integration };
  // The digest is all that is known of a secret: another one is another secret.
  if (path.at(-1) === 'digest') return { what: 'secret-rotated', integration };
  if (path.length === 2) return { what: 'element', element, verb: verbOf(edit) };
  const place = path.filter((step) => step !== 'secret');
  const setting = String(place.at(-1));
  const [old, now] = [valueAt(before, place), valueAt(after, place)];
  if (isSecretRef(old) && isSecretRef(now))
    return { what: 'secret-replaced', integration, setting, from: old.secret, to: now.secret };
  // An address may hold a token, and a reference to a secret says nothing beside a value.
  const harmless = [old, now].every((value) => value !== undefined && !/:\/\/|[{}]/.test(JSON.stringify(value)));
  return harmless
    ? settingChange(setting, old, now, { of: element })
    : { what: 'setting', of: element, name: setting, verb: verbOf(edit) };
}
