/** The one place where a change becomes words; each format then writes the words in its own way. */
import type { ListElement, Meaning, MeaningChange, MeaningSubject, QueryNote } from '../../model/meaning.ts';
import { formatQuantity } from '../../model/quantity.ts';
import { COMPARED, type Comparison } from '../../model/signal.ts';
import { changedWords, inUnit, isLong, quoted, shownValue } from './values.ts';

/** A piece of a sentence: text, a name that somebody gave, or code. */
export type Word = string | { readonly name: string } | { readonly code: string };
export type Words = readonly Word[];

/** Words as plain text: names in quotation marks, code as it is. */
export function plainWords(words: Words): string {
  return words
    .map((word) => (typeof word === 'string' ? word : 'name' in word ? `"${word.name}"` : word.code))
    .join('');
}

/** What a meaning is about, in plain text; empty for a resource as a whole. @example 'panel "Latency p95"' */
export function subjectText({ about }: Pick<Meaning, 'about'>): string {
  return plainWords(subjectWords(about));
}

/** A change in plain text. @example 'threshold 2 s → 1.5 s' */
export function changeText({ change }: Pick<Meaning, 'change'>): string {
  return plainWords(changeWords(change));
}

export function subjectWords(about: MeaningSubject | undefined): Words {
  if (about === undefined) return [];
  switch (about.what) {
    case 'panel':
    case 'row':
      return [`${about.what} `, { name: about.title }];
    case 'panels':
      return [`${about.count} panels`];
    default:
      return about satisfies never;
  }
}

export function changeWords(change: MeaningChange): Words {
  switch (change.what) {
    case 'added':
      return change.row === undefined ? ['added'] : ['added to row ', { name: change.row }];
    case 'removed':
      return ['removed'];
    case 'new-id':
      return ['has a new id: links to it break'];
    case 'moved-within-row':
      return ['moved within its row'];
    case 'moved-to-row':
      return ['moved from ', ...rowWords(change.from), ' to ', ...rowWords(change.to)];
    case 'moved-row':
      return change.above === undefined
        ? ['moved, now the last row']
        : ['moved, now above row ', { name: change.above }];
    case 'made-room':
      return ['made room for others'];
    case 'folded':
      return [change.folded ? 'collapsed' : 'opened'];
    case 'unstated':
      return ['has settings that the code does not state'];
    case 'stored-differently':
      return ['stored in another way'];
    case 'setting':
      return [`${change.of === undefined ? '' : `${elementText(change.of)}: `}${settingText(change)}`];
    case 'element':
      return [`${elementText(change.element)} ${change.verb}`];
    case 'order':
      return [`order of ${change.list} changed`];
    case 'query':
      return queryWords(change);
    case 'window':
      return [change.notes.map((note) => noteText({ ...note, part: 'window' } as QueryNote)).join(', ')];
    case 'watched-queries':
      return ['asks the changed queries'];
    case 'threshold': {
      const { from, to, unit, fromUnit = unit } = change;
      return [`threshold ${formatQuantity({ unit: fromUnit, value: from })} → ${formatQuantity({ unit, value: to })}`];
    }
    case 'comparison':
      return [`fires ${comparisonText(change.from)} → ${comparisonText(change.to)}`];
    case 'paused':
      return [change.paused ? 'paused: it notifies nobody' : 'not paused any more'];
    case 'runbook':
      return [`runbook ${change.from ?? 'none'} → ${change.to ?? 'none'}`];
    case 'linked-panel':
      return ['linked panel changed'];
    case 'threshold-line':
      return [lineText(change)];
    case 'threshold-colour':
      return [`colour of threshold line ${inUnit(change.value, change.unit)}: ${change.from} → ${change.to}`];
    case 'threshold-lines':
      return ['threshold lines changed'];
    case 'secret-rotated':
      return [`secret of integration ${change.integration} rotated`];
    case 'secret-replaced':
      return [`integration ${change.integration}: ${change.setting} from the secret ${change.from} → ${change.to}`];
    case 'no-resolve-message':
      return ['sends no message when an alert is over, which the code does not say'];
    case 'renamed-uid':
      return [`new UID, was ${change.from}: ${brokenText(change.alert, change.from)}`];
    case 'renamed-service':
      return [`its service was ${change.from ?? 'none'} before: ${brokenText(change.alert, change.uid)}`];
    default:
      return change satisfies never;
  }
}

function rowWords(title: string | undefined): Words {
  return title === undefined ? ['the top'] : ['row ', { name: title }];
}

function elementText({ type, name }: ListElement): string {
  return `${type} ${name}`;
}

function comparisonText(comparison: Comparison): string {
  return COMPARED[comparison] ?? String(comparison);
}

function brokenText(alert: boolean, formerUid: string): string {
  return alert
    ? 'an active alert resolves and fires again, and silences of the old name no longer hold'
    : `links to ${formerUid} break`;
}

function settingText({ name, verb, from, to, unit, prose }: Extract<MeaningChange, { what: 'setting' }>): string {
  const show = (value: NonNullable<typeof from> | null) => {
    if (unit !== undefined && typeof value === 'number') return inUnit(value, unit);
    return prose === true ? quoted(value) : shownValue(value);
  };
  if (verb === 'added') return to === undefined ? `${name} added` : `${name} ${show(to)} added`;
  if (verb === 'removed') return from === undefined ? `${name} removed` : `${name} ${show(from)} removed`;
  if (from === undefined || to === undefined) return `${name} changed`;
  if (isLong(from) || isLong(to)) return `${name} ${changedWords(String(from), String(to))}`;
  return `${name} ${show(from)} → ${show(to)}`;
}

function queryWords({ name, verb, cosmetic, notes }: Extract<MeaningChange, { what: 'query' }>): Words {
  if (cosmetic !== undefined)
    return [`${name} ${cosmetic === 'whitespace' ? 'whitespace only' : 'written in another way'}, the same in meaning`];
  return notes.length === 0 ? [`${name} ${verb}`] : [`${name}: `, { code: notes.map(noteText).join(', ') }];
}

/** One difference of two expressions. @example 'range 5m → 10m' */
export function noteText(note: QueryNote): string {
  // An offset and a branch name themselves.
  const named = (text: string) => (note.part === 'offset' || note.part === 'branch' ? text : `${note.part} ${text}`);
  switch (note.verb) {
    case 'changed':
      return `${named(note.from)} → ${note.to}`;
    case 'added':
      return `${named(note.to)} added`;
    case 'removed':
      return `${named(note.from)} removed`;
    case 'rebuilt':
      return 'put together in another way';
    default:
      return note satisfies never;
  }
}

function lineText({ from, to, fromUnit, toUnit }: Extract<MeaningChange, { what: 'threshold-line' }>): string {
  if (from === undefined) return `threshold line ${inUnit(to ?? 0, toUnit)} added`;
  const line = `threshold line ${inUnit(from, fromUnit)}`;
  return to === undefined ? `${line} removed` : `${line} → ${inUnit(to, toUnit)}`;
}
