import { runProcess } from '../src/cli/process.ts';

await runProcess('forget');
