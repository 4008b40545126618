/** A command's own world: its secrets, and streams that show none of them. */

import type { Redactor } from '../adapters/http/index.ts';
import { createHttpWorld } from '../adapters/http/index.ts';
import type { Io, Output, ProcessIo } from '../app/io.ts';
import { loadedProject } from '../app/loaded-project.ts';
import { type CommandForm, sayCommands } from '../model/command-form.ts';
import { renderDiagnostics } from '../report/common/diagnostics.ts';
import { withoutCommands } from '../report/common/escape.ts';
import { paintFor } from './terminal.ts';

/**
 * What a command runs with. Each run has its own: secrets of one are not known to the next, and each says its warnings
 * once, on stderr.
 */
export function commandIo(io: ProcessIo): Io {
  const paint = paintFor(io.stderr, io.environment);
  const http = createHttpWorld(io, (warning) => void stderr.write(`${renderDiagnostics([warning], { paint })}\n`));
  const stderr = guarded(io.stderr, http.secrets, io.commands);
  return {
    ...io,
    stdout: guarded(io.stdout, http.secrets, io.commands),
    stderr,
    http,
    loadProject: () => loadedProject(io),
  };
}

/**
 * Nothing that a command prints is a secret, or a line that a runner of workflows would obey; and commands are named as
 * this project calls them.
 */
function guarded(output: Output, secrets: Redactor, form: CommandForm | undefined): Output {
  return {
    write: (text) => output.write(withoutCommands(secrets.redact(sayCommands(text, form)))),
    get isTerminal() {
      return output.isTerminal;
    },
    get columns() {
      return output.columns;
    },
  };
}
