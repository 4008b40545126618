/** The process in the simulator's container. It has no tool beside it: nothing but Node 24, which strips types. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createSimulator, parseSimulated } from '../index.ts';
import { ended } from './ended.ts';
import { serve } from './serve.ts';

const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:9464' },
    simulated: { type: 'string', default: 'simulated.json' },
  },
});
const seconds = () => Date.now() / 1000;
const simulator = createSimulator(parseSimulated(readFileSync(values.simulated, 'utf8')));
await serve(
  {
    'GET /metrics': async () => ({ type: simulator.contentType, body: await simulator.metrics(seconds()) }),
    'GET /history/recent': () => ({ body: simulator.recent(seconds()) }),
    'GET /history/past': () => ({ body: simulator.past() }),
  },
  values.listen,
  ended,
);
