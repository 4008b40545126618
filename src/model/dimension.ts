/**
 * A label that divides every service, such as a region or a cluster. Each of its values is judged on its own: by its
 * own traffic, its own baseline and its own guards. It adds series to a rule, never a rule, a UID or a panel.
 *
 * @example { label: 'region', values: ['eu', 'us'] }
 */
export interface Dimension {
  /** Name of the label. @example 'region' */
  readonly label: string;
  /**
   * The values that have to be there: each is missed by name when its series vanish, also where it never had any.
   * Default: unknown; one that had series within the last six hours and has none now is missed.
   */
  readonly values?: readonly string[];
}
