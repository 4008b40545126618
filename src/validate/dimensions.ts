/** What divides services, and whether every part of an alert agrees on it. */
import { bindingsOf } from '../metrics/bindings.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { groupBy } from '../model/group-by.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { closest } from './closest.ts';
import { onService } from './on-service.ts';

/** Labels that mean something else, in the metrics or on alerts: a dimension of that name would be written over. */
const TAKEN: ReadonlySet<string> = new Set([
  ...['job', 'instance', 'le', 'namespace', 'pod', 'container', 'pool', 'dependency', 'database', 'family'],
  ...['alertname', 'grafana_folder', 'as_code', 'severity', 'signal', 'system', 'team', 'service'],
]);
/** Series of one rule above which Grafana and people lose sight of them. */
const MANY_SERIES = 50;

/** All that is wrong with the dimensions of a project. */
export function dimensionProblems({ dimensions = [] }: Project): Diagnostic[] {
  if (!Array.isArray(dimensions)) return [];
  const at = (level: Diagnostic['level'], message: string, remedy: string): Diagnostic => ({
    code: 'F022',
    level,
    file: 'grafana.config.ts',
    subject: 'project',
    message,
    remedy,
  });
  const series = dimensions.reduce((product, { values }) => product * (values?.length ?? 1), 1);
  const twice = (texts: readonly string[]) =>
    [...groupBy(texts, (text) => text)].flatMap(([text, same]) => (same.length > 1 ? [text] : []));
  return [
    ...dimensions
      .filter(({ label }) => TAKEN.has(label))
      .map(({ label }) =>
        at(
          'error',
          `has the dimension "${label}", a label that means something else`,
          'Give it another label in Prometheus, such as region or cluster.',
        ),
      ),
    ...twice(dimensions.map(({ label }) => label)).map((label) =>
      at('error', `has the dimension "${label}" twice`, 'State it once.'),
    ),
    ...dimensions.flatMap(({ label, values = [] }) =>
      twice(values).map((value) => at('error', `names "${value}" twice in the dimension "${label}"`, 'State it once.')),
    ),
    ...(series > MANY_SERIES
      ? [
          at(
            'warning',
            `divides every service into ${series} parts, so that a rule may carry as many series`,
            'Leave out a dimension that nobody acts on by itself.',
          ),
        ]
      : []),
  ];
}

/** Dimensions that a binding is said to lack, and that do not exist. */
export function dimensionSlips(each: Service, { dimensions = [] }: Project): Diagnostic[] {
  const known = dimensions.map(({ label }) => label);
  const unknown = new Set(
    bindingsOf(each.metrics).flatMap(({ lacks = [] }) => lacks.filter((one) => !known.includes(one))),
  );
  if (known.length === 0) return [];
  return [...unknown].map((label) => {
    const near = closest(label, known);
    return {
      ...onService(
        'F022',
        each,
        `says that metrics lack the dimension "${label}", which the project does not have`,
        `${near === undefined ? '' : `Did you mean "${near}"? `}Dimensions: ${known.join(', ')}.`,
      ),
      level: 'warning' as const,
    };
  });
}
