/** Which series a group of rules reads, by the selectors of its expressions. */

import { bindingsOf } from '../metrics/bindings.ts';
import type { MetricProfile } from '../model/metrics.ts';
import { matchersOf, metricOf, promqlTree } from '../model/promql-tree.ts';
import type { Service } from '../model/service.ts';
import { type Labels, matcherParts } from '../scenario/index.ts';
import { SIGNAL_METRIC } from './test-file.ts';

/** What a series has to have to be selected. More may be asked for: better a series too many than one too few. */
interface Selector {
  /** Undefined where it is not written out. */
  readonly metric: string | undefined;
  readonly equal: readonly (readonly [label: string, value: string])[];
}

/** What rules read. */
export interface Selection {
  /** Whether a series is read, by its name and all of its labels. */
  readonly reads: (name: string, labels: Labels) => boolean;
  /** The services that some of the series may belong to. */
  readonly services: (all: readonly Service[]) => readonly Service[];
  /** Whether anything is read at all: `vector(1)` reads nothing. */
  readonly any: boolean;
  /** Whether it may read what other rules of its group make, so that it means nothing without them. */
  readonly others: boolean;
}

/**
 * What an expression, or several, reads.
 *
 * @example selectionOf(['up{job="a"} == 0']).reads('up', { job: 'b' }) // false
 */
export function selectionOf(expressions: readonly string[]): Selection {
  const known = expressions.map(selectorsOf);
  // Where one cannot be read, promtool says what is wrong with it; until then it may read anything.
  const all = known.some((selectors) => selectors === undefined);
  const selectors = known.flatMap((one) => one ?? []);
  const mayBe = ({ name, labels }: Family) =>
    selectors.some(
      ({ metric, equal }) =>
        (metric === undefined || metric.startsWith(name)) &&
        equal.every(([label, value]) => labels[label] === undefined || labels[label] === value),
    );
  return {
    reads: (name, labels) =>
      all ||
      selectors.some(
        ({ metric, equal }) =>
          (metric === undefined || metric === name) && equal.every(([label, value]) => (labels[label] ?? '') === value),
      ),
    services: (services) => (all ? services : services.filter(({ metrics }) => familiesOf(metrics).some(mayBe))),
    any: all || selectors.length > 0,
    others: all || selectors.some(({ metric }) => metric === undefined || MADE_BY_RULES.includes(metric)),
  };
}

const MADE_BY_RULES: readonly string[] = ['ALERTS', 'ALERTS_FOR_STATE', SIGNAL_METRIC];

/** The selectors of an expression; undefined where it is not understood. */
function selectorsOf(expression: string): readonly Selector[] | undefined {
  const { text, root, broken } = promqlTree(expression);
  // `info()` reads series that it does not name.
  if (root === undefined || broken.length > 0 || /\binfo\s*\(/.test(text)) return undefined;
  const selectors: Selector[] = [];
  root.cursor().iterate(({ name, node }) => {
    if (name !== 'VectorSelector') return;
    const matchers = matchersOf(node, text).flatMap(equality);
    const byName = matchers.find(([label]) => label === '__name__')?.[1];
    selectors.push({
      metric: metricOf(node, text) ?? byName,
      equal: matchers.filter(([label]) => label !== '__name__'),
    });
  });
  return selectors;
}

/** The label and value of an equality; others are left to promtool. */
function equality(matcher: string): readonly (readonly [string, string])[] {
  const parts = matcherParts(matcher);
  return parts?.operator === '=' ? [[parts.label, parts.value]] : [];
}

/** A family of series: how their names begin, and the labels that they have at least. Others may become anything. */
interface Family {
  readonly name: string;
  readonly labels: Labels;
}

function familiesOf(metrics: MetricProfile): readonly Family[] {
  return bindingsOf(metrics).map(({ name, matchers }) => ({
    name,
    labels: Object.fromEntries(matchers.flatMap(equality)),
  }));
}
