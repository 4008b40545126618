/** The answers of Grafana that are read, as far as they are read. */
import { z } from 'zod';

const strings = z.record(z.string(), z.string());
const object = z.looseObject({});

const metadata = z.looseObject({
  name: z.string(),
  uid: z.string().default(''),
  resourceVersion: z.string().default(''),
  generation: z.number().default(0),
  creationTimestamp: z.string().nullish(),
  annotations: strings.default({}),
});

export const folderItem = z.looseObject({
  metadata,
  spec: z.looseObject({ title: z.string(), description: z.string().nullish() }),
});
export type FolderItem = z.infer<typeof folderItem>;

export const dashboardItem = z.looseObject({ metadata, spec: object });
export type DashboardItem = z.infer<typeof dashboardItem>;

/** A page of a list; an empty page may still be followed by others. */
export const page = z.looseObject({
  metadata: z.looseObject({ continue: z.string().nullish() }),
  items: z.array(z.unknown()).nullable(),
});

export const rulerRule = z.looseObject({
  for: z.string().default('0s'),
  keep_firing_for: z.string().default('0s'),
  labels: strings.nullish(),
  annotations: strings.nullish(),
  grafana_alert: z.looseObject({
    uid: z.string(),
    title: z.string(),
    version: z.number(),
    guid: z.string().default(''),
    namespace_uid: z.string(),
    rule_group: z.string(),
    provenance: z.string().nullish(),
    updated: z.string().default(''),
    updated_by: z.looseObject({ name: z.string().default('') }).nullish(),
  }),
});
export const rulerVersions = z.array(rulerRule);
export type RulerRule = z.infer<typeof rulerRule>;

export const rulerGroup = z.looseObject({
  name: z.string(),
  interval: z.string().default('1m'),
  rules: z.array(rulerRule),
});
export const rulerRules = z.record(z.string(), z.array(rulerGroup));

export const contactPoints = z.array(
  z.looseObject({
    uid: z.string(),
    name: z.string(),
    type: z.string(),
    settings: z.record(z.string(), z.unknown()),
    /** Set by hand, it keeps quiet about what is over; we never set it. */
    disableResolveMessage: z.boolean().default(false),
    provenance: z.string().nullish(),
  }),
);
export type StoredIntegration = z.infer<typeof contactPoints>[number];

export const states = z.looseObject({
  data: z.looseObject({
    groups: z.array(
      z.looseObject({
        rules: z.array(
          z.looseObject({
            uid: z.string(),
            state: z.string(),
            alerts: z.array(z.looseObject({ state: z.string(), activeAt: z.string().nullish() })).nullish(),
          }),
        ),
      }),
    ),
  }),
});

export const versionItem = z.looseObject({
  version: z.number(),
  created: z.string().default(''),
  createdBy: z.string().default(''),
  message: z.string().default(''),
  data: object.optional(),
});
export type VersionItem = z.infer<typeof versionItem>;
export const versions = z.looseObject({ versions: z.array(versionItem) });

export const health = z.looseObject({ database: z.string(), version: z.string().optional() });
export const settings = z.looseObject({
  namespace: z.string(),
  buildInfo: z.looseObject({ version: z.string() }),
  anonymousEnabled: z.boolean().default(false),
});
export const permissions = z.record(z.string(), z.array(z.string()));
export const counts = z.record(z.string(), z.number());

/** Marks on dashboards. A mark that is no region ends where it begins. */
export const annotations = z.array(
  z.looseObject({
    id: z.number(),
    time: z.number(),
    timeEnd: z.number().default(0),
    text: z.string().default(''),
    tags: z.array(z.string()).nullish(),
  }),
);
export type Annotation = z.infer<typeof annotations>[number];
