/** HTTPS through a proxy: the proxy passes on what it cannot read. */

import { type ClientRequest, request as httpRequest } from 'node:http';
import { Agent, type AgentOptions, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect } from 'node:tls';
import { HttpFailure } from './failure.ts';

type Connected = (error: Error | null, socket?: Duplex) => void;

/**
 * An agent whose connections are asked of a proxy by CONNECT. Own code, because the agents on npm replay what the proxy
 * says as the server's answer, so that nobody can tell whose 403 it is, and keep a silent proxy's socket for ever.
 *
 * @param proxy http or https; its user and password go to the proxy only
 * @param timeout milliseconds for the proxy to connect
 */
export function createTunnel(proxy: URL, timeout: number, options: AgentOptions): Agent {
  const agent = new Agent(options);
  const createConnection = (target: ConnectionOptions, connected: Connected): undefined => {
    const place = `${target.host?.includes(':') === true ? `[${target.host}]` : target.host}:${target.port}`;
    const asked = askProxy(proxy, place, options);
    const timer = setTimeout(() => asked.destroy(new Error('timeout')), timeout);
    const ended = (error: Error | null, socket?: Duplex): void => {
      clearTimeout(timer);
      connected(error, socket);
    };
    asked.once('connect', (answer, socket: Socket) => {
      if (answer.statusCode === 200) {
        ended(null, connect({ ...target, ...options, path: undefined, socket }));
        return;
      }
      socket.destroy();
      const wantsLogin = answer.statusCode === 407;
      ended(new HttpFailure(wantsLogin ? 'proxy wants a login' : 'proxy refuses', `${answer.statusCode}`));
    });
    asked.once('error', (error) => ended(error));
    asked.end();
    return undefined;
  };
  return Object.assign(agent, { createConnection });
}

function askProxy(proxy: URL, place: string, { ca }: AgentOptions): ClientRequest {
  const login = proxyLogin(proxy);
  return (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : proxy.port,
    method: 'CONNECT',
    path: place,
    agent: false,
    headers: {
      host: place,
      ...(login === undefined ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
    },
    ...(proxy.protocol === 'https:' && ca !== undefined ? { ca } : {}),
  });
}

/** `user:password` of the proxy's address, as they were before the address encoded them. */
export function proxyLogin({ username, password }: URL): string | undefined {
  return username === '' && password === '' ? undefined : `${decoded(username)}:${decoded(password)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
