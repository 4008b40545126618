/** Facts that are right in form and most likely meant otherwise: warnings with what was probably meant. */
import type { Diagnostic } from '../model/diagnostic.ts';
import { type Duration, toSeconds } from '../model/duration.ts';
import { formatQuantity, type Quantity } from '../model/quantity.ts';
import { defaultThresholds, dependencyAddress, type Service, type Thresholds } from '../model/service.ts';
import { closest } from './closest.ts';
import { onService } from './on-service.ts';

/** A hundredth of the default, and a little more: percent(0.9) for 90 % stands beside a default of 75 %. */
const FAR_BELOW = 0.0151;
const FAR_ABOVE = 100;
/** Three hours for three minutes. */
const LONG = 60;
const MEBIBYTE = 1024 ** 2;
/** Near all of something: "fires when 99 % fail", or "when there is less traffic than nearly always". */
const NEAR_ALL = 0.95;
/** Usual values below are for shares that are not near all themselves. */
const HALF = 0.5;
/** No instance has as many connections, or as many that wait for one: 2^31 - 1 is how programs say "no limit". */
const MANY_CONNECTIONS = 10_000;
const MANY_WAITING = 1_000;
/** Latency varies by more than that from hour to hour. */
const NOISE = 1.2;

/** All slips in the facts of a service. */
export function slips(each: Service): Diagnostic[] {
  return [...thresholdSlips(each), ...limitSlips(each), ...poolSlips(each), ...addressSlips(each)];
}

function slip(each: Service, message: string, remedy: string): Diagnostic {
  return { ...onService('F016', each, message, remedy), level: 'warning' };
}

function thresholdSlips(each: Service): Diagnostic[] {
  return (Object.keys(each.thresholds) as (keyof Thresholds)[]).flatMap((key) => {
    const usual = defaultThresholds[key] as Readonly<Record<string, Duration | Quantity>>;
    return Object.entries(each.thresholds[key] as Readonly<Record<string, Duration | Quantity>>).flatMap(
      ([field, value]) => {
        const normal = usual[field];
        const place = `thresholds.${key}.${field}`;
        if (normal === undefined || typeof value !== typeof normal) return [];
        if (typeof value === 'string' || typeof normal === 'string') {
          if (typeof value !== 'string' || typeof normal !== 'string') return [];
          if (toSeconds(value) < LONG * toSeconds(normal)) return [];
          return [
            slip(
              each,
              `waits ${value} in ${place}, where ${normal} is usual`,
              `Did you mean "${value.slice(0, -1)}${normal.at(-1) ?? 'm'}"? Until then nobody is notified.`,
            ),
          ];
        }
        const meant = meantBy(value, normal);
        if (meant === undefined) return [];
        return [
          slip(
            each,
            `has ${place} = ${formatQuantity(value)}, where ${formatQuantity(normal)} is usual`,
            `Did you mean ${meant}?`,
          ),
        ];
      },
    );
  });
}

/** What was most likely meant by a value far from the usual one, as it is written. */
function meantBy({ unit, value }: Quantity, { value: usual }: Quantity): string | undefined {
  if (value <= 0 || usual <= 0) return undefined;
  const [low, high] = [value <= usual * FAR_BELOW, value >= usual * FAR_ABOVE];
  const plain = (number: number) => String(Number(number.toPrecision(6)));
  switch (unit) {
    case 'ratio':
      if (low) return `percent(${plain(value * 10_000)})`;
      return value >= NEAR_ALL && usual <= HALF ? `percent(${plain(usual * 100)})` : undefined;
    case 'seconds':
      if (high) return `milliseconds(${plain(value)})`;
      return low ? `seconds(${plain(value * 1000)})` : undefined;
    case 'factor':
      if (value < NOISE) return `times(${plain(1 + value)})`;
      return high ? `times(${plain(value / 100)})` : undefined;
    case 'count':
      return undefined;
    default:
      return unit satisfies never;
  }
}

/** Cores for millicores, bytes for megabytes. */
function limitSlips(each: Service): Diagnostic[] {
  const { cpu, memory } = each.metrics;
  const problems: Diagnostic[] = [];
  if (cpu?.kind === 'process-seconds' && cpu.limitCores >= 100)
    problems.push(
      slip(
        each,
        `has a CPU limit of ${cpu.limitCores} cores for one instance`,
        `Did you mean ${cpu.limitCores / 1000}? It is in cores, not millicores.`,
      ),
    );
  if (memory?.kind === 'declared' && memory.limitBytes < MEBIBYTE)
    problems.push(
      slip(
        each,
        `has a memory limit of ${memory.limitBytes} bytes for one instance`,
        `Did you mean ${memory.limitBytes} * 1024 ** 2? It is in bytes.`,
      ),
    );
  return problems;
}

/** Limits that nothing reaches: their alerts are silent. */
function poolSlips(each: Service): Diagnostic[] {
  const { value } = each.thresholds.poolWaiting.above;
  return [
    ...each.pools
      .filter(({ maxConnections }) => maxConnections !== 'unlimited' && maxConnections > MANY_CONNECTIONS)
      .map(({ name, maxConnections }) =>
        slip(
          each,
          `has the pool "${name}" with ${maxConnections} connections for one instance, so that it never reads as full`,
          "Give the most that it can open, or that its database allows; 'unlimited' where it has no maximum to be near.",
        ),
      ),
    ...(value < MANY_WAITING || each.pools.every(({ kind }) => kind !== 'database')
      ? []
      : [
          slip(
            each,
            `has thresholds.poolWaiting.above = ${value}, and so many never wait`,
            'Did you mean count(0)? One that waits is the sign.',
          ),
        ]),
  ];
}

/** An address is compared with a label's value: a scheme never stands there, and nobody calls what is no dependency. */
function addressSlips(each: Service): Diagnostic[] {
  const addresses = each.dependencies.map(dependencyAddress);
  const pools = each.pools.flatMap((pool) =>
    pool.kind === 'http' && pool.address !== undefined ? [pool.address] : [],
  );
  const urls = [...addresses, ...pools].filter((address) => /^[a-z][a-z0-9+.-]*:\/\//i.test(address));
  const strange = pools.filter((address) => !addresses.includes(address) && !urls.includes(address));
  return [
    ...[...new Set(urls)].map((address) =>
      slip(
        each,
        `has the address "${address}", and metrics carry a host without a scheme`,
        `Did you mean "${address.replace(/^[^:]*:\/\//, '').replace(/[/:].*$/, '')}"?`,
      ),
    ),
    ...strange.map((address) => {
      const near = closest(address, addresses);
      return slip(
        each,
        `has an http pool for "${address}", which is none of its dependencies, so that the pool may never be seen`,
        `${near === undefined ? '' : `Did you mean "${near}"? `}Dependencies: ${addresses.join(', ') || 'none'}.`,
      );
    }),
  ];
}
