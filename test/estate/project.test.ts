/** The suite of the project of this repository: what any project has. */
import { projectSuite } from 'grafana-as-code/testing';

projectSuite();
