import type * as common from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as text from '@grafana/grafana-foundation-sdk/text';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type { Unit } from '../model/quantity.ts';
import type { Limit, SignalId } from '../model/signal.ts';
import { sdk } from './sdk.ts';
import { COLOURS, fixedColour, grafanaUnit, limitColours, plainColours } from './style.ts';

/** What every SDK panel builder offers: enough to place a panel without knowing its kind. */
export interface PanelBuilder {
  id(id: number): this;
  gridPos(gridPos: dashboard.GridPos): this;
  links(links: dashboard.DashboardLinkBuilder[]): this;
  build(): dashboard.Panel;
}

/**
 * A panel before it has a place. `builder` is the Foundation SDK's own: whatever these helpers lack, call there.
 *
 * @example const draft = timeseriesPanel({...}); draft.builder.fillOpacity(20)
 */
export interface PanelDraft<B extends PanelBuilder = PanelBuilder> {
  /** Stable name in its dashboard: the panel's id is made of it, so moving a panel never renumbers another. */
  readonly key: string;
  /** Of 24 columns. */
  readonly width: number;
  /** In Grafana's rows of about 30 pixels. */
  readonly height: number;
  /** Signals whose alerts link to this panel. */
  readonly signals: readonly SignalId[];
  /** The file a reader opens to change it. Default: that of its dashboard. */
  readonly source?: string;
  readonly builder: B;
}

/** A query and how its series are named. A legend of `__auto` is refused by validation. */
export interface QueryDraft {
  readonly expr: string;
  readonly legend: string;
  /** Default: `range`; tables and single values ask for the last one only. */
  readonly mode?: 'range' | 'instant';
}

interface PanelFacts {
  readonly key: string;
  readonly title: string;
  /** What it shows and what to do when it looks wrong. */
  readonly description: string;
  readonly width: number;
  /** Default: 8. */
  readonly height?: number;
  readonly signals?: readonly SignalId[];
}

interface MeasuredFacts extends PanelFacts {
  /** Ours, or any unit of Grafana's such as `reqps`. */
  readonly unit: Unit | (string & {});
  readonly queries: readonly QueryDraft[];
  /** Drawn as a line and colour; the alert's own limit. */
  readonly limit?: Pick<Limit, 'comparison' | 'value'>;
}

const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

/** Lines over time. @example timeseriesPanel({ key: 'rate', title: 'Requests', unit: 'reqps', ... }) */
export function timeseriesPanel(
  facts: MeasuredFacts & { /** Colours by legend. */ readonly colours?: Readonly<Record<string, string>> },
): PanelDraft<timeseries.PanelBuilder> {
  const builder = measured(new sdk.timeseries.PanelBuilder(), facts)
    .lineWidth(2)
    // Under several lines the fills mix into a colour that means nothing.
    .fillOpacity(facts.queries.every(({ legend }) => Object.hasOwn(facts.colours ?? {}, legend)) ? 8 : 0)
    .showPoints(sdk.common.VisibilityMode.Never)
    .axisSoftMin(0)
    .axisSoftMax(softMaximum(facts))
    // Scrapes may miss a beat; a line breaks only where telemetry really is missing.
    .spanNulls(120_000)
    .thresholdsStyle(
      new sdk.common.GraphThresholdsStyleConfigBuilder().mode(
        facts.limit === undefined
          ? sdk.common.GraphThresholdsStyleMode.Off
          : sdk.common.GraphThresholdsStyleMode.Dashed,
      ),
    )
    .colorScheme(new sdk.dashboard.FieldColorBuilder().mode(sdk.dashboard.FieldColorModeId.PaletteClassic))
    .legend(
      new sdk.common.VizLegendOptionsBuilder()
        .displayMode(sdk.common.LegendDisplayMode.List)
        .placement(sdk.common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(
      new sdk.common.VizTooltipOptionsBuilder()
        .mode(sdk.common.TooltipDisplayMode.Multi)
        .sort(sdk.common.SortOrder.Descending),
    );
  for (const [name, colour] of Object.entries(facts.colours ?? {})) {
    const override = fixedColour(name, colour);
    builder.overrideByName(override.name, override.properties);
  }
  return place(builder, facts);
}

/** High enough to show the limit also on a quiet day, and never the 0 to 100 that Grafana draws around nothing. */
function softMaximum({ limit, unit }: Pick<MeasuredFacts, 'limit' | 'unit'>): number {
  if (limit !== undefined && limit.comparison !== 'lt' && limit.value.value > 0) return limit.value.value * 1.1;
  return unit === 'seconds' || unit === 'ratio' ? 0.01 : 1;
}

/** One number, coloured by its limit. Without data it is grey: neither well nor unwell. */
export function statPanel(
  facts: MeasuredFacts & { /** Shown instead of a number. */ readonly words?: readonly (readonly [number, string])[] },
): PanelDraft<stat.PanelBuilder> {
  const builder = measured(new sdk.stat.PanelBuilder(), facts)
    .reduceOptions(new sdk.common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .colorMode(sdk.common.BigValueColorMode.Background)
    .graphMode(sdk.common.BigValueGraphMode.None)
    .textMode(sdk.common.BigValueTextMode.Value)
    .justifyMode(sdk.common.BigValueJustifyMode.Center)
    .colorScheme(new sdk.dashboard.FieldColorBuilder().mode(sdk.dashboard.FieldColorModeId.Thresholds))
    .mappings([...(facts.words ?? []).map(([value, text]) => valueWord(value, text)), NO_DATA]);
  return place(builder, { height: 4, ...facts });
}

const NO_DATA: dashboard.ValueMapping = {
  type: sdk.dashboard.MappingType.SpecialValue,
  options: {
    match: sdk.dashboard.SpecialValueMatch.NullAndNan,
    result: { text: 'no data', color: COLOURS.quiet, index: 0 },
  },
};

function valueWord(value: number, text: string): dashboard.ValueMapping {
  return { type: sdk.dashboard.MappingType.ValueToText, options: { [value]: { text, index: 1 } } };
}

/** Rows of the last values, joined by their labels. */
export function tablePanel(facts: MeasuredFacts): PanelDraft<table.PanelBuilder> {
  const builder = measured(new sdk.table.PanelBuilder(), { ...facts, queries: [] })
    .showHeader(true)
    .noValue('–');
  builder.targets(facts.queries.map((query, index) => target({ mode: 'instant', ...query }, index, 'table')));
  return place(builder, facts);
}

/** How a latency histogram moves: every bucket over time. */
export function heatmapPanel(facts: Omit<MeasuredFacts, 'limit'>): PanelDraft<heatmap.PanelBuilder> {
  const builder = measured(new sdk.heatmap.PanelBuilder(), { ...facts, queries: [] })
    .calculate(false)
    .color(
      new sdk.heatmap.HeatmapColorOptionsBuilder()
        .mode(sdk.heatmap.HeatmapColorMode.Scheme)
        .scheme('Blues')
        .fill(COLOURS.main)
        .exponent(0.5)
        .steps(64)
        .reverse(false),
    )
    .yAxis(new sdk.heatmap.YAxisConfigBuilder().unit(unitOf(facts.unit)).axisPlacement(sdk.common.AxisPlacement.Left))
    .cellGap(1)
    .cellValues(new sdk.heatmap.CellValuesBuilder().unit('short').decimals(0))
    .filterValues(new sdk.heatmap.FilterValueRangeBuilder().le(1e-9))
    .tooltip(
      new sdk.heatmap.HeatmapTooltipBuilder()
        .mode(sdk.common.TooltipDisplayMode.Single)
        .yHistogram(false)
        .showColorScale(false),
    );
  builder.targets(facts.queries.map((query, index) => target(query, index, 'heatmap')));
  return place(builder, facts);
}

/** Words, in Markdown. */
export function textPanel(facts: PanelFacts & { readonly content: string }): PanelDraft<text.PanelBuilder> {
  const builder = new sdk.text.PanelBuilder()
    .title(facts.title)
    .description(facts.description)
    .mode(sdk.text.TextMode.Markdown)
    .content(facts.content);
  return place(builder, { height: 3, ...facts });
}

/**
 * The firing and pending alerts that match a label filter such as `{service="payments",as_code="acme"}`. By labels,
 * not by folder: a Grafana that provisions its folder from files gives it a UID of its own.
 */
export function alertListPanel(facts: PanelFacts & { readonly filter: string }): PanelDraft<dashboard.PanelBuilder> {
  const builder = new sdk.dashboard.PanelBuilder()
    .type('alertlist')
    .title(facts.title)
    .description(facts.description)
    .options({
      viewMode: 'list',
      groupMode: 'default',
      groupBy: [],
      maxItems: 20,
      sortOrder: 3,
      dashboardAlerts: false,
      alertName: '',
      showInstances: false,
      showInactiveAlerts: false,
      alertInstanceLabelFilter: facts.filter,
      datasource: '-- Grafana --',
      stateFilter: { firing: true, pending: true, recovering: true, noData: true, normal: false, error: true },
    });
  return place(builder, facts);
}

interface MeasuredBuilder extends PanelBuilder {
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: common.DataSourceRef): this;
  unit(unit: string): this;
  thresholds(thresholds: dashboard.ThresholdsConfigBuilder): this;
  targets(targets: prometheus.DataqueryBuilder[]): this;
}

function measured<B extends MeasuredBuilder>(builder: B, facts: MeasuredFacts): B {
  return builder
    .title(facts.title)
    .description(facts.description)
    .datasource(DATA_SOURCE)
    .unit(unitOf(facts.unit))
    .thresholds(facts.limit === undefined ? plainColours() : limitColours(facts.limit))
    .targets(facts.queries.map((query, index) => target(query, index)));
}

function target(query: QueryDraft, index: number, shape?: 'table' | 'heatmap'): prometheus.DataqueryBuilder {
  const built = new sdk.prometheus.DataqueryBuilder()
    .refId(refId(index))
    .datasource(DATA_SOURCE)
    .editorMode(sdk.prometheus.QueryEditorMode.Code)
    .expr(query.expr)
    .legendFormat(query.legend);
  if (shape === 'table') built.format(sdk.prometheus.PromQueryFormat.Table);
  if (shape === 'heatmap') built.format(sdk.prometheus.PromQueryFormat.Heatmap);
  return query.mode === 'instant' ? built.instant() : built.range();
}

/** Grafana's names of queries: A to Z, then AA. */
function refId(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : refId(Math.floor(index / 26) - 1) + letter;
}

function place<B extends PanelBuilder>(builder: B, facts: PanelFacts): PanelDraft<B> {
  return { key: facts.key, width: facts.width, height: facts.height ?? 8, signals: facts.signals ?? [], builder };
}

const OURS: ReadonlySet<string> = new Set<Unit>(['ratio', 'seconds', 'count', 'factor']);

function unitOf(unit: string): string {
  return OURS.has(unit) ? grafanaUnit(unit as Unit) : unit;
}
