/** Time intervals that Grafana would refuse, that silence everything or nothing, or that are not there. */
import type { Diagnostic } from '../model/diagnostic.ts';
import { faultsOf } from '../model/kinds/time-interval.ts';
import { ofKind, type Resource } from '../model/resource.ts';

/** Problems of the time intervals themselves, and of the rules that mute in them. */
export function timeIntervalProblems(resources: readonly Resource[]): readonly Diagnostic[] {
  const all = ofKind(resources, 'time-interval');
  const known = new Set(all.map(({ uid }) => uid));
  const faulty = all.flatMap(({ title, source, timeInterval }) =>
    faultsOf(timeInterval).map(
      ({ path, message }): Diagnostic => ({
        code: 'R018',
        level: 'error',
        file: source,
        subject: `time interval ${title}`,
        message: `${path
          .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
          .join('')
          .slice(1)} ${message}`,
        remedy:
          'Correct it where defineTimeInterval is called: Grafana refuses it, or it would be that time always or never.',
      }),
    ),
  );
  const missing = ofKind(resources, 'rule').flatMap(({ title, source, service, rule: { notification } }) =>
    (notification.muteTimeIntervals ?? [])
      .filter((name) => !known.has(name))
      .map(
        (name): Diagnostic => ({
          code: 'R019',
          level: 'error',
          file: source,
          subject: `alert ${title}${service === undefined ? '' : `, ${service}`}`,
          message: `is muted in the time interval ${name}, which is not among the project's`,
          remedy: 'List it in defineAlerts({ timeIntervals: […] }): Grafana refuses a rule that names another.',
        }),
      ),
  );
  return [...faulty, ...missing];
}
