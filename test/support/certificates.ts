/** Certificates of servers on this machine, made by openssl; undefined where it is not installed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** The PEM file of the certificate, which is its own authority. */
  readonly file: string;
}

export interface Certificates {
  /** For 127.0.0.1 and behind.example, and nobody else vouches for it. */
  readonly good: Certificate;
  /** For 127.0.0.1, until yesterday. */
  readonly expired: Certificate;
  /** For other.example. */
  readonly elsewhere: Certificate;
  readonly remove: () => void;
}

export function makeCertificates(): Certificates | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const make = (name: string, host: string, days: number): Certificate => {
    const [key, request, extension, file] = ['key', 'request', 'extension', 'cert'].map((part) =>
      join(folder, `${name}-${part}.pem`),
    ) as [string, string, string, string];
    writeFileSync(extension, `subjectAltName=${host}\n`);
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', '-new', ...curve, '-subj', '/CN=test', '-keyout', key, '-out', request);
    openssl(
      'x509',
      '-req',
      '-in',
      request,
      '-signkey',
      key,
      '-days',
      String(days),
      '-extfile',
      extension,
      '-out',
      file,
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(file, 'utf8'), file };
  };
  try {
    return {
      good: make('good', 'IP:127.0.0.1,DNS:behind.example', 2),
      expired: make('expired', 'IP:127.0.0.1', -1),
      elsewhere: make('elsewhere', 'DNS:other.example', 2),
      remove,
    };
  } catch {
    remove();
    process.stderr.write('skipped: tests of TLS make certificates with openssl, which is not here or another one\n');
    return undefined;
  }
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' });
}
