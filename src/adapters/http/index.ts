export { download } from './download.ts';
export type { ServerName } from './explain.ts';
export { failureOf } from './failure.ts';
export {
  BUSY,
  type Credential,
  DEADLINE,
  type Http,
  type HttpAnswer,
  openHttp,
  type Revealed,
  TRIES,
} from './http.ts';
export { type Page, readPages } from './pages.ts';
export { openPassage, type Passage, type PassageAnswer, type PassageRequest } from './passage.ts';
export { createRedactor, type Redactor } from './redactor.ts';
export type { HttpAdapter } from './transport.ts';
export { createHttpWorld, type HttpWorld } from './world.ts';
