import { type AdoptableState } from './state/adoptable-state.js';
import { type AdoptedContents } from './targets/adoption.js';

/** A state of the old system that was checked, and what it says a cluster was made with. */
export interface StateAdoption extends AdoptableState {
  contents: AdoptedContents;
}
