/**
 * The program. What it is made of is loaded here, so that a package with parts missing, or a system that lets no more
 * files be opened, is told in one line too.
 */
try {
  const { run } = await import('./main.ts');
  await run(process.argv);
} catch (error) {
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  process.exitCode = 1;
  process.stderr.on('error', () => undefined);
  process.stderr.write(`error: cannot start: ${String(message).split('\n')[0]}\n`);
  if (isMissing)
    process.stderr.write('The package is not complete: install it again, in its directory with npm ci.\n');
  if (process.env.AQUASEED_DEBUG) process.stderr.write(`${stack}\n`);
}
