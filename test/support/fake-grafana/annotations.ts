/** Annotations of the organisation, those without a dashboard. */
import type { Context, Hono } from 'hono';
import { denied, reply } from './reply.ts';
import type { Account } from './state.ts';

interface FakeAnnotation {
  readonly id: number;
  readonly time: number;
  readonly timeEnd: number;
  readonly text: string;
  readonly tags: readonly string[];
}

export function annotationRoutes(app: Hono, accountOf: (context: Context) => Account): void {
  const all = new Map<number, FakeAnnotation>();
  let count = 0;

  const write = async (context: Context, id: number): Promise<Response> => {
    if (accountOf(context) === 'viewer') return denied(context, 'annotations:create');
    const { time, timeEnd = 0, text = '', tags = [] } = (await context.req.json()) as Partial<FakeAnnotation>;
    if (text === '') return reply(context, 400, { message: 'Failed to save annotation' });
    const begin = time ?? Date.now();
    all.set(id, { id, time: begin, timeEnd: timeEnd === 0 ? begin : timeEnd, text, tags: tags.map(stored) });
    return reply(context, 200, { id, message: 'Annotation added' });
  };

  app.get('/api/annotations', (context) => {
    const tags = context.req.queries('tags') ?? [];
    const limit = Number(context.req.query('limit') ?? 100);
    const [from, to] = [Number(context.req.query('from') ?? 0), Number(context.req.query('to') ?? 0)];
    const inRange = ({ time, timeEnd }: FakeAnnotation) => from === 0 || to === 0 || (time <= to && timeEnd >= from);
    const found = [...all.values()]
      .filter((one) => inRange(one) && tags.every((tag) => one.tags.includes(stored(tag))))
      .sort((left, right) => right.timeEnd - left.timeEnd)
      .slice(0, limit);
    return reply(context, 200, found);
  });
  app.post('/api/annotations', (context) => {
    count += 1;
    return write(context, count);
  });
  app.put('/api/annotations/:id', (context) => write(context, Number(context.req.param('id'))));
}

/** A key and a value: what stands behind a second colon is lost. */
function stored(tag: string): string {
  return tag
    .split(':')
    .slice(0, 2)
    .map((part) => part.trim())
    .join(':');
}
