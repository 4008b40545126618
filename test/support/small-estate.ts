/** An estate small enough to be synced thousands of times: a state before, and one after many kinds of change. */
import type { Desired, Resource, RuleResource } from '../../src/model/resource.ts';
import { estateOf } from './estate.ts';
import { shopServices } from './world.ts';

export const OWNER = 'shop';
const source = 'test';
const folderUid = 'shop-services';

function board(uid: string, title: string): Resource {
  const spec = { uid, title, tags: ['as-code:shop'], schemaVersion: 42, panels: [{ id: 1, type: 'text', title }] };
  return { kind: 'dashboard', uid, title, folderUid, source, spec, signalPanels: {} };
}

const template = estateOf(
  OWNER,
  shopServices.filter(({ id }) => id === 'user-service'),
).resources.find((resource): resource is RuleResource => resource.kind === 'rule');
if (template === undefined) throw new Error('the user service has no rule');
const model = template.rule;

function rule(uid: string, group: string, threshold: number): Resource {
  const own = { ...model, uid, group, threshold, alert: `Alert-${uid}` };
  return {
    kind: 'rule',
    uid,
    title: own.alert,
    folderUid,
    source,
    rule: { ...own, notification: { ...own.notification, receiver: 'shop-chat' } },
  };
}

function point(name: string, secret: string): Resource {
  const contactPoint = { name, integrations: [{ type: 'slack' as const, settings: { url: { secret } } }] };
  return { kind: 'contact-point', uid: name, title: name, source, contactPoint };
}

const folder: Resource = { kind: 'folder', uid: folderUid, title: 'Shop', source };

export const before: Desired = {
  resources: [
    folder,
    point('shop-chat', 'OLD_URL'),
    point('shop-gone', 'OLD_URL'),
    rule('shop-r1', 'mixed', 1),
    rule('shop-r2', 'mixed', 1),
    rule('shop-r3', 'whole', 1),
    rule('shop-r4', 'whole', 1),
    rule('shop-r5', 'leaves', 1),
    board('shop-a', 'A'),
    board('shop-b', 'B'),
    board('shop-c', 'C'),
  ],
};

/** A rotated secret, changed, new and departed rules and dashboards, in shared groups and in our own. */
export const after: Desired = {
  resources: [
    folder,
    point('shop-chat', 'NEW_URL'),
    rule('shop-r1', 'mixed', 2),
    rule('shop-r6', 'mixed', 1),
    rule('shop-r3', 'whole', 2),
    rule('shop-r4', 'whole', 1),
    rule('shop-r7', 'new', 1),
    board('shop-a', 'A changed'),
    board('shop-b', 'B'),
    board('shop-d', 'D'),
  ],
};

export const secretValues: Readonly<Record<string, string>> = {
  OLD_URL: 'https://hooks.example/old-canary',
  NEW_URL: 'https://hooks.example/new-canary',
};
