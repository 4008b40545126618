import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
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

const scaffold = (facts: Partial<NewService> = {}, system = 'bank') =>
  scaffoldService(
    { id: 'payments', team: 'money', metrics: 'otel', ...facts },
    { project: { ...project, system }, root },
  );
const list = (content: string) => writeFile(join(root, 'services/index.ts'), content);
const text = (name: string) => readFile(join(root, 'services', name), 'utf8');

describe('a new service', () => {
  test('belongs to the project’s own system', async () => {
    expect(await scaffold()).toEqual(['services/payments.ts']);
    expect(await text('payments.ts')).toContain("metrics: otel({ job: 'bank/payments' }),");
    await scaffold({ id: 'b', metrics: 'micrometer' });
    expect(await text('b.ts')).toContain("metrics: micrometer({ job: 'b' }),");
  });

  test('needs no list: without one, nothing but its file is written', async () => {
    await scaffold();
    expect(await readdir(join(root, 'services'))).toEqual(['payments.ts']);
  });

  test.each([
    ['a list', "import { a } from './a.ts';\n\nexport const services = [a];\n", '= [a, payments];'],
    ['an empty list', 'export const services = [];\n', '= [payments];'],
    [
      'a typed list',
      "import type { Service } from '../src/model/service.ts';\nimport { a } from './a.ts';\n\nexport const services: readonly Service[] = [a];\n",
      ': readonly Service[] = [a, payments];',
    ],
    [
      'an empty typed list',
      "import type { Service } from '../src/model/service.ts';\n\nexport const services: Service[] = [\n];\n",
      ': Service[] = [payments];',
    ],
    ['a list over lines', "import { a } from './a.ts';\n\nexport const services = [\n  a,\n];\n", '= [a, payments];'],
    [
      'a list with a comment',
      "import { a } from './a.ts';\n\nexport const services = [\n  a // the edge\n];\n",
      '= [\n  payments,\n  a // the edge\n];',
    ],
  ])('is added to %s', async (_, before, after) => {
    await list(before);
    expect(await scaffold()).toEqual(['services/payments.ts', 'services/index.ts']);
    const written = await text('index.ts');
    expect(written).toContain(after);
    expect(written).toContain("import { payments } from './payments.ts';");
    for (const line of before.split('\n').filter((each) => each.startsWith('import'))) expect(written).toContain(line);
  });

  test('keeps the line ends of the list', async () => {
    await list("import { a } from './a.ts';\r\n\r\nexport const services = [a];\r\n");
    await scaffold();
    expect((await text('index.ts')).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test.each(['con', 'aux', 'nul', 'com1', 'lpt9', 'index'])('is never called %s', async (id) => {
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

  test('is not written where the list cannot be read', async () => {
    await list('export const services = all();\n');
    await expect(scaffold()).rejects.toMatchObject({
      code: 'C008',
      message: expect.stringContaining('cannot be listed'),
    });
    expect(await readdir(join(root, 'services'))).toEqual(['index.ts']);
  });
});
