/** How the user started this program: every hint names the commands as they were typed. */

/** A command of this program as this user would type it, such as `npx tsx src/driver status --watch`. */
export function asTyped(command: string): string {
  return `npx tsx src/driver ${command}`;
}
