import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { PAGER_IN_COMPOSE } from '../../scripts/support/preview/places.ts';
import { project } from '../support/world.ts';

const text = readFileSync('compose.yaml', 'utf8');
const service = z.looseObject({
  image: z.string(),
  user: z.string(),
  cap_drop: z.array(z.string()),
  mem_limit: z.string(),
  environment: z.record(z.string(), z.string()),
  depends_on: z.record(z.string(), z.unknown()).optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
});
const { services } = z.looseObject({ services: z.record(z.string(), service) }).parse(parse(text, { merge: true }));
const all = Object.entries(services);

test('every image stands once, with its version', () => {
  const images = [...text.matchAll(/image: (\S+)/g)].map(([, image]) => image);
  expect(images).toEqual([...new Set(images)]);
  expect(images.length).toBe(3);
  for (const image of images) expect(image).toMatch(/:v?\d+\.\d+\.\d+(-slim)?$/);
});

test.each(all)(
  '%s runs without rights, not as root, and no other machine reaches it',
  (_, { user, cap_drop, ports }) => {
    expect(user).not.toMatch(/^(0|root)(:|$)/);
    expect(cap_drop).toEqual(['ALL']);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  },
);

test('what is mounted from the project can not be written', () => {
  const mounts = all.flatMap(([, { volumes }]) => volumes.filter((volume) => volume.startsWith('./')));
  expect(mounts.length).toBeGreaterThan(2);
  for (const mount of mounts) expect(mount).toMatch(/:ro$/);
});

test('all of it together may use less than 1.5 GB, while the history is written as well as later', () => {
  const megabytes = all.map(([name, { mem_limit }]) => [name, Number(/^(\d+)m$/.exec(mem_limit)?.[1])] as const);
  // Prometheus starts when the history is there.
  expect(services['prometheus']?.depends_on).toMatchObject({
    history: { condition: 'service_completed_successfully' },
  });
  for (const other of ['history', 'prometheus']) {
    const together = megabytes.filter(([name]) => name !== other);
    expect(together.reduce((sum, [, each]) => sum + each, 0)).toBeLessThanOrEqual(1500);
  }
});

test.each(all)('%s uses no proxy that Docker hands on: it would stand between the containers', (_, { environment }) => {
  expect(environment).toMatchObject({ HTTP_PROXY: '', HTTPS_PROXY: '', http_proxy: '', https_proxy: '' });
});

test('the data source is the one that rules ask and dashboards start with', () => {
  const { datasources } = parse(readFileSync('preview/data-source.yaml', 'utf8')) as {
    datasources: { uid: string; name: string; jsonData: { timeInterval: string } }[];
  };
  expect(datasources).toMatchObject([{ ...project.dataSource, jsonData: { timeInterval: project.scrapeInterval } }]);
  const { global } = parse(readFileSync('preview/prometheus.yaml', 'utf8')) as { global: { scrape_interval: string } };
  expect(global.scrape_interval).toBe(project.scrapeInterval);
});

test('the pager listens where notifications go, here and in the containers', () => {
  expect(new URL(PAGER_IN_COMPOSE).pathname).toBe(new URL(project.previewWebhook).pathname);
  expect(Object.keys(services)).toContain(new URL(PAGER_IN_COMPOSE).hostname);
});
