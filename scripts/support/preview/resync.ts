/** One sync to the running preview, in a process of its own: modules that are loaded stay as they were. */
import { runAction } from '../command.ts';
import { configuration } from '../configuration.ts';
import { EXIT } from '../exit-codes.ts';
import { connectionTo, PAGER_IN_COMPOSE, placesOf } from './places.ts';
import { syncPreview } from './sync.ts';

await runAction(async () => {
  const { outcome, text } = await syncPreview(connectionTo(placesOf(configuration({}))), PAGER_IN_COMPOSE);
  process.stderr.write(`${text}\n`);
  return outcome === 'invalid' ? EXIT.failure : outcome === 'partial' ? EXIT.partial : EXIT.success;
});
