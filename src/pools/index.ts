export { sizePools } from './measure.ts';
