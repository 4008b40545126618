/**
 * How people call the engine's commands: by scripts of npm where the project has them, else by the package's program.
 * Texts name a command as `npm run NAME -- OPTIONS`, and it is said the project's way where they leave for people.
 */

/** The package, and its program. */
export const ENGINE = 'grafana-as-code';

/**
 * By command: the project's script that runs it; undefined where it has none. Commands that are not in here are said as
 * they are written, and so are all where there is no form.
 *
 * @example { plan: 'plan', sync: 'grafana:sync', render: undefined }
 */
export type CommandForm = Readonly<Record<string, string | undefined>>;

/** What may be written in a text, and the spaces and dashes around. */
const CALL = /\bnpm run (-s )?([a-z][a-z-]*(?::[a-z][a-z-]*)*)( --(?= |$))?/g;
/** A document of JSON, whose values are other people's texts. */
const DOCUMENT = /^[{[]\s*["{[]/;
/** What the engine itself says in one. */
const REMEDY = /^ *"remedy": .*$/gm;

/**
 * A text with its commands as the project calls them. Of a JSON document only remedies are texts of the engine; all
 * else stays as it is.
 *
 * @example sayCommands('Make it: npm run plan -- --save FILE', { plan: undefined }) // 'Make it: npx grafana-as-code plan --save FILE'
 */
export function sayCommands(text: string, form: CommandForm | undefined): string {
  if (form === undefined) return text;
  if (DOCUMENT.test(text)) return text.replace(REMEDY, (line) => inForm(line, form));
  return inForm(text, form);
}

function inForm(text: string, form: CommandForm): string {
  return text.replace(CALL, (said: string, silent = '', name: string, dashes = '') => {
    if (!Object.hasOwn(form, name)) return said;
    const script = form[name];
    return script === undefined ? `npx ${ENGINE} ${name}` : `npm run ${silent}${script}${dashes}`;
  });
}

/**
 * How a project calls the commands: by its scripts that run them.
 *
 * @param names of the commands. @param scripts those of the project's package.json
 * @example commandForm(['plan'], { check: 'grafana-as-code plan' }) // { plan: 'check' }
 */
export function commandForm(names: readonly string[], scripts: Readonly<Record<string, string>>): CommandForm {
  const runs = Object.entries(scripts).map(([script, line]) => [commandIn(line), script] as const);
  return Object.fromEntries(
    names.map((name) => {
      const found = runs.filter(([command]) => command === name).map(([, script]) => script);
      return [name, found.includes(name) ? name : found[0]];
    }),
  );
}

/** The command that a script runs without any option; a file of `scripts/` has no colon in its name. */
function commandIn(line: string): string | undefined {
  const words = line.trim().split(/\s+/);
  const [program, last = ''] = words.slice(-2);
  if (program === ENGINE) return last;
  const [, file] = /^scripts\/([\w-]+)\.ts$/.exec(last) ?? [];
  return file?.replace(/^setup-/, 'setup:');
}
