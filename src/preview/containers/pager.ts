/** The process in the pager's container. */
import { parseArgs } from 'node:util';
import { pagerRoutes } from '../index.ts';
import { ended } from './ended.ts';
import { serve } from './serve.ts';

const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:9096' },
    grafana: { type: 'string', default: 'http://127.0.0.1:3000' },
  },
});
await serve(
  pagerRoutes(values.grafana, () => new Date()),
  values.listen,
  ended,
);
