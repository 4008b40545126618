/** Sends axios' requests straight to a fake, without sockets: thousands of them a second. */
import { type AxiosAdapter, AxiosError, AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import type { FakeGrafana } from './index.ts';

/** What happens to a request instead of being answered. */
export type Fault =
  | 'reset before'
  | 'reset after'
  | 'timeout'
  | '429'
  | '500 locked'
  | '502'
  | '503'
  | '409'
  | 'truncated'
  | 'killed before'
  | 'killed after';

export const FAULTS: readonly Fault[] = [
  'reset before',
  'reset after',
  'timeout',
  '429',
  '500 locked',
  '502',
  '503',
  '409',
  'truncated',
  'killed before',
  'killed after',
];

/** Stands for a process that is gone: no code of ours runs after it. */
export class Killed extends Error {}

/** @param faultOf the fault of the nth request, counted from 0 */
export function adapterTo(
  fake: FakeGrafana,
  faultOf: (request: number, method: string) => Fault | undefined = () => undefined,
): AxiosAdapter {
  let count = 0;
  let dead = false;
  return async (config) => {
    if (dead) throw new Killed('killed');
    const method = (config.method ?? 'get').toUpperCase();
    const fault = faultOf(count, method);
    count += 1;
    const before = beforehand(config, fault);
    if (before !== undefined) {
      if (before instanceof Killed) dead = true;
      if (before instanceof Error) throw before;
      return before;
    }
    const url = `${config.baseURL ?? ''}${config.url ?? ''}`;
    const body = config.data === undefined ? {} : { body: String(config.data) };
    const response = await fake.app.request(url, {
      method,
      headers: config.headers.toJSON() as Record<string, string>,
      ...body,
    });
    const text = await response.text();
    if (fault === 'reset after') throw new AxiosError('socket hang up', 'ECONNRESET', config);
    if (fault === 'timeout') throw new AxiosError('timeout of 30000ms exceeded', 'ECONNABORTED', config);
    if (fault === 'killed after') {
      dead = true;
      throw new Killed('killed');
    }
    return answer(
      config,
      response.status,
      fault === 'truncated' ? text.slice(0, Math.floor(text.length / 2)) : text,
      Object.fromEntries(response.headers),
    );
  };
}

function beforehand(config: InternalAxiosRequestConfig, fault: Fault | undefined) {
  switch (fault) {
    case 'reset before':
      return new AxiosError('socket hang up', 'ECONNRESET', config);
    case 'killed before':
      return new Killed('killed');
    case '429':
      return answer(config, 429, '{"message":"too many requests"}', { 'retry-after': '1' });
    case '500 locked':
      return answer(config, 500, '{"message":"database is locked"}');
    case '502':
      return answer(config, 502, '<html>Bad gateway</html>');
    case '503':
      return answer(config, 503, '');
    case '409':
      return answer(config, 409, '{"message":"conflict"}');
    default:
      return undefined;
  }
}

function answer(
  config: InternalAxiosRequestConfig,
  status: number,
  data: string,
  headers: Record<string, string> = {},
) {
  return { data, status, statusText: '', headers: AxiosHeaders.from(headers), config };
}
