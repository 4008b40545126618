/** What listens and answers on this machine. No proxy stands between. */
import { get } from 'node:http';
import { connect } from 'node:net';

/** Tests have their own. */
export interface ThisMachine {
  /** Whether something listens on a port. */
  listens(port: number): Promise<boolean>;
  /** Whether an address answers with 200 within two seconds. */
  answers(url: string): Promise<boolean>;
}

export const thisMachine: ThisMachine = {
  listens: (port) =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, timeout: 1000 });
      const answer = (taken: boolean): void => {
        socket.destroy();
        resolve(taken);
      };
      socket
        .once('connect', () => answer(true))
        .once('error', () => answer(false))
        .once('timeout', () => answer(false));
    }),
  answers: (url) =>
    new Promise((resolve) => {
      // An agent of its own leads past every proxy; the signal ends what drips as well as what is silent.
      const request = get(url, { agent: false, signal: AbortSignal.timeout(2000) }, (response) => {
        resolve(response.statusCode === 200);
        response.destroy();
      });
      request.once('error', () => resolve(false));
    }),
};
