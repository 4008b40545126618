import { withAnswers } from '../../adapters/grafana-answers.ts';
import type { Duration } from '../../model/duration.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import type { Change, Live, Plan, Scope } from '../../model/plan.ts';
import { type Desired, resourceKey } from '../../model/resource.ts';
import { digestOf, type SecretLookup, type Step, type Target, withDigests } from '../../sync/index.ts';
import { type ConnectionOptions, openGrafanaClient } from './client.ts';
import { readNamespace } from './preflight.ts';
import { checkWriting } from './rights.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { concurrencyOf, stepsOf } from './steps.ts';

/** A Grafana, and for whom is written. */
export interface GrafanaOptions extends ConnectionOptions {
  readonly owner: string;
  /** The tag that marks dashboards. */
  readonly ownerTag: string;
  /** The commit that is synced; part of every save's message. */
  readonly commit: string;
  /** How often the project's services are scraped, to compare with the data source's setting. Default: not compared. */
  readonly scrapeInterval?: Duration;
  /** Values of secret references. */
  readonly secret: SecretLookup;
  /** For `npm run restore`: what is written counts as a hand edit. Default: false. */
  readonly restoring?: boolean;
}

/**
 * A running Grafana, version 12 or later, over HTTP. What is not ours is never written; what changed since it was
 * read is refused; what was cut off is finished by the next sync.
 *
 * @example openGrafana({ url: 'https://grafana.example.com', token, owner: 'acme', ownerTag: 'as-code:acme', commit, secret })
 */
export function openGrafana(options: GrafanaOptions): Target {
  const { owner, ownerTag, commit, secret, scrapeInterval, restoring = false } = options;
  const client = withAnswers(openGrafanaClient(options));
  let seen: Snapshot | undefined;
  let name = client.url;
  // The same address is another place for an account of another organisation.
  const nameBy = (namespace: string): void => {
    name = namespace === 'default' ? client.url : `${client.url} (${namespace})`;
  };
  const read = async (desired: Desired, scope: Scope): Promise<Snapshot> => {
    seen = await readSnapshot(client, { owner, ownerTag, scrapeInterval }, desired, scope);
    nameBy(seen.site.namespace);
    return seen;
  };
  return {
    get identity() {
      return { kind: 'grafana' as const, name };
    },
    async identify() {
      nameBy(await readNamespace(client));
      return this.identity;
    },
    prepare: (desired) => withDigests(desired, secret),
    async read(desired: Desired, scope: Scope): Promise<Live> {
      return (await read(desired, scope)).live;
    },
    async steps(plan: Plan): Promise<readonly Step[]> {
      checkSecrets(plan, secret);
      const snapshot = seen ?? (await readFor(plan, read));
      const { namespace } = snapshot.site;
      checkWriting(snapshot.site, snapshot.places, plan.scope);
      return stepsOf(plan, snapshot, { client, namespace, owner, ownerTag, commit, restoring }, secret);
    },
    concurrency: concurrencyOf,
    link: ({ kind, uid, action }: Change) =>
      kind === 'dashboard' && (action === 'create' || action === 'update') ? `${client.url}/d/${uid}` : undefined,
    requests: client.requests,
  };
}

/** A plan from elsewhere is applied as it is or not at all: everything it saw has to be so still. */
async function readFor(plan: Plan, read: (desired: Desired, scope: Scope) => Promise<Snapshot>): Promise<Snapshot> {
  const resources = plan.changes.flatMap((change) => ('desired' in change ? [change.desired] : []));
  const snapshot = await read({ resources }, plan.scope);
  const now = new Map(snapshot.live.objects.map((object) => [resourceKey(object), object]));
  const changed = plan.changes.filter((change) => {
    if (change.action === 'blocked') return false;
    const object = now.get(resourceKey(change));
    return change.action === 'create' ? object !== undefined : object?.pin !== change.pin;
  });
  const [first] = changed;
  if (first === undefined) return snapshot;
  const more = changed.length > 1 ? `, and ${changed.length - 1} more` : '';
  throw new ExplainedError({
    code: 'S004',
    message: `${first.kind} ${first.title} ${first.action === 'create' ? 'exists by now' : 'changed after the plan was made'}${more}`,
    remedy: 'Make a new plan: npm run plan. Nothing was written.',
  });
}

/** The secrets of this machine have to be those of the plan. */
function checkSecrets({ changes }: Plan, lookup: SecretLookup): void {
  for (const change of changes) {
    if (change.action !== 'create' && change.action !== 'update') continue;
    if (change.desired.kind !== 'contact-point') continue;
    const { name, integrations } = change.desired.contactPoint;
    for (const integration of integrations) {
      if (integration.digest === undefined || integration.digest === digestOf(name, integration, lookup)) continue;
      throw new ExplainedError({
        code: 'G014',
        message: `contact point ${name} was planned with another value of its secret than the one set here`,
        remedy: 'Make a new plan with the secrets of this environment: npm run plan. Nothing was written.',
      });
    }
  }
}
