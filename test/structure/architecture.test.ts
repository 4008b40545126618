import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROOMS } from '../../scripts/layers/rooms.ts';

const page = readFileSync('docs/architecture.md', 'utf8');

/** The arrows of the first picture: what each room is drawn to import. */
function drawn(): ReadonlyMap<string, ReadonlySet<string>> {
  const [, picture = ''] = /```mermaid\nflowchart TD\n([\s\S]*?)```/.exec(page) ?? [];
  const arrows = new Map<string, Set<string>>();
  for (const line of picture.trim().split('\n')) {
    const [from = [], to = []] = line.split('-->').map((side) => side.split('&').map((room) => room.trim()));
    for (const room of [...from, ...to]) if (!arrows.has(room)) arrows.set(room, new Set());
    for (const room of from) for (const target of to) arrows.get(room)?.add(target);
  }
  return arrows;
}

/** What a room reaches by arrows. */
function reached(room: string, arrows = drawn()): ReadonlySet<string> {
  const found = new Set(arrows.get(room));
  for (const inner of found) for (const next of arrows.get(inner) ?? []) found.add(next);
  return found;
}

const rooms = Object.keys(ROOMS).flatMap((room) => (room.startsWith('src/') ? [room.slice('src/'.length)] : []));

test('the picture of the rooms shows the folders of src, each with its purpose, and no other', () => {
  const folders = readdirSync('src', { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  const described = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, room]) => room);
  expect([...drawn().keys()].sort()).toEqual(folders.sort());
  expect(described.sort()).toEqual(folders);
  expect(rooms.sort()).toEqual(folders);
});

test('every arrow of the picture is allowed', () => {
  for (const [room, targets] of drawn())
    for (const target of targets)
      expect([room, ROOMS[`src/${room}`]]).toEqual([room, expect.arrayContaining([`src/${target}`])]);
});

test('all that is allowed is in the picture', () => {
  for (const room of rooms)
    for (const target of ROOMS[`src/${room}`] ?? [])
      expect([room, [...reached(room)]]).toEqual([room, expect.arrayContaining([target.slice('src/'.length)])]);
});
