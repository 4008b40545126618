/** Which proxy leads to an address, by the variables that everybody sets. */

import { BlockList, isIP } from 'node:net';
import { refused } from '../../model/explained-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy, and the variable that names it. */
export interface ProxyAddress {
  readonly url: URL;
  /** @example 'HTTPS_PROXY' */
  readonly variable: string;
}

/** This machine itself: no proxy leads there, and nothing sent there is in the clear on a network. */
export function isLoopback(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])$/i.test(host);
}

/**
 * The proxy for an address: `https_proxy` or `http_proxy` by its scheme, else `all_proxy`, small letters before
 * capitals; none for this machine and for what `no_proxy` names: hosts with all below them, `.domain` or `*.domain`,
 * addresses, networks such as 10.0.0.0/8, each with or without a port, and `*` for all.
 *
 * @throws ExplainedError C003 (usage) where the variable holds no http or https address.
 *
 * @example proxyFor(new URL('https://grafana.example.com'), { HTTPS_PROXY: 'http://proxy:3128' })
 */
export function proxyFor(target: URL, environment: Environment): ProxyAddress | undefined {
  if (isLoopback(target.hostname)) return undefined;
  const scheme = target.protocol.replace(':', '');
  const names = [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`, 'all_proxy', 'ALL_PROXY'];
  const variable = names.find((name) => (environment[name] ?? '').trim() !== '');
  if (variable === undefined || isExcepted(target, environment['no_proxy'] ?? environment['NO_PROXY'] ?? '')) {
    return undefined;
  }
  const text = (environment[variable] ?? '').trim();
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    // Not the value: it may hold a password.
    throw refused('C003', variable, 'is not an http or https address', `Set it as in ${variable}=http://proxy:3128`);
  }
  return { url, variable };
}

function isExcepted(target: URL, list: string): boolean {
  const host = target.hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const port = target.port === '' ? (target.protocol === 'https:' ? '443' : '80') : target.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, bracketed, plain, onlyPort] = /^(?:\[([^\]]+)\]|([^:]+|[\da-f]*:[\da-f:/]*))(?::(\d+))?$/.exec(entry) ?? [];
  const name = bracketed ?? plain ?? entry;
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (isIP(host) !== 0) return isInNetwork(host, name);
  const domain = name.replace(/^\*?\./, '');
  return (host === domain && !/^\*?\./.test(name)) || host.endsWith(`.${domain}`);
}

function isInNetwork(host: string, entry: string): boolean {
  const [network = '', bits] = entry.split('/');
  const family = isIP(network);
  if (family === 0 || family !== isIP(host)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const prefix = bits === undefined ? (family === 4 ? 32 : 128) : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, type);
  return list.check(host, type);
}
