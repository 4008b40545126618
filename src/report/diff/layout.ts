/** Panels as the HTML report draws them. */
import { isJsonObject, type Json, type JsonObject, jsonEqual } from '../../model/json.ts';

/** A panel's place, and what became of it. */
export interface DrawnPanel {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly title: string;
  readonly row: boolean;
  readonly mark: 'added' | 'removed' | 'changed' | 'moved' | 'same';
}

/** The panels of both versions, each marked by what became of it. */
export function drawnPanels(
  before: Json | undefined,
  after: Json | undefined,
): [readonly DrawnPanel[], readonly DrawnPanel[]] {
  const [old, now] = [panelsIn(before), panelsIn(after)];
  const both = before !== undefined && after !== undefined;
  return [
    [...old].map(([id, panel]) => draw(panel, both ? markOf(panel, now.get(id), 'removed') : 'same')),
    [...now].map(([id, panel]) => draw(panel, both ? markOf(panel, old.get(id), 'added') : 'same')),
  ];
}

function panelsIn(value: Json | undefined): ReadonlyMap<string, JsonObject> {
  const spec = isJsonObject(value) ? value['spec'] : undefined;
  const panels =
    isJsonObject(spec) && Array.isArray(spec['panels']) ? (spec['panels'] as readonly Json[]).filter(isJsonObject) : [];
  return new Map(panels.map((panel) => [String(panel['id']), panel]));
}

function markOf(panel: JsonObject, other: JsonObject | undefined, alone: 'added' | 'removed'): DrawnPanel['mark'] {
  if (other === undefined) return alone;
  const { gridPos: place, ...rest } = panel;
  const { gridPos: otherPlace, ...otherRest } = other;
  if (!jsonEqual(rest as Json, otherRest as Json)) return 'changed';
  return jsonEqual(place, otherPlace) ? 'same' : 'moved';
}

function draw(panel: JsonObject, mark: DrawnPanel['mark']): DrawnPanel {
  const grid = isJsonObject(panel['gridPos']) ? panel['gridPos'] : {};
  const number = (name: string) => (typeof grid[name] === 'number' ? (grid[name] as number) : 0);
  return {
    x: number('x'),
    y: number('y'),
    w: number('w'),
    h: number('h'),
    title: String(panel['title'] ?? ''),
    row: panel['type'] === 'row',
    mark,
  };
}
