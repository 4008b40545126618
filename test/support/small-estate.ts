/** An estate small enough to be synced thousands of times: a state before, and one after many kinds of change. */
import type { Desired, Resource, RuleResource } from '../../src/model/resource.ts';
import { estateOf } from './estate.ts';
import { bankServices } from './world.ts';

export const OWNER = 'bank';
const source = 'test';
const folderUid = 'bank-services';

function board(uid: string, title: string): Resource {
  const spec = { uid, title, tags: ['as-code:bank'], schemaVersion: 42, panels: [{ id: 1, type: 'text', title }] };
  return { kind: 'dashboard', uid, title, folderUid, source, spec, signalPanels: {} };
}

const template = estateOf(
  OWNER,
  bankServices.filter(({ id }) => id === 'user-account'),
).resources.find((resource): resource is RuleResource => resource.kind === 'rule');
if (template === undefined) throw new Error('the user account has no rule');
const model = template.rule;

function rule(uid: string, group: string, threshold: number): Resource {
  const own = { ...model, uid, group, threshold, alert: `Alert-${uid}` };
  return {
    kind: 'rule',
    uid,
    title: own.alert,
    folderUid,
    source,
    rule: { ...own, notification: { ...own.notification, receiver: 'bank-chat' } },
  };
}

function point(name: string, secret: string): Resource {
  const contactPoint = { name, integrations: [{ type: 'slack' as const, settings: { url: { secret } } }] };
  return { kind: 'contact-point', uid: name, title: name, source, contactPoint };
}

const folder: Resource = { kind: 'folder', uid: folderUid, title: 'Bank', source };

export const before: Desired = {
  resources: [
    folder,
    point('bank-chat', 'OLD_URL'),
    point('bank-gone', 'OLD_URL'),
    rule('bank-r1', 'mixed', 1),
    rule('bank-r2', 'mixed', 1),
    rule('bank-r3', 'whole', 1),
    rule('bank-r4', 'whole', 1),
    rule('bank-r5', 'leaves', 1),
    board('bank-a', 'A'),
    board('bank-b', 'B'),
    board('bank-c', 'C'),
  ],
};

/** A rotated secret, changed, new and departed rules and dashboards, in shared groups and in our own. */
export const after: Desired = {
  resources: [
    folder,
    point('bank-chat', 'NEW_URL'),
    rule('bank-r1', 'mixed', 2),
    rule('bank-r6', 'mixed', 1),
    rule('bank-r3', 'whole', 2),
    rule('bank-r4', 'whole', 1),
    rule('bank-r7', 'new', 1),
    board('bank-a', 'A changed'),
    board('bank-b', 'B'),
    board('bank-d', 'D'),
  ],
};

export const secretValues: Readonly<Record<string, string>> = {
  OLD_URL: 'https://hooks.example/old-canary',
  NEW_URL: 'https://hooks.example/new-canary',
};
