export { type DownloadOptions, download } from './download.ts';
export type { ServerName } from './explain.ts';
export { failureOf } from './failure.ts';
export {
  type Ask,
  BUSY,
  type Credential,
  DEADLINE,
  type Http,
  type HttpAnswer,
  type Method,
  openHttp,
  type Revealed,
  TRIES,
} from './http.ts';
export { type Page, readPages } from './pages.ts';
export { openPassage, type Passage, type PassageAnswer, type PassageRequest } from './passage.ts';
export { createRedactor, REDACTED, type Redactor } from './redactor.ts';
export { createHttpWorld, type HttpWorld } from './world.ts';
