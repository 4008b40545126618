import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { planJsonSchema } from '../../src/report/plan/schema.ts';

const page = readFileSync('docs/plan-json.md', 'utf8');

test('the example in docs/plan-json.md is a plan by the schema', () => {
  const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  expect(planJsonSchema.safeParse(JSON.parse(example)).error).toBeUndefined();
});

test('docs/plan-json.md names every field of the schema', () => {
  const fields = [...Object.keys(planJsonSchema.shape), ...Object.keys(planJsonSchema.shape.outcome.unwrap().shape)];
  expect(fields.filter((field) => !page.includes(`\`${field}`))).toEqual([]);
});
