/** The process in the simulator's container. It has no tool beside it: nothing but Node 24, which strips types. */
import { parseArgs } from 'node:util';
import { services } from '../services/index.ts';
import { defineCatalog } from '../src/model/service.ts';
import { beginningOf, createSimulator, previewScenario, startRun } from '../src/preview/index.ts';
import { project } from '../src/project.ts';
import type { TimeOfDay } from '../src/scenario/index.ts';
import { ended } from './ended.ts';
import { serve } from './serve.ts';

const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:9464' },
    scenario: { type: 'string', default: 'healthy' },
    from: { type: 'string', default: '' },
    now: { type: 'string', default: '' },
  },
});
const seconds = () => Date.now() / 1000;
const scenario = previewScenario(values.scenario);
if (scenario === undefined) throw new Error(`no scenario "${values.scenario}"`);
const from = values.from === '' ? beginningOf(scenario) : (values.from as TimeOfDay);
const now = values.now === '' ? seconds() : Number(values.now);
const simulator = createSimulator(startRun(scenario, from, now), { catalog: defineCatalog(services), project });
await serve(
  {
    'GET /metrics': async () => ({ type: simulator.contentType, body: await simulator.metrics(seconds()) }),
    'GET /history/recent': () => ({ body: simulator.recent(seconds()) }),
    'GET /history/incident': () => ({ body: simulator.incident() }),
  },
  values.listen,
  ended,
);
