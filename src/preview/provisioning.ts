/** The files that the preview's Grafana and Prometheus start with, from the facts of the project. */
import { stringify } from 'yaml';
import type { Project } from '../model/project.ts';

type Facts = Pick<Project, 'dataSource' | 'scrapeInterval'>;

/**
 * The data source, which is all that Grafana gets from files: everything else comes by a sync. Its interval is the one
 * in which Prometheus scrapes, so that no panel asks for a rate over less than two scrapes.
 */
export function dataSourceFile({ dataSource: { uid, name }, scrapeInterval }: Facts): string {
  return stringify({
    apiVersion: 1,
    datasources: [
      {
        uid,
        name,
        type: 'prometheus',
        url: 'http://prometheus:9090',
        access: 'proxy',
        isDefault: true,
        jsonData: { timeInterval: scrapeInterval, httpMethod: 'POST' },
      },
    ],
  });
}

/** What Prometheus scrapes, and how often. */
export function prometheusFile({ scrapeInterval }: Facts): string {
  const target = 'simulator:9464';
  return stringify({
    global: { scrape_interval: scrapeInterval },
    scrape_configs: [
      {
        job_name: 'simulator',
        // The simulator states the labels of the services.
        honor_labels: true,
        static_configs: [{ targets: [target] }],
        // What has no job or instance of its own, such as the metrics of containers, gets none from here either: with
        // those of the simulator it would be another series than the one in the history.
        metric_relabel_configs: [
          { source_labels: ['job'], regex: 'simulator', target_label: 'job', replacement: '' },
          { source_labels: ['instance'], regex: target, target_label: 'instance', replacement: '' },
        ],
      },
    ],
  });
}
