import type { Biology, Climate, Farm } from '../../config/index.ts';
import { EXIT, UserError } from '../../errors.ts';
import { type Life, lifeOf, NO_ROOM, productionGeographies, type Room } from './life.ts';
import { type Places, productionPlaces } from './places.ts';

/** The farm that is planned for, with what every attempt at a plan looks up in it. */
export interface Setting {
  farm: Farm;
  biology: Biology;
  climate: Climate;
  life: Life;
  /** Those with production places, in the order of the file. */
  geographies: Farm['geographies'];
  /** By the id of the geography. */
  places: Map<number, Places>;
}

/** @throws UserError (exit 2) for a farm without production places */
export function settingOf(farm: Farm, biology: Biology, climate: Climate, room: Room = NO_ROOM): Setting {
  const geographies = productionGeographies(farm);
  if (geographies.length === 0) {
    throw new UserError('the infrastructure has no production places to plan for', EXIT.usage);
  }
  return { farm, biology, climate, life: lifeOf(biology, room), geographies, places: productionPlaces(farm) };
}
