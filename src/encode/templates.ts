import type { Unit } from '../model/quantity.ts';
import { isKnownSignal, SIGNAL_UNITS } from '../model/signal.ts';

/** How a target names the value of an alert in its templates. */
export type Dialect = 'grafana' | 'prometheus';

/** The query's reference in a Grafana rule; its value is what people want to read, not the condition's 0 or 1. */
export const QUERY_REF = 'A';
export const CONDITION_REF = 'B';

const LABEL = /\{\{label:([A-Za-z_][A-Za-z0-9_]*)\}\}/g;
const TEMPLATED_LABEL = /\{\{ \$labels\.([A-Za-z_][A-Za-z0-9_]*) \}\}/g;

/** Writes the placeholders of an annotation in a target's template language. */
export function encodeText(text: string, unit: Unit, dialect: Dialect): string {
  return text.replaceAll('{{value}}', valueTemplate(unit, dialect)).replace(LABEL, '{{ $$labels.$1 }}');
}

/** The way back: what we wrote becomes placeholders again, anything else stays as it is. */
export function decodeText(text: string, unit: Unit, dialect: Dialect): string {
  return text.replaceAll(valueTemplate(unit, dialect), '{{value}}').replace(TEMPLATED_LABEL, '{{label:$1}}');
}

/**
 * The unit of a rule by the label of its signal; of a project's own signal by how its texts write the value, and a plain
 * number where they do not.
 */
export function unitOfRule(signal: string, texts: readonly string[], dialect: Dialect): Unit {
  if (isKnownSignal(signal)) return SIGNAL_UNITS[signal];
  return UNITS.find((unit) => texts.some((text) => text.includes(valueTemplate(unit, dialect)))) ?? 'count';
}

const UNITS: readonly Unit[] = ['ratio', 'seconds', 'factor', 'count'];

function valueTemplate(unit: Unit, dialect: Dialect): string {
  if (dialect === 'prometheus') return `{{ ${formatted(unit, '$value')} }}${suffix(unit)}`;
  // Grafana renders annotations without data too, and logs an error where a function meets a missing value.
  return `{{ with $values.${QUERY_REF} }}{{ ${formatted(unit, '.Value')} }}${suffix(unit)}{{ else }}(no data){{ end }}`;
}

function formatted(unit: Unit, value: string): string {
  switch (unit) {
    case 'ratio':
      return `humanizePercentage ${value}`;
    case 'seconds':
      return `humanizeDuration ${value}`;
    case 'count':
      return `printf "%.0f" ${value}`;
    case 'factor':
      return `printf "%.1f" ${value}`;
    default:
      return unit satisfies never;
  }
}

function suffix(unit: Unit): string {
  return unit === 'factor' ? ' times' : '';
}
