import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultHome } from '../../src/driver/database/embedded/home.ts';
import { UserError } from '../../src/errors.ts';

const CHECKOUT = '/src/aquaseed';
const INSTALLED = '/src/farm/node_modules/aquaseed';

describe('the files of the embedded server', () => {
  it('are where AQUASEED_HOME says', () => {
    for (const root of [CHECKOUT, INSTALLED]) {
      expect(defaultHome({ AQUASEED_HOME: '/data', HOME: '/home/u' }, root, 'linux')).toBe('/data');
    }
    expect(defaultHome({ AQUASEED_HOME: 'data' }, CHECKOUT, 'linux')).toBe(path.resolve('data'));
  });

  it('are in a checkout of its own, apart from those of a package', () => {
    expect(defaultHome({ HOME: '/home/u' }, CHECKOUT, 'linux')).toBe('/src/aquaseed/.aquaseed');
    expect(defaultHome({ HOME: '/home/u' }, INSTALLED, 'linux')).toBe('/home/u/.local/share/aquaseed');
  });

  it('of a package are in the data directory of the user', () => {
    const env = { HOME: '/home/u', XDG_DATA_HOME: '/home/u/data', LOCALAPPDATA: '/u/AppData/Local' };
    expect(defaultHome(env, INSTALLED, 'linux')).toBe('/home/u/data/aquaseed');
    expect(defaultHome(env, INSTALLED, 'darwin')).toBe('/home/u/Library/Application Support/aquaseed');
    expect(defaultHome(env, INSTALLED, 'win32')).toBe('/u/AppData/Local/aquaseed');
    // The specification wants a path that is not absolute to be ignored.
    expect(defaultHome({ ...env, XDG_DATA_HOME: 'data' }, INSTALLED, 'linux')).toBe(
      '/home/u/.local/share/aquaseed',
    );
  });

  it('are refused a place that depends on where the command is typed', () => {
    expect(() => defaultHome({ HOME: '.' }, INSTALLED, 'linux')).toThrow(UserError);
  });
});
