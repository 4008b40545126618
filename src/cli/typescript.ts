let registered = false;

/**
 * Lets this process import TypeScript. Sources were started by who can do that already. Everything that is imported
 * afterwards takes longer, so that it is done as late as possible.
 */
export async function readTypeScript(): Promise<void> {
  if (registered || import.meta.url.endsWith('.ts')) return;
  registered = true;
  const { register } = await import('tsx/esm/api');
  register();
}
