import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type NewService, scaffoldService } from '../../src/app/new-service.ts';
import { project } from '../support/world.ts';

let root = '';
beforeEach(async () => {
  root = `${await mkdtemp(join(tmpdir(), 'new-service-'))}/`;
  await mkdir(join(root, 'services'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
});

const scaffold = (facts: Partial<NewService> = {}, system = 'acme') =>
  scaffoldService(
    { id: 'payments', team: 'money', metrics: 'otel', ...facts },
    { project: { ...project, system }, root },
  );
const text = (name: string) => readFile(join(root, 'services', name), 'utf8');

describe('a new service', () => {
  test('belongs to the project’s own system', async () => {
    expect(await scaffold()).toEqual(['services/payments.ts']);
    expect(await text('payments.ts')).toContain("metrics: otel({ job: 'acme/payments' }),");
    await scaffold({ id: 'b', metrics: 'micrometer' });
    expect(await text('b.ts')).toContain("metrics: micrometer({ job: 'b' }),");
  });

  test('needs no list: nothing but its file is written', async () => {
    await scaffold();
    expect(await readdir(join(root, 'services'))).toEqual(['payments.ts']);
  });

  test.each(['con', 'aux', 'nul', 'com1', 'lpt9'])('is never called %s', async (id) => {
    await expect(scaffold({ id })).rejects.toMatchObject({ code: 'C008', kind: 'usage' });
    expect(await readdir(join(root, 'services'))).toEqual([]);
  });

  test('is never written through a link, nor over a file', async () => {
    await symlink(join(root, 'elsewhere.ts'), join(root, 'services/payments.ts'));
    await expect(scaffold()).rejects.toMatchObject({ code: 'C008' });
    await rm(join(root, 'services'), { recursive: true });
    await mkdir(join(root, 'elsewhere'));
    await symlink(join(root, 'elsewhere'), join(root, 'services'));
    await expect(scaffold()).rejects.toThrow('is a symbolic link');
    expect(await readdir(join(root, 'elsewhere'))).toEqual([]);
  });
});
