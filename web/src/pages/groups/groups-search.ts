import { textParam } from '../../shell/search-params.ts';
import { type GroupViewName, groupViews, oneOf } from './group-words.ts';

/** What of the groups is looked at, as it stands in the address. */
export interface GroupsSearch {
  readonly view?: GroupViewName | undefined;
  /** ID of a node. */
  readonly focus?: string | undefined;
  readonly project?: string | undefined;
  readonly host?: string | undefined;
  readonly mode?: 'enforce' | 'observe' | undefined;
  readonly only?: 'refused' | undefined;
  /** Of traffic; a day unless said. */
  readonly days?: '7' | '30' | undefined;
  /** ID of an edge of the API, or of one of the map that stands for several. */
  readonly edge?: string | undefined;
}

export const readGroupsSearch = (raw: Readonly<Record<string, unknown>>): GroupsSearch => ({
  view: oneOf(groupViews, raw.view),
  focus: textParam(raw, 'focus'),
  project: textParam(raw, 'project'),
  host: textParam(raw, 'host'),
  mode: oneOf(['enforce', 'observe'], raw.mode),
  only: oneOf(['refused'], raw.only),
  days: oneOf(['7', '30'], raw.days),
  edge: textParam(raw, 'edge'),
});
