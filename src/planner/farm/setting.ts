import type { Biology, Climate, Farm } from '../../config/index.ts';
import type { Work } from '../../config/work.ts';
import { EXIT, UserError } from '../../errors.ts';
import { type Life, lifeOf, NO_ROOM, productionGeographies, type Room } from './life.ts';
import { type Places, productionPlaces } from './places.ts';
import { Timetable } from './timetable.ts';

/** The farm that is planned for, with what every attempt at a plan looks up in it. */
export interface Setting {
  farm: Farm;
  biology: Biology;
  climate: Climate;
  /** The stages as biology.yaml has them. */
  life: Life;
  /** The days on which they really begin. */
  timetable: Timetable;
  /** Those with production places, in the order of the file. */
  geographies: Farm['geographies'];
  /** By the id of the geography. */
  places: Map<number, Places>;
}

/** @throws UserError (exit 2) for a farm without production places, or none in the only geography that is asked for */
export function settingOf(
  farm: Farm,
  biology: Biology,
  climate: Climate,
  work: Work,
  room: Room = NO_ROOM,
  only?: string,
): Setting {
  const all = productionGeographies(farm);
  const geographies = all.filter(({ name }) => only === undefined || name === only);
  if (geographies.length === 0 && all.length > 0) {
    throw new UserError(
      `there is no geography "${only}" with production places`,
      EXIT.usage,
      `Geographies: ${all.map((it) => it.name).join(', ')}`,
    );
  }
  if (geographies.length === 0) {
    throw new UserError('the infrastructure has no production places to plan for', EXIT.usage);
  }
  return {
    farm,
    biology,
    climate,
    life: lifeOf(biology, room),
    timetable: new Timetable(biology, work, geographies, room),
    geographies,
    places: productionPlaces(farm),
  };
}
